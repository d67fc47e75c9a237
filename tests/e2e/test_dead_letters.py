"""Poison on the embedded stack: it delays nobody, and what was given up is found again and ends well."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from local.client import Body
from local.loading import load_sample
from local.stack import Stack
from shared.clock import SystemClock
from shared.config import load_settings
from shared.logs import configure_logs
from shared.ports import OutgoingMessage
from shared.slate import morning

pytestmark = pytest.mark.e2e

SLATE = date(2025, 1, 15)
PLAYERS = 40
SHARD = 10
SYSTEMS = len(load_settings().systems)
TOPIC, REQUESTS = "prediction-request-prod", "prediction-request-sub"
POISON = b"\xffnot even text"
PATIENCE_SECONDS = 60.0


@pytest.fixture
def open_stack(tmp_path: Path) -> Iterator[Callable[..., Stack]]:
    """Open a stack on the one store of a test, with settings changed by name."""
    configure_logs("CRITICAL")
    opened: list[Stack] = []

    def make(has_worker: bool = True, **wishes: float) -> Stack:
        settings = load_settings(log_level="CRITICAL", shard_players=SHARD, **wishes)
        clock = SystemClock.starting_at(morning(SLATE))
        stack = Stack(tmp_path / "nba.duckdb", settings, clock, has_worker=has_worker)
        opened.append(stack)
        stack.start()
        return stack

    yield make
    for stack in opened:
        stack.stop()


def get(stack: Stack, path: str) -> Body:
    return stack.client.require(stack.client.get(path, game_date=SLATE.isoformat()))


def post(stack: Stack, path: str, **body: object) -> Body:
    return stack.client.require(stack.client.post(path, {"game_date": SLATE.isoformat()} | body))


def letters(stack: Stack) -> list[Body]:
    return list(get(stack, "/dead-letters")["dead_letters"])


def stored(stack: Stack) -> list[str]:
    return [row["message_id"] for row in letters(stack) if row["state"] == "stored"]


def assert_everybody_once(stack: Stack) -> None:
    """Every expected player has one outcome, and one current forecast a system."""
    status, found = get(stack, "/status"), get(stack, "/local/forecasts")
    forecasts = [row for row in found["forecasts"] if row["system_id"]]
    keys = {(row["player_lookup"], row["system_id"]) for row in forecasts}
    assert (status["state"], status["expected"], status["failed"]) == ("complete", PLAYERS, {})
    assert status["predicted"] + sum(status["skipped"].values()) == PLAYERS
    assert found["duplicate_keys"] == 0
    assert len(keys) == len(forecasts) == status["predicted"] * SYSTEMS


def test_a_poison_message_delays_none_of_those_behind_it(open_stack: Callable[..., Stack]) -> None:
    stack = open_stack(bus_threads=1, bus_min_backoff_seconds=600)
    load_sample(stack.warehouse, SLATE, PLAYERS, stack.clock)
    stack.bus.publish(TOPIC, [OutgoingMessage(POISON)])

    post(stack, "/precompute/process")
    with stack.bus.changed:
        only_poison_is_left = stack.bus.changed.wait_for(
            lambda: sum(stack.bus.pending().values()) == 1, PATIENCE_SECONDS
        )

    assert only_poison_is_left
    assert stack.bus.pending()[REQUESTS] == 1
    assert letters(stack) == []
    assert_everybody_once(stack)


def test_what_was_given_up_is_listed_mended_replayed_and_everybody_ends_once(
    open_stack: Callable[..., Stack],
) -> None:
    # A poisoned message, and no worker: every request is given up, once and for all.
    quick = {"bus_min_backoff_seconds": 0.01, "bus_max_backoff_seconds": 0.01, "requests_per_input": 1}
    broken = open_stack(has_worker=False, **quick)
    load_sample(broken.warehouse, SLATE, PLAYERS, broken.clock)
    broken.bus.publish(TOPIC, [OutgoingMessage(POISON, {"game_date": SLATE.isoformat()})])
    post(broken, "/precompute/process")
    assert broken.settle(PATIENCE_SECONDS)
    given_up = get(broken, "/status")
    assert (given_up["state"], given_up["predicted"]) == ("failed", 0)
    assert set(given_up["failed"]) == {"delivery_exhausted"}

    # All of it is listed, and can be shown.
    listed = letters(broken)
    assert {(row["source_subscription"], row["delivery_attempts"]) for row in listed} == {(REQUESTS, 5)}
    poisoned = [row["message_id"] for row in listed if row["reason"] == "the data is not JSON"]
    shards = [row["message_id"] for row in listed if row["message_id"] not in poisoned]
    assert (len(poisoned), len(shards)) == (1, PLAYERS // SHARD)
    shown = get(broken, f"/dead-letters/{poisoned[0]}")
    assert (shown["body_base64"], shown["topic"]) == ("/25vdCBldmVuIHRleHQ=", TOPIC)
    broken.stop()

    # The cause is mended, and nothing starts by itself: what is left of the shards is their letters.
    mended = open_stack(**quick)
    mended.resume()
    assert mended.settle(PATIENCE_SECONDS)
    assert get(mended, "/status")["predicted"] == 0
    assert post(mended, "/dead-letters/replay", message_ids=stored(mended))["failed"] == []
    assert mended.settle(PATIENCE_SECONDS)

    # Everybody ends once; what is poison still has come back as a new letter, and is discarded.
    assert_everybody_once(mended)
    (again,) = stored(mended)
    assert again not in {*poisoned, *shards}
    came_back = get(mended, f"/dead-letters/{again}")
    assert came_back["body_base64"] == shown["body_base64"]
    post(mended, "/dead-letters/discard", message_ids=[again])
    assert stored(mended) == []

    # Replayed by mistake a second time, the shards change nothing.
    post(mended, "/dead-letters/replay", message_ids=shards, force=True)
    assert mended.settle(PATIENCE_SECONDS)
    assert_everybody_once(mended)
