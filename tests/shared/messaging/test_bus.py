import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.clock import FakeClock
from shared.messaging.bus import InMemoryBus
from shared.messaging.delivery import Acknowledged, DeadLetter, RetryAt, SubscriptionPolicy
from shared.ports import Fault, OutgoingMessage

START = datetime(2025, 11, 28, 13, tzinfo=UTC)
WORK = SubscriptionPolicy(
    name="work-sub",
    topic="work",
    endpoint="/work",
    ack_deadline_seconds=60,
    min_backoff_seconds=10,
    max_backoff_seconds=40,
    max_delivery_attempts=3,
    dead_letter_topic="dlq",
)
DEAD = SubscriptionPolicy(
    name="dlq-sub",
    topic="dlq",
    endpoint="/dead-letter",
    ack_deadline_seconds=60,
    min_backoff_seconds=10,
    max_backoff_seconds=40,
)
TOPICS = ("work", "dlq", "unheard")


@pytest.fixture
def clock():
    return FakeClock(START)


@pytest.fixture
def bus(clock):
    return InMemoryBus(TOPICS, (WORK, DEAD), clock)


def messages(*texts):
    return [OutgoingMessage(text.encode(), {"name": text}) for text in texts]


def refuse(bus, clock, status=500):
    """Take the next delivery, refuse it, and say what followed."""
    return bus.settle(bus.take(clock.now()), status)


def test_a_topic_that_nobody_reads_is_told_of(bus):
    assert bus.missing() == [Fault("unheard", "no subscription reads this topic")]


def test_a_published_message_is_due_at_once(bus):
    bus.publish("work", messages("a"))

    delivery = bus.take(START)

    assert (delivery.endpoint, delivery.attempt, delivery.ack_deadline_seconds) == ("/work", 1, 60)
    assert delivery.message.data == b"a"
    assert delivery.message.attributes == {"name": "a"}
    assert delivery.message.subscription == "projects/local/subscriptions/work-sub"


def test_deliveries_come_in_publish_order(bus):
    bus.publish("work", messages("a", "b"))
    bus.publish("work", messages("c"))

    assert [bus.take(START).message.data for _ in range(3)] == [b"a", b"b", b"c"]
    assert bus.take(START) is None


def test_every_subscription_of_a_topic_gets_its_own_delivery(clock):
    copy = replace(WORK, name="copy-sub", endpoint="/copy")
    bus = InMemoryBus(TOPICS, (WORK, copy, DEAD), clock)

    bus.publish("work", messages("a"))

    first, second = bus.due(START)
    assert {first.endpoint, second.endpoint} == {"/work", "/copy"}
    assert first.message.message_id == second.message.message_id


def test_a_topic_without_a_subscription_loses_its_messages(bus):
    assert bus.publish("unheard", messages("a")) == []
    assert bus.is_idle()


def test_a_topic_that_nobody_declared_fails_for_each_message(bus):
    failures = bus.publish("typo", messages("a", "b"))

    assert [failure.index for failure in failures] == [0, 1]
    assert all("typo" in failure.reason for failure in failures)
    assert bus.is_idle()


@pytest.mark.parametrize(
    "refused",
    [
        pytest.param(OutgoingMessage(b""), id="neither data nor attributes"),
        pytest.param(OutgoingMessage(bytes(10_000_001)), id="over 10 MB"),
    ],
)
def test_what_the_service_refuses_fails_alone(bus, refused):
    failures = bus.publish("work", [*messages("a"), refused, *messages("b")])

    assert [failure.index for failure in failures] == [1]
    assert [delivery.message.data for delivery in bus.due(START)] == [b"a", b"b"]


def test_a_message_does_not_change_after_it_was_published(bus):
    attributes = {"name": "a"}
    bus.publish("work", [OutgoingMessage(b"a", attributes)])

    attributes["name"] = "changed"

    assert bus.take(START).message.attributes == {"name": "a"}


def test_a_delivery_on_its_way_is_not_given_out_again(bus):
    bus.publish("work", messages("a"))
    bus.take(START)

    assert bus.take(START) is None
    assert bus.due(START) == []
    assert bus.pending() == {"work-sub": 1, "dlq-sub": 0}


@pytest.mark.parametrize("status", [102, 200, 201, 202, 204])
def test_an_acknowledged_message_is_forgotten(bus, clock, status):
    bus.publish("work", messages("a"))

    assert refuse(bus, clock, status) == Acknowledged()
    assert bus.is_idle()
    assert bus.next_due() is None


@pytest.mark.parametrize("status", [400, 500, 503, None])
def test_a_refused_message_comes_again_after_its_backoff(bus, clock, status):
    bus.publish("work", messages("a"))

    assert refuse(bus, clock, status) == RetryAt(timedelta(seconds=10))
    assert bus.take(START + timedelta(seconds=9.999)) is None
    assert bus.next_due() == START + timedelta(seconds=10)
    assert bus.take(START + timedelta(seconds=10)).attempt == 2


def test_the_backoff_grows_from_refusal_to_refusal(clock):
    bus = InMemoryBus(TOPICS, (replace(WORK, max_delivery_attempts=6), DEAD), clock)
    bus.publish("work", messages("a"))
    delays = []

    for _ in range(5):
        delays.append(refuse(bus, clock).delay.total_seconds())
        clock.advance(delays[-1])

    assert delays == [10, 20, 40, 40, 40]


