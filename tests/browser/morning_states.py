"""Slates as an operator may find them: empty, busy, finished and broken, each in a stack of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from local.loading import load_sample
from local.stack import Stack
from predictions.worker.wiring import build_predict_shard
from shared.clock import SystemClock
from shared.config import load_settings
from shared.envelope import PushMessage
from shared.ports import OutgoingMessage, Publisher, PublishFailure
from shared.slate import deadline, morning

SLATE = date(2026, 1, 15)
HISTORY_DAYS = 10
SETTLE_SECONDS = 60.0
SINCE_THE_CLAIM = timedelta(minutes=4)


class Tap:
    """A publisher that keeps what passes through it."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, OutgoingMessage]] = []

    def over(self, publisher: Publisher) -> Publisher:
        """Stand before `publisher`."""
        self._publisher = publisher
        return self

    def publish(self, topic: str, messages: Sequence[OutgoingMessage]) -> list[PublishFailure]:
        self.messages += [(topic, message) for message in messages]
        return self._publisher.publish(topic, messages)


@contextmanager
def stack_at(
    moment: datetime, tap: Tap | None = None, *, has_worker: bool = True, **changed: object
) -> Iterator[Stack]:
    """Yield a stack in memory whose clock reads `moment`."""
    tap = tap or Tap()
    settings = load_settings(**changed)
    stack = Stack(None, settings, SystemClock.starting_at(moment), has_worker=has_worker, tap=tap.over)
    stack.start()
    try:
        yield stack
    finally:
        stack.stop()


@contextmanager
def empty() -> Iterator[Stack]:
    """Yield a stack whose slate nobody has loaded."""
    with stack_at(morning(SLATE)) as stack:
        yield stack


@contextmanager
def busy(players: int = 120, answered_shards: int = 3) -> Iterator[Stack]:
    """Yield a stack in the middle of a batch: some shards are answered, the others never will be."""
    tap = Tap()
    settings = {"shard_players": 15, "log_level": "ERROR"}
    with stack_at(morning(SLATE), tap, has_worker=False, **settings) as stack:
        prepare(stack, SLATE, players)
        requests = [message for topic, message in tap.messages if topic == load_settings().request_topic]
        answer(stack, requests[:answered_shards])
        move_to(stack, morning(SLATE) + SINCE_THE_CLAIM)
        yield stack


@contextmanager
def finished(
    players: int = 450, history_days: int = HISTORY_DAYS, history_players: int = 60
) -> Iterator[Stack]:
    """Yield a stack whose slate is complete, with graded slates before it."""
    first = SLATE - timedelta(days=history_days)
    with stack_at(morning(first), log_level="ERROR") as stack:
        for days in range(history_days):
            complete(stack, first + timedelta(days=days), history_players)
        complete(stack, SLATE, players)
        yield stack


@contextmanager
def broken(players: int = 60) -> Iterator[Stack]:
    """Yield a stack after a missed deadline: no worker answered, and every request is a dead letter."""
    quick = {"bus_min_backoff_seconds": 0.0, "bus_max_backoff_seconds": 0.0, "shard_players": 20}
    with stack_at(morning(SLATE), has_worker=False, log_level="ERROR", **quick) as stack:
        prepare(stack, SLATE, players)
        move_to(stack, deadline(SLATE) + timedelta(minutes=5))
        stack.client.get("/status", game_date=SLATE.isoformat(), check="sla")
        stack.settle(SETTLE_SECONDS)
        yield stack


def prepare(stack: Stack, game_date: date, players: int) -> None:
    """Load a sample slate, run Phase 4, and wait until its event has been answered."""
    load_sample(stack.warehouse, game_date, players, stack.clock)
    stack.client.require(stack.client.post("/precompute/process", {"game_date": game_date.isoformat()}))
    wait_for_event(stack)


def complete(stack: Stack, game_date: date, players: int) -> None:
    """Take a slate from nothing to its forecasts, in the morning of its day."""
    move_to(stack, morning(game_date))
    prepare(stack, game_date, players)
    assert stack.settle(SETTLE_SECONDS)


def wait_for_event(stack: Stack) -> None:
    """Wait until the event has been answered, and whatever else the stack will ever deliver."""
    trigger = load_settings().trigger_subscription
    with stack.bus.changed:
        assert stack.bus.changed.wait_for(lambda: not stack.bus.pending()[trigger], SETTLE_SECONDS)


def answer(stack: Stack, requests: Sequence[OutgoingMessage]) -> None:
    """Forecast request messages as the worker would."""
    predict = build_predict_shard(load_settings(), stack.warehouse, stack.bus, stack.clock)
    for number, message in enumerate(requests):
        predict.handle(PushMessage(data=message.data, message_id=str(number)))


def move_to(stack: Stack, moment: datetime) -> None:
    """Set the stack's clock."""
    stack.clock.offset = SystemClock.starting_at(moment).offset
