"""Push envelopes: wrong around the message, wrong in it, wrongly encoded, and too large."""

import base64
import gzip
from collections.abc import Iterator
from random import Random
from typing import Any

from fuzz_case import Case, Expected
from fuzz_odd import ODD_JSON, as_json, changed, odd, with_duplicate_keys

from shared.features import FEATURE_NAMES, FEATURE_VERSION, FEATURES

EVENT = {
    "event_type": "phase4_complete",
    "processor": "ml_feature_store_v2",
    "game_date": "2025-01-15",
    "correlation_id": "c-1",
    "status": "success",
    "players_processed": 20,
    "players_ready": 20,
    "players_failed": 0,
    "timestamp": "2025-01-15T12:00:00+00:00",
    "run_id": "run-1",
}
ANNOUNCEMENT = {
    "game_date": "2025-01-15",
    "correlation_id": "c-1",
    "batch_id": "batch_1",
    "outcomes": [
        {"request_id": "r1", "player_lookup": "p1", "outcome": "predicted", "reason": None},
        {"request_id": "r2", "player_lookup": "p2", "outcome": "skipped", "reason": "no_history"},
    ],
}
PLAYER: dict[str, Any] = {
    "request_id": "r1",
    "input_id": "i1",
    "player_lookup": "jaysontatum",
    "player_id": "1628369",
    "player_name": "Jayson Tatum",
    "game_id": "0022400001",
    "team": "BOS",
    "opponent": "NYK",
    "is_home": True,
    "line": 26.5,
    "line_offset": 0.0,
    "line_observed_at": "2025-01-15T12:00:00+00:00",
    "over_odds": -115.0,
    "under_odds": -105.0,
    "quality_score": 92.0,
    "features": [feature.default for feature in FEATURES],
}
SHARD: dict[str, Any] = {
    "game_date": "2025-01-15",
    "correlation_id": "c-1",
    "batch_id": "batch_1",
    "feature_run_id": "run-1",
    "feature_run_started_at": "2025-01-15T11:00:00+00:00",
    "feature_version": FEATURE_VERSION,
    "feature_names": list(FEATURE_NAMES),
    "systems": ["moving_average_v1", "ensemble_v1"],
    "players": [PLAYER, PLAYER | {"request_id": "r2", "player_lookup": "p2"}],
}
ROUTES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("coordinator", "/trigger", EVENT),
    ("coordinator", "/complete", ANNOUNCEMENT),
    ("worker", "/predict", SHARD),
    ("coordinator", "/dead-letter", SHARD),
    ("coordinator", "/dead-letter", EVENT),
)
LETTER = {
    "CloudPubSubDeadLetterSourceDeliveryCount": "5",
    "CloudPubSubDeadLetterSourceSubscription": "prediction-request-sub",
}
DEAD_LETTER = "/dead-letter"  # refuses nothing for its content
_AS_IT_IS = ("identity", None)


def envelope(data: bytes, /, **changes: Any) -> dict[str, Any]:
    """Return the push of some data."""
    message = {
        "data": base64.b64encode(data).decode(),
        "messageId": "17",
        "message_id": "17",
        "publishTime": "2025-01-15T12:00:00Z",
        "attributes": {"game_date": "2025-01-15"} | LETTER,
    }
    return {"message": message | changes, "subscription": "projects/p/subscriptions/s", "deliveryAttempt": 1}


def good_pushes() -> Iterator[Case]:
    """Every push as it should be: what the fuzzers change."""
    for service, path, message in ROUTES:
        yield _post("as it should be", service, path, as_json(envelope(as_json(message))), expected="taken")


def odd_messages(random: Random, count: int) -> Iterator[Case]:
    """Messages of which a place or two are changed."""
    for _ in range(count):
        service, path, message = random.choice(ROUTES)
        yield _post("message changed", service, path, as_json(envelope(as_json(changed(message, random)))))


def odd_players(random: Random, count: int) -> Iterator[Case]:
    """Shards of which one player, or his features, are changed."""
    for number in range(count):
        player = changed(PLAYER, random)
        if number % 2:
            player = PLAYER | {"features": changed(PLAYER["features"], random)}
        shard = SHARD | {"players": [player, SHARD["players"][1]]}
        service, path, _ = random.choice(ROUTES[2:4])
        yield _post("player changed", service, path, as_json(envelope(as_json(shard))))