def test_a_message_that_backs_off_lets_the_others_pass_and_keeps_its_place(bus, clock):
    bus.publish("work", messages("poison", "b", "c"))
    refuse(bus, clock)

    assert bus.take(clock.now()).message.data == b"b"

    clock.advance(10)

    assert [delivery.message.data for delivery in bus.due(clock.now())] == [b"poison", b"c"]


def test_the_envelope_counts_attempts_only_under_a_dead_letter_policy(bus, clock):
    bus.publish("work", messages("a"))
    bus.publish("dlq", messages("d"))
    refuse(bus, clock)
    refuse(bus, clock)
    clock.advance(10)

    counted, uncounted = bus.due(clock.now())

    assert (counted.attempt, counted.message.delivery_attempt) == (2, 2)
    assert (uncounted.attempt, uncounted.message.delivery_attempt) == (2, None)


def test_the_last_refusal_forwards_the_message_to_the_dead_letters(bus, clock):
    bus.publish("work", messages("a"))
    original = bus.due(START)[0].message
    for _ in range(2):
        clock.advance(refuse(bus, clock).delay.total_seconds())

    assert refuse(bus, clock) == DeadLetter("dlq")

    (letter,) = bus.due(clock.now())
    assert (letter.endpoint, letter.attempt) == ("/dead-letter", 1)
    assert letter.message.data == b"a"
    assert letter.message.message_id != original.message_id
    assert letter.message.attributes == {
        "name": "a",
        "CloudPubSubDeadLetterSourceDeliveryCount": "3",
        "CloudPubSubDeadLetterSourceSubscription": "work-sub",
        "CloudPubSubDeadLetterSourceSubscriptionProject": "local",
        "CloudPubSubDeadLetterSourceTopicPublishTime": "2025-11-28T13:00:00.000+00:00",
    }
    assert bus.pending() == {"work-sub": 0, "dlq-sub": 1}


def test_without_a_dead_letter_policy_a_message_is_retried_for_ever(bus, clock):
    bus.publish("dlq", messages("a"))

    for attempt in range(1, 51):
        delivery = bus.take(clock.now())
        assert delivery.attempt == attempt
        clock.advance(bus.settle(delivery, 500).delay.total_seconds())

    assert bus.pending()["dlq-sub"] == 1


def test_a_delivery_that_is_never_settled_counts_as_refused_at_its_ack_deadline(bus, clock):
    bus.publish("work", messages("a"))
    bus.take(START)

    assert bus.next_due() == START + timedelta(seconds=60)
    assert bus.take(START + timedelta(seconds=69.999)) is None
    assert bus.take(START + timedelta(seconds=70)).attempt == 2


def test_an_answer_after_the_ack_deadline_changes_nothing(bus, clock):
    bus.publish("work", messages("a"))
    delivery = bus.take(START)
    clock.advance(60)

    assert bus.settle(delivery, 200) is None
    assert bus.pending()["work-sub"] == 1


@pytest.mark.parametrize("status", [200, 500])
def test_a_second_answer_to_one_delivery_changes_nothing(bus, clock, status):
    bus.publish("work", messages("a"))
    delivery = bus.take(START)
    bus.settle(delivery, status)
    before = (bus.pending(), bus.next_due())

    assert bus.settle(delivery, 500) is None
    assert (bus.pending(), bus.next_due()) == before


def test_an_answer_to_an_earlier_attempt_does_not_settle_the_current_one(bus, clock):
    bus.publish("work", messages("a"))
    first = bus.take(START)
    bus.settle(first, 500)
    clock.advance(10)
    bus.take(clock.now())

    assert bus.settle(first, 200) is None
    assert bus.pending()["work-sub"] == 1


def test_any_due_delivery_can_be_picked(bus):
    bus.publish("work", messages("a", "b", "c"))
    last = bus.due(START)[2]

    assert bus.take(START, last.id) == last
    assert bus.take(START, last.id) is None
    assert bus.take(START, "nothing/1") is None
    assert [delivery.message.data for delivery in bus.due(START)] == [b"a", b"b"]


def test_a_bus_that_starts_later_gives_other_message_ids(bus):
    other = InMemoryBus(TOPICS, (WORK, DEAD), FakeClock(START + timedelta(microseconds=1)))
    bus.publish("work", messages("a", "b"))
    other.publish("work", messages("a", "b"))

    due = bus.due(START) + other.due(START + timedelta(seconds=1))

    assert len({delivery.message.message_id for delivery in due}) == 4


@pytest.mark.parametrize(
    ("topics", "subscriptions", "reason"),
    [
        pytest.param(("dlq",), (WORK,), "work", id="the topic is missing"),
        pytest.param(("work",), (WORK,), "dlq", id="the dead-letter topic is missing"),
        pytest.param(TOPICS, (WORK, WORK), "same name", id="a name twice"),
    ],
)
def test_subscriptions_that_do_not_fit_the_topics_are_refused(clock, topics, subscriptions, reason):
    with pytest.raises(ValueError, match=reason):
        InMemoryBus(topics, subscriptions, clock)


def test_threads_that_take_at_once_share_the_deliveries(bus):
    bus.publish("work", messages(*map(str, range(200))))
    taken = []
    ready = threading.Barrier(4)

    def work():
        ready.wait(5)
        while (delivery := bus.take(START)) is not None:
            taken.append(delivery.id)
            bus.settle(delivery, 200)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)

    assert len(taken) == len(set(taken)) == 200
    assert bus.is_idle()
