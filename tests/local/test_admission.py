"""Who is let in: the lanes, their places, and what those read who find none."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from structlog.testing import capture_logs

from local.admission import LANES, AdmissionGate, Lane, LanePolicy, Places, lane_of

PUSHES = frozenset({"/trigger", "/worker/predict"})
PATIENCE = 10  # seconds until a wait that should be short is a failure
SMALL = {
    Lane.PUSHES: LanePolicy(1, 1),
    Lane.ORDERS: LanePolicy(1, 0),
    Lane.READS: LanePolicy(1, 0),
}


@pytest.mark.parametrize(
    ("method", "path", "lane"),
    [
        pytest.param("POST", "/trigger", Lane.PUSHES, id="a push of the coordinator's"),
        pytest.param("POST", "/worker/predict", Lane.PUSHES, id="a push of the worker's"),
        pytest.param("POST", "/start", Lane.ORDERS, id="a start"),
        pytest.param("POST", "/precompute/process", Lane.ORDERS, id="Phase 4"),
        pytest.param("POST", "/trigger/", Lane.ORDERS, id="a path that no subscription pushes to"),
        pytest.param("GET", "/status", Lane.READS, id="a look at the slate"),
        pytest.param("GET", "/ready", Lane.READS, id="a probe that asks the store"),
        pytest.param("HEAD", "/status", Lane.READS, id="a look without a body"),
        pytest.param("OPTIONS", "/trigger", Lane.READS, id="what may be done with a route"),
        pytest.param("GET", "/trigger", Lane.READS, id="a push route, asked for and not pushed to"),
        pytest.param("GET", "/health", None, id="a probe that asks nothing"),
    ],
)
def test_each_kind_of_request_has_its_lane(method: str, path: str, lane: Lane | None) -> None:
    assert lane_of(method, path, PUSHES) is lane


def test_the_four_starts_that_may_wait_for_phase_4_leave_seats_for_other_orders() -> None:
    from predictions.coordinator.patience import MAX_WAITING

    assert LANES[Lane.ORDERS].seats > MAX_WAITING


def test_a_seat_that_is_given_back_is_taken_again() -> None:
    places = Places(LanePolicy(seats=1, waiting=0))
    taken = places.enter()
    places.leave()

    again = places.enter()

    assert (taken, again) == (True, True)


def test_whoever_comes_when_every_place_is_taken_is_turned_away_at_once() -> None:
    places = Places(LanePolicy(seats=2, waiting=0), wait_seconds=3600)
    places.enter()
    places.enter()

    assert not places.enter()


def test_whoever_has_waited_too_long_for_a_seat_is_turned_away_and_leaves_his_place() -> None:
    places = Places(LanePolicy(seats=1, waiting=1), wait_seconds=0)
    places.enter()

    waited_in_vain = [places.enter() for _ in range(3)]
    places.leave()

    assert waited_in_vain == [False, False, False]
    assert places.enter()


def test_whoever_waits_gets_the_seat_that_becomes_free() -> None:
    places = Places(LanePolicy(seats=1, waiting=1), wait_seconds=PATIENCE)
    places.enter()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(places.enter)

        places.leave()

        assert waiting.result(PATIENCE)


class Held:
    """An app whose requests stay inside until they are let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.inside = threading.Semaphore(0)
        self.bodies: list[Any] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        self.bodies.append(environ.get("wsgi.input"))
        self.inside.release()
        if environ["PATH_INFO"] == "/broken":
            raise RuntimeError("the app broke")
        if environ["PATH_INFO"] != "/health":
            assert self.let_go.wait(PATIENCE)
        start_response("204 No Content", [])
        return []


class Unread:
    """A body that must not be looked at."""

    def read(self, *_: int) -> bytes:
        raise AssertionError("the body of a refused request was read")


@pytest.fixture
def app() -> Iterator[Held]:
    held = Held()
    yield held
    held.let_go.set()


@pytest.fixture
def pool(app: Held) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads
        app.let_go.set()


@pytest.fixture
def gate(app: Held) -> AdmissionGate:
    return AdmissionGate(app, PUSHES, retry_after_seconds=7, lanes=SMALL)


def call(gate: AdmissionGate, path: str, method: str = "POST") -> tuple[str, dict[str, str], bytes]:
    """Send a request through the gate; return the status, the headers and the body of the answer."""
    told: list[Any] = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": Unread()}
    body = b"".join(gate(environ, lambda status, headers: told.extend((status, dict(headers)))))
    return told[0], told[1], body


def test_a_refusal_says_when_to_come_again_and_why_and_reads_no_body(
    gate: AdmissionGate, app: Held, pool: ThreadPoolExecutor
) -> None:
    pool.submit(call, gate, "/start")
    app.inside.acquire()

    status, headers, body = call(gate, "/start")

    assert status == "503 Service Unavailable"
    assert (headers["Retry-After"], headers["Content-Type"]) == ("7", "application/json")
    assert headers["Content-Length"] == str(len(body))
    assert json.loads(body) == {
        "status": "error",
        "message": "too many requests are waiting here; send it again in 7 s",
    }
    assert len(app.bodies) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("POST", "/retry", id="an order"),
        pytest.param("GET", "/status", id="a read"),
        pytest.param("GET", "/health", id="a probe"),
    ],
)
def test_a_lane_that_is_full_leaves_the_others_as_they_were(
    gate: AdmissionGate, app: Held, pool: ThreadPoolExecutor, method: str, path: str
) -> None:
    pushes = [pool.submit(call, gate, "/trigger") for _ in range(3)]
    app.inside.acquire()
    other = pool.submit(call, gate, path, method)
    app.inside.acquire()

    app.let_go.set()

    assert other.result(PATIENCE)[0] == "204 No Content"
    assert sorted(push.result(PATIENCE)[0][:3] for push in pushes) == ["204", "204", "503"]


def test_what_was_refused_is_taken_when_it_comes_again(
    gate: AdmissionGate, app: Held, pool: ThreadPoolExecutor
) -> None:
    first = pool.submit(call, gate, "/start")
    app.inside.acquire()
    refused, _, _ = call(gate, "/start")
    app.let_go.set()
    first.result(PATIENCE)

    again, _, _ = call(gate, "/start")

    assert (refused[:3], again[:3]) == ("503", "204")


def test_a_request_that_breaks_the_app_gives_its_seat_back(gate: AdmissionGate) -> None:
    for _ in range(3):
        with pytest.raises(RuntimeError, match="the app broke"):
            call(gate, "/broken")


def test_a_flood_is_told_in_one_line_that_counts(
    gate: AdmissionGate, app: Held, pool: ThreadPoolExecutor
) -> None:
    pool.submit(call, gate, "/start")
    app.inside.acquire()

    with capture_logs() as lines:
        for _ in range(5):
            call(gate, "/start")

    told = [(line["event_name"], line["lane"], line["refused"]) for line in lines]
    assert told == [("overload", "orders", 1)]
