"""Requests of people and schedulers: odd bodies, dates, queries, headers and methods."""

from collections.abc import Iterator
from random import Random
from typing import Any

from fuzz_case import Case, Expected
from fuzz_judge import encoded
from fuzz_odd import ODD_DATES, ODD_JSON, as_json, changed, odd, with_duplicate_keys

BODIES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "coordinator",
        "/start",
        {"game_date": "2025-01-15", "min_minutes": 12.5, "force": False, "trigger_source": "x"},
    ),
    ("coordinator", "/retry", {"game_date": "2025-01-15", "min_minutes": 12.5, "force": False}),
    (
        "coordinator",
        "/dead-letters/replay",
        {"game_date": "2025-01-15", "message_ids": ["17"], "force": True},
    ),
    ("coordinator", "/dead-letters/discard", {"game_date": "2025-01-15", "message_ids": ["17"]}),
    ("precompute", "/process", {"game_date": "2025-01-16", "backfill": True, "publish": False}),
    ("precompute", "/republish", {}),
    ("local", "/slate", {"game_date": "2025-01-17", "players": 30}),
    ("local", "/logs", {"paths": ["nowhere.csv"]}),
    ("local", "/lines", {"path": "nowhere.csv", "game_date": "2025-01-17"}),
    ("coordinator", "/grade", {"game_date": "2025-01-15"}),
)
HEADED = (BODIES[1], BODIES[3], BODIES[5])  # a run of Phase 4 takes too long for every header
QUERIES = (
    ("coordinator", "/status"),
    ("coordinator", "/plan"),
    ("coordinator", "/accuracy"),
    ("coordinator", "/phase3"),
    ("coordinator", "/dead-letters"),
    ("coordinator", "/dead-letters/17"),
)
METHODS = ("GET", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get", "POST ", "\x7f", "X" * 300)
_HOSTILE = "c-1\r\nSet-Cookie: a=b\r\n\r\n<html>"
HEADERS: tuple[tuple[str, str], ...] = (
    ("X-Correlation-Id", _HOSTILE),
    ("X-Correlation-Id", "\0"),
    ("X-Correlation-Id", "\x1b[31mred"),
    ("X-Correlation-Id", "é" * 64),
    ("X-Correlation-Id", "\u00ff\u0080"),
    ("X-Correlation-Id", "c" * 100_000),
    ("X-Correlation-Id", '","severity":"CRITICAL","x":"'),
    ("X-HTTP-Method-Override", "DELETE"),
    ("X-Method-Override", "POST"),
    ("X-Original-URL", "/dead-letters"),
    ("X-Rewrite-URL", "/dead-letters"),
    ("X-Forwarded-Host", "evil.test"),
    ("X-Forwarded-Prefix", "/..//"),
    ("X-Forwarded-For", "127.0.0.1"),
    ("Host", "evil.test"),
    ("Host", "[::1"),
    ("Content-Type", "application/xml"),
    ("Content-Type", "multipart/form-data; boundary=x"),
    ("Content-Type", "application/x-www-form-urlencoded"),
    ("Content-Type", "application/json; charset=\0"),
    ("Content-Type", "/"),
    ("Content-Type", "é"),
    ("Content-Length", "-1"),
    ("Content-Length", "1"),
    ("Content-Length", "1000"),
    ("Content-Length", "99999999999999999999"),
    ("Content-Length", "0x10"),
    ("Content-Length", "５"),
    ("Transfer-Encoding", "gzip, chunked"),
    ("Expect", "100-continue"),
    ("Range", "bytes=0-1"),
    ("If-None-Match", "*"),
    ("Cookie", "session=" + "x" * 5_000),
    ("Accept", "text/html"),
    ("X-CloudScheduler", "true"),
    *(
        ("X-CloudScheduler-ScheduleTime", time)
        for time in (
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "2025-01-15T12:00:00",
            "2025-01-15T12:00:00+23:59:59.999999",
            "2025-01-15",
            "x" * 10_000,
        )
    ),
)


def odd_bodies(random: Random, count: int) -> Iterator[Case]:
    """Bodies of which a place is changed, and some in which a key comes twice."""
    for number in range(count):
        service, path, body = random.choice(BODIES)
        twice = bool(body) and number % 8 == 0
        text = with_duplicate_keys(body, random) if twice else as_json(changed(body, random))
        yield Case("body changed", service, "POST", path, text)


def odd_json_bodies() -> Iterator[Case]:
    """No JSON, or odd JSON; nothing and an empty object are good requests where no field is required."""
    for service, path, _ in BODIES:
        for text in ODD_JSON:
            expected: Expected = "either" if text == b"" else "refused"
            yield Case("JSON", service, "POST", path, text, expected=expected)


def odd_dates() -> Iterator[Case]:
    """Dates that are none, or not of a slate, wherever a date may stand."""
    for date in ODD_DATES:
        for service, path, body in BODIES[:5]:
            text = as_json(body | {"game_date": date})
            yield Case("date", service, "POST", path, text, expected="refused")
        for service, path in QUERIES:
            query = f"game_date={encoded(date)}"
            yield Case("date", service, "GET", path, query=query, expected="refused")


def odd_queries(random: Random, count: int) -> Iterator[Case]:
    """Parameters that come twice, that nobody knows, that are no text."""
    names = ("game_date", "check", "Game_Date", "game_date[]", "game_date%00", "x" * 3_000, "", "%ff")
    values = ("2025-01-15", "sla", "", "%", "%zz", "%00", "%ff%fe", "%ed%a0%80", "+", "a=b", "1;2", "é")
    for _ in range(count):
        service, path = random.choice(QUERIES)
        pairs = [f"{random.choice(names)}={random.choice(values)}" for _ in range(random.randint(1, 4))]
        yield Case("query", service, "GET", path, query=random.choice("&;").join(pairs))
    for service, path in QUERIES:
        twice = "game_date=2025-01-15&game_date=2025-01-16"
        yield Case("query", service, "GET", path, query=twice, expected="refused")
        yield Case("query", service, "GET", path, query="&" * 5_000)


def odd_headers() -> Iterator[Case]:
    """Headers that override, inject or lie, on every route."""
    for header in HEADERS:
        for service, path, body in HEADED:
            yield Case("header", service, "POST", path, as_json(body), (header,))
        for service, path in QUERIES[::3]:
            yield Case("header", service, "GET", path, headers=(header,))
        yield Case("header", "coordinator", "POST", "/start", b"{}", (header,), caller="scheduler@p.test")


def odd_methods() -> Iterator[Case]:
    """Methods that no route has, and paths that are nearly one."""
    for method in METHODS:
        for service, path, _ in BODIES:
            yield Case("method", service, method, path, expected="refused")
    for path in odd_paths():
        for service in ("coordinator", "worker", "precompute"):
            yield Case("path", service, "POST", path, b"{}", expected="refused")
            yield Case("path", service, "GET", path, expected="refused")


def odd_paths() -> Iterator[str]:
    """Paths as probes try them."""
    yield from ("/", "//", "/start/", "/START", "/start%00", "/start\0", "/../start", "/./start")
    yield from ("/start;a=b", "/static/../shared/http.py", "/static/x", "/.env", "/.git/config", "/admin")
    yield from ("/dead-letters/", "/dead-letters//", "/dead-letters/a/b", "/" + "x" * 20_000, "/é\udcff")


def odd_letters(random: Random, count: int) -> Iterator[Case]:
    """Ids of dead letters as nobody has them."""
    for _ in range(count):
        value = odd(random)
        text = value if isinstance(value, str) else repr(value)
        path = "/dead-letters/" + text.replace("/", "") + "x"
        yield Case("letter id", "coordinator", "GET", path, expected="refused")
        body = as_json({"message_ids": [text + "x"] * random.choice((1, 2, 101))})
        for action in ("replay", "discard"):
            yield Case(
                "letter id", "coordinator", "POST", f"/dead-letters/{action}", body, expected="refused"
            )
