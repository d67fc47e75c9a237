"""Crowds at a real stack: some are let in, the others told when to come again, and nobody else notices."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import date
from typing import Any

import pytest
import urllib3
from push_mix import envelope, event

from local.admission import LANES, Lane
from local.client import Body
from local.loading import load_sample
from local.stack import Stack
from shared.clock import SystemClock
from shared.config import load_settings
from shared.logs import configure_logs, current_correlation_id
from shared.ports import Row, Statement, Warehouse
from shared.slate import morning

pytestmark = pytest.mark.e2e

SLATE = date(2025, 1, 15)
PLAYERS = 40
SYSTEMS = len(load_settings().systems)
CROWD = "crowd"
PATIENCE_SECONDS = 60.0


class HeldUp:
    """The Warehouse port on which the crowd's questions hang until they are let go; others pass."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self.let_go = threading.Event()

    def query(self, statement: Statement, **parameters: Any) -> list[Row]:
        if current_correlation_id() == CROWD:
            assert self.let_go.wait(PATIENCE_SECONDS)
        return self._warehouse.query(statement, **parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._warehouse, name)


@pytest.fixture
def stack() -> Iterator[Stack]:
    configure_logs("CRITICAL")
    clock = SystemClock.starting_at(morning(SLATE))
    made = Stack(None, load_settings(log_level="CRITICAL", shard_players=10), clock, observe=HeldUp)
    made.start()
    load_sample(made.warehouse, SLATE, PLAYERS, clock)
    yield made
    made.warehouse.let_go.set()
    made.stop()


@pytest.fixture
def crowd() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(64) as pool:
        yield pool


@pytest.fixture
def http() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(maxsize=64) as pool:
        yield pool


Trigger = Callable[[], urllib3.BaseHTTPResponse]


def trigger(stack: Stack, http: urllib3.PoolManager, correlation_id: str) -> Trigger:
    """Return what pushes Phase 4's event to the front door, as somebody from outside does."""
    body = envelope(event(SLATE) | {"correlation_id": correlation_id})
    return lambda: http.request("POST", f"{stack.url}/trigger", body=body, retries=False)


def asked_at_once(pool: ThreadPoolExecutor, ask: Trigger, times: int) -> list[Future[Any]]:
    together = threading.Barrier(times)

    def ask_with_the_others() -> urllib3.BaseHTTPResponse:
        together.wait(PATIENCE_SECONDS)
        return ask()

    return [pool.submit(ask_with_the_others) for _ in range(times)]


def get(stack: Stack, path: str) -> Body:
    return stack.client.require(stack.client.get(path, game_date=SLATE.isoformat()))


def run_phase4(stack: Stack, **wishes: object) -> None:
    body = {"game_date": SLATE.isoformat()} | wishes
    stack.client.require(stack.client.post("/precompute/process", body))


def assert_everybody_once(stack: Stack) -> None:
    """One batch, one outcome for every expected player, one current forecast a system."""
    status, found = get(stack, "/status"), get(stack, "/local/forecasts")
    forecasts = [row for row in found["forecasts"] if row["system_id"]]
    keys = {(row["player_lookup"], row["system_id"]) for row in forecasts}
    assert (status["state"], status["expected"], status["failed"]) == ("complete", PLAYERS, {})
    assert (status["generation"], len(status["batches"])) == (1, 1)
    assert status["predicted"] + sum(status["skipped"].values()) == PLAYERS
    assert found["duplicate_keys"] == 0
    assert len(keys) == len(forecasts) == status["predicted"] * SYSTEMS


def test_a_crowd_is_let_in_or_told_to_come_again_while_operators_and_the_bus_notice_nothing(
    stack: Stack, crowd: ThreadPoolExecutor, http: urllib3.PoolManager
) -> None:
    lane = LANES[Lane.PUSHES]
    ask = trigger(stack, http, CROWD)
    asked = asked_at_once(crowd, ask, lane.places + 10)
    while sum(future.done() for future in asked) < 10:
        wait([future for future in asked if not future.done()], PATIENCE_SECONDS, "FIRST_COMPLETED")

    run_phase4(stack)
    assert stack.settle(PATIENCE_SECONDS)
    during = [stack.client.get(path)[0] for path in ("/health", "/ready", "/status", "/local/bus")]
    assert_everybody_once(stack)
    stack.warehouse.let_go.set()

    answers = [future.result(PATIENCE_SECONDS) for future in asked]
    refused = [answer for answer in answers if answer.status == 503]
    assert during == [200, 200, 200, 200]
    assert len(refused) >= 10
    assert len(answers) - len(refused) >= lane.seats
    assert {answer.headers["Retry-After"] for answer in refused} == {"10"}
    assert {answer.json()["message"] for answer in refused} == {
        "too many requests are waiting here; send it again in 10 s"
    }
    assert [ask().status for _ in range(3)] == [204, 204, 204]


def test_of_20_triggers_at_once_for_one_slate_one_starts_it_and_the_others_are_told_how_it_stands(
    stack: Stack, crowd: ThreadPoolExecutor, http: urllib3.PoolManager
) -> None:
    run_phase4(stack, publish=False)
    asked = asked_at_once(crowd, trigger(stack, http, "one-of-20"), 20)

    answers = [future.result(PATIENCE_SECONDS) for future in asked]

    assert stack.settle(PATIENCE_SECONDS)
    statuses = Counter(answer.status for answer in answers)
    assert statuses[202] == 1
    assert statuses.keys() <= {200, 202, 204, 503}
    assert all(" " in answer.json()["message"] for answer in answers if answer.status in (200, 503))
    assert all("Retry-After" in answer.headers for answer in answers if answer.status == 503)
    assert_everybody_once(stack)
