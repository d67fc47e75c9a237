"""Calls of the ports are spans where something is recorded; elsewhere the adapters stand as they are."""

from datetime import date

import pytest
from opentelemetry.trace import StatusCode

from shared.clock import FakeClock
from shared.errors import DependencyUnavailable
from shared.messaging.bus import InMemoryBus
from shared.messaging.delivery import SubscriptionPolicy
from shared.ports import OutgoingMessage, Statement
from shared.slate import morning
from shared.telemetry import span
from shared.trace_context import TraceContext, within
from shared.traced import traced_publisher, traced_warehouse

SLATE = date(2026, 1, 15)
CALLER = TraceContext("a" * 32, "b" * 16)


class Store:
    """A warehouse that answers what it was asked, or fails."""

    def __init__(self):
        self.error = None

    def _answer(self, answer):
        if self.error is not None:
            raise self.error
        return answer

    def query(self, statement, **parameters):
        return self._answer([parameters])

    def execute(self, statement, **parameters):
        return self._answer(1)

    def append(self, table, rows):
        self._answer(None)

    def replace_partition(self, table, partition, rows):
        self._answer(None)

    def columns(self):
        return {"a.b": {"c": "STRING"}}


def make_bus():
    policy = SubscriptionPolicy("sub", "work", "/work", 10.0, 1.0, 2.0)
    return InMemoryBus(["work"], [policy], FakeClock(morning(SLATE)))


def test_each_call_of_the_store_is_a_span_and_is_timed_by_its_name(recorded):
    store = traced_warehouse(Store())

    assert store.query(Statement("snapshot", ""), game_date=SLATE) == [{"game_date": SLATE}]
    assert store.execute(Statement("claim", "")) == 1
    store.append("a.b", [{}, {}])
    store.replace_partition("a.b", SLATE, [{}])
    assert store.columns() == {"a.b": {"c": "STRING"}}

    named = [(found.name, dict(found.attributes)) for found in recorded.spans]
    assert named == [
        ("query snapshot", {}),
        ("execute claim", {}),
        ("append a.b", {"rows": 2}),
        ("replace a.b", {"rows": 1}),
    ]
    timed = {(p.attributes["verb"], p.attributes["name"]) for p in recorded.points("store_call_seconds")}
    assert timed == {("query", "snapshot"), ("execute", "claim"), ("append", "a.b"), ("replace", "a.b")}


def test_a_call_that_fails_is_timed_too_and_fails_as_it_would(recorded):
    store = Store()
    store.error = DependencyUnavailable("busy")

    with pytest.raises(DependencyUnavailable):
        traced_warehouse(store).execute(Statement("claim", ""))

    assert recorded.spans[0].status.status_code is StatusCode.ERROR
    assert [point.count for point in recorded.points("store_call_seconds")] == [1]


def test_a_message_says_that_it_was_published_in_the_span_of_its_publication(recorded):
    bus = make_bus()

    with span("work"):
        assert traced_publisher(bus).publish("work", [OutgoingMessage(b"x", {"a": "b"})]) == []

    published, _ = recorded.spans
    (delivery,) = bus.due(morning(SLATE))
    trace = TraceContext(
        f"{published.context.trace_id:032x}", f"{published.context.span_id:016x}", is_sampled=True
    )
    assert (published.name, dict(published.attributes)) == ("publish work", {"messages": 1})
    assert delivery.message.attributes == {"a": "b", "traceparent": trace.traceparent()}


def test_without_a_recorder_the_adapters_are_not_wrapped():
    store, bus = Store(), make_bus()

    assert traced_warehouse(store) is store
    assert traced_publisher(bus) is bus


def test_a_dead_letter_stays_in_the_trace_of_its_message_whoever_moves_it():
    policy = SubscriptionPolicy("sub", "work", "/work", 10.0, 1.0, 2.0, 5, "letters")
    letters = SubscriptionPolicy("letters-sub", "letters", "/letters", 10.0, 1.0, 2.0)
    clock = FakeClock(morning(SLATE))
    bus = InMemoryBus(["work", "letters"], [policy, letters], clock)
    with within(CALLER):
        bus.publish("work", [OutgoingMessage(b"x", {"a": "b"})])

    for _ in range(5):
        bus.settle(bus.take(clock.now()), 500)
        clock.sleep(3.0)

    (letter,) = bus.due(clock.now())
    assert letter.message.attributes["traceparent"] == CALLER.traceparent()
