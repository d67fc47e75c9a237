"""What holds on the bus whatever the order, the loss and the repetition of answers."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.clock import FakeClock
from shared.messaging.bus import InMemoryBus
from shared.messaging.delivery import Acknowledged, DeadLetter, RetryAt, SubscriptionPolicy, backoff
from shared.ports import OutgoingMessage

START = datetime(2025, 11, 28, 13, tzinfo=UTC)
LOST = "lost"  # neither the message nor an answer arrives
TWICE = "twice"  # the same delivery is handled and answered twice
STEPS = st.tuples(st.integers(0, 50), st.sampled_from([200, 204, 400, 503, None, LOST, TWICE]))


def make_policy(attempts):
    return SubscriptionPolicy("work-sub", "work", "/work", 60, 10, 600, attempts, "dlq")


def make_bus(clock, attempts):
    dead = SubscriptionPolicy("dlq-sub", "dlq", "/dead-letter", 60, 10, 600)
    return InMemoryBus(("work", "dlq"), (make_policy(attempts), dead), clock)


def drive(bus, clock, steps):
    """Play the steps, then acknowledge everything; return what was decided, by endpoint and data."""
    decided = []
    script = iter(steps)
    while not bus.is_idle():
        due = bus.due(clock.now())
        if not due:
            clock.advance((bus.next_due() - clock.now()).total_seconds())
            continue
        choice, fate = next(script, (0, 200))
        delivery = bus.take(clock.now(), due[choice % len(due)].id)
        if fate == LOST:
            continue
        status = 200 if fate == TWICE else fate
        decided.append((delivery.endpoint, delivery.message, bus.settle(delivery, status)))
        if fate == TWICE:
            assert bus.settle(delivery, 500) is None
    return decided


@settings(deadline=None, max_examples=50)
@given(texts=st.sets(st.integers(0, 20), min_size=1), attempts=st.integers(1, 5), steps=st.lists(STEPS))
def test_every_message_is_acknowledged_or_becomes_one_dead_letter(texts, attempts, steps):
    clock = FakeClock(START)
    bus = make_bus(clock, attempts)
    bus.publish("work", [OutgoingMessage(str(text).encode()) for text in texts])

    decided = drive(bus, clock, steps)

    handled = Counter(m.data for path, m, d in decided if path == "/work" and d == Acknowledged())
    dead = Counter(m.data for path, m, d in decided if path == "/dead-letter" and d == Acknowledged())
    assert handled + dead == Counter(str(text).encode() for text in texts)


@settings(deadline=None, max_examples=50)
@given(attempts=st.integers(1, 5), steps=st.lists(STEPS))
def test_no_message_is_tried_more_often_than_its_policy_says(attempts, steps):
    clock = FakeClock(START)
    bus = make_bus(clock, attempts)
    bus.publish("work", [OutgoingMessage(b"a"), OutgoingMessage(b"b")])

    decided = drive(bus, clock, steps)

    tried = [message.delivery_attempt for path, message, _ in decided if path == "/work"]
    assert all(1 <= attempt <= attempts for attempt in tried)


@settings(deadline=None, max_examples=50)
@given(attempts=st.integers(1, 5), steps=st.lists(STEPS))
def test_the_same_answers_have_the_same_consequences(attempts, steps):
    histories = []
    for _ in range(2):
        clock = FakeClock(START)
        bus = make_bus(clock, attempts)
        bus.publish("work", [OutgoingMessage(b"a"), OutgoingMessage(b"b")])
        histories.append((drive(bus, clock, steps), clock.now()))

    assert histories[0] == histories[1]


@pytest.mark.parametrize("attempts", [1, 2, 5])
def test_a_message_that_is_always_refused_is_dead_after_its_attempts(attempts):
    clock = FakeClock(START)
    bus = make_bus(clock, attempts)
    bus.publish("work", [OutgoingMessage(b"a")])

    decided = [decision for _, _, decision in drive(bus, clock, [(0, 500)] * attempts)]

    retries = [RetryAt(backoff(make_policy(attempts), n)) for n in range(1, attempts)]
    assert decided == [*retries, DeadLetter("dlq"), Acknowledged()]
