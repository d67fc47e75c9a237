"""Who reaches the embedded stack: a command, a page of its own, and no page from elsewhere."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import urllib3

from local.same_origin import SameOriginGate
from local.stack import Stack
from shared.clock import SystemClock
from shared.config import load_settings
from shared.slate import morning

HOST = "localhost:8080"
ELSEWHERE = "a page from elsewhere may change nothing on the embedded stack"
DAY = "2026-01-15"
Ask = Callable[..., tuple[int, dict[str, Any]]]


def call(method: str, **headers: str) -> str:
    """Send a request through the gate to an app that answers 204; return the status line of the answer."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("204 No Content", [])
        return []

    told: list[str] = []
    environ = {"REQUEST_METHOD": method} | {f"HTTP_{name}": value for name, value in headers.items()}
    list(SameOriginGate(app)(environ, lambda status, _: told.append(status)))
    return told[0]


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8080", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080", "LOCALHOST"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_command_that_names_this_machine_is_let_in(method: str, host: str) -> None:
    assert call(method, HOST=host) == "204 No Content"


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("evil.test", id="a name that was bound to this machine"),
        pytest.param("localhost.evil.test", id="a name that begins as ours"),
        pytest.param("127.0.0.1@evil.test", id="our address for a user"),
        pytest.param("192.168.1.9:8080", id="another machine"),
        pytest.param("0.0.0.0:8080", id="every address"),
        pytest.param("[::1", id="half an address"),
        pytest.param("", id="no name"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_means_another_host_is_refused_even_a_look(method: str, host: str) -> None:
    assert call(method, HOST=host) == "403 Forbidden"


@pytest.mark.parametrize(
    ("headers", "is_let_in"),
    [
        pytest.param({}, True, id="no browser"),
        pytest.param({"ORIGIN": f"http://{HOST}"}, True, id="a page of ours"),
        pytest.param({"SEC_FETCH_SITE": "same-origin"}, True, id="a page of ours, by the browser's word"),
        pytest.param({"SEC_FETCH_SITE": "none"}, True, id="the person himself"),
        pytest.param({"ORIGIN": "https://evil.test"}, False, id="another page"),
        pytest.param({"ORIGIN": f"http://{HOST}.evil.test"}, False, id="a name that begins as ours"),
        pytest.param({"ORIGIN": "http://localhost:8081"}, False, id="another port"),
        pytest.param({"ORIGIN": "http://127.0.0.1:8080"}, False, id="this machine by another name"),
        pytest.param({"ORIGIN": "null"}, False, id="a page without an origin"),
        pytest.param({"ORIGIN": ""}, False, id="an origin that is empty"),
        pytest.param({"ORIGIN": "http://["}, False, id="an origin that is none"),
        pytest.param({"SEC_FETCH_SITE": "cross-site"}, False, id="another site"),
        pytest.param({"SEC_FETCH_SITE": "same-site"}, False, id="a neighbour"),
        pytest.param({"SEC_FETCH_SITE": "cross-site", "ORIGIN": f"http://{HOST}"}, False, id="two tales"),
    ],
)
def test_what_may_change_anything_is_taken_from_no_page_from_elsewhere(
    headers: dict[str, str], is_let_in: bool
) -> None:
    assert call("POST", HOST=HOST, **headers) == ("204 No Content" if is_let_in else "403 Forbidden")
    assert call("DELETE", HOST=HOST, **headers) == ("204 No Content" if is_let_in else "403 Forbidden")
    assert call("GET", HOST=HOST, **headers) == "204 No Content"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    clock = SystemClock.starting_at(morning(date.fromisoformat(DAY)))
    stack = Stack(None, load_settings(log_level="CRITICAL"), clock)
    stack.start()
    yield stack
    stack.stop()


@pytest.fixture
def ask(stack: Stack) -> Iterator[Ask]:
    """Send what a browser would to the front door; return the status and what a refusal says."""
    http = urllib3.PoolManager()

    def send(method: str, path: str, **headers: str) -> tuple[int, dict[str, Any]]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = b"{}" if method == "POST" and not path.startswith("/console") else None
        answer = http.request(method, stack.url + path, headers=named, body=body, redirect=False)
        return answer.status, answer.json() if answer.headers["Content-Type"] == "application/json" else {}

    yield send
    http.clear()


@pytest.mark.parametrize("path", ["/pause", "/resume", "/local/slate", "/precompute/process"])
def test_a_page_on_the_web_changes_nothing_on_the_stack(ask: Ask, path: str) -> None:
    status, body = ask("POST", path, Origin="https://evil.test", Content_Type="text/plain")

    assert (status, body) == (403, {"status": "error", "message": ELSEWHERE})


@pytest.mark.parametrize("path", ["/status", "/local/forecasts?game_date=2026-01-15", "/health"])
def test_a_page_that_bound_its_name_to_this_machine_reads_nothing(ask: Ask, path: str) -> None:
    status, body = ask("GET", path, Host="evil.test")

    assert status == 403
    assert "loopback only" in body["message"]


def test_the_commands_reach_every_door(ask: Ask) -> None:
    assert ask("POST", "/pause")[0] == 200
    assert ask("GET", "/status")[1]["hold"] == "paused"
    assert ask("POST", "/resume")[0] == 200


@pytest.mark.parametrize("name", ["X_Forwarded_For", "X_Forwarded_Host", "Forwarded"])
def test_what_a_proxy_hands_on_does_not_act_on_the_console(ask: Ask, name: str) -> None:
    headers = {name: "203.0.113.9", "Sec_Fetch_Site": "same-origin"}

    assert ask("POST", f"/console/{DAY}/do/pause", **headers)[0] == 403
    assert ask("GET", f"/console/{DAY}", **headers)[0] == 403
    assert ask("GET", "/status")[1]["hold"] is None