def odd_envelopes(random: Random, count: int) -> Iterator[Case]:
    """Envelopes changed around their message, some with keys that come twice."""
    for number in range(count):
        service, path, message = random.choice(ROUTES)
        whole = envelope(as_json(message))
        twice = number % 8 == 0
        body = with_duplicate_keys(whole, random) if twice else as_json(changed(whole, random))
        yield _post("envelope changed", service, path, body)


def odd_base64(random: Random, count: int) -> Iterator[Case]:
    """Data that is not what base64 writes, or is written by one of its relatives."""
    for _ in range(count):
        service, path, message = random.choice(ROUTES)
        right = base64.b64encode(as_json(message)).decode()
        position = random.randrange(len(right))
        wrong = (
            right.rstrip("=") + random.choice(("", "=", "==", "===", "=a", "\n", "\r\n", " ")),
            right[:position] + random.choice("-_ %\n\0=é") + right[position + 1 :],
            right[:position],
            base64.b32encode(as_json(message)).decode(),
            base64.b85encode(as_json(message)).decode(),
            as_json(message).hex(),
            as_json(message).decode(),
            base64.b64encode(right.encode()).decode(),
        )
        body = as_json(envelope(b"", data=random.choice(wrong)))
        yield _post("base64", service, path, body)


def odd_json() -> Iterator[Case]:
    """No JSON, or JSON that is odd: as the body, as the data, and in an envelope's place of honour."""
    for service, path, _ in ROUTES[:4]:
        refused: Expected = "taken" if path == DEAD_LETTER else "refused"
        for text in ODD_JSON:
            yield _post("JSON", service, path, text, expected=refused)
            yield _post("JSON in the data", service, path, as_json(envelope(text)), expected=refused)
            yield _post("JSON in the message", service, path, b'{"message":' + text + b"}", expected=refused)


def odd_encodings() -> Iterator[Case]:
    """A good push, written or packed as nobody asked for; names of encodings alone change nothing."""
    for service, path, message in ROUTES:
        right = as_json(envelope(as_json(message | {"correlation_id": "é"})))
        text = right.decode()
        packed = {
            "gzip": gzip.compress(right),
            "deflate": gzip.zlib.compress(right),
            "br": b"\x0b\x02\x80" + right[:20],
            "utf-16": text.encode("utf-16"),
            "utf-16-le": text.encode("utf-16-le"),
            "utf-32": text.encode("utf-32"),
            "utf-7": text.encode("utf-7"),
            "utf-8-sig": text.encode("utf-8-sig"),
            "cp037": text.encode("cp037"),
        }
        for name, body in packed.items():
            refused: Expected = "taken" if path == DEAD_LETTER or body == right else "refused"
            for header in (("Content-Encoding", name), ("Content-Type", f"application/json; charset={name}")):
                yield _post("encoding", service, path, body, (header,), refused)


def large(sizes: tuple[int, ...]) -> Iterator[Case]:
    """Bodies of many megabytes: what Pub/Sub may send is read, what is over the limit is not."""
    for service, path, _ in ROUTES[:4]:
        for size in sizes:
            padded = as_json(envelope(b"")).rstrip(b"}") + b"}" + b" " * size
            yield _post("size", service, path, padded)
            yield _post("size", service, path, as_json(envelope(b"x" * (size * 3 // 4))))
            yield _post("size", service, path, b'{"message":{"data":"' + b"A" * size)
    players = [PLAYER | {"features": [1.0] * 1_000_000}]
    yield _post("size", "worker", "/predict", as_json(envelope(as_json(SHARD | {"players": players}))))
    yield _post("size", "worker", "/predict", as_json(envelope(as_json(SHARD | {"players": [{}] * 100_000}))))


def odd_attributes(random: Random, count: int) -> Iterator[Case]:
    """Dead letters whose attributes say odd things about where they come from."""
    names = [*LETTER, "game_date", "googclient_", "x" * 300]
    for _ in range(count):
        attributes = LETTER | {random.choice(names): odd(random), "game_date": odd(random)}
        body = as_json(envelope(as_json(SHARD), attributes=attributes, messageId=odd(random)))
        yield _post("attributes", "coordinator", DEAD_LETTER, body)


def _post(
    kind: str,
    service: str,
    path: str,
    body: bytes,
    headers: tuple[tuple[str, str], ...] = (),
    expected: Expected = "either",
) -> Case:
    return Case(kind, service, "POST", path, body, headers, caller="push@p.test", expected=expected)
