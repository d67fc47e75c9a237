"""What every adapter of the Publisher port must satisfy; one joins by adding itself to ADAPTERS."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import pytest

from shared.clock import FakeClock
from shared.errors import DependencyUnavailable
from shared.messaging.bus import InMemoryBus
from shared.messaging.delivery import SubscriptionPolicy
from shared.messaging.pubsub_publisher import PubSubPublisher
from shared.messaging.recording import RecordingPublisher
from shared.ports import OutgoingMessage, Publisher

NOW = datetime(2025, 11, 28, 13, tzinfo=UTC)
TOPIC = "requests"
REFUSED = OutgoingMessage(b"")  # neither data nor attributes


@dataclass(frozen=True)
class Service:
    """A publisher under test, and the way to see what reached a topic's subscriber."""

    publisher: Publisher
    received: Callable[[str], list[OutgoingMessage]]


def in_memory_bus(request):
    topics = (TOPIC, "other")
    policies = [SubscriptionPolicy(f"{topic}-sub", topic, f"/{topic}", 60, 10, 600) for topic in topics]
    bus = InMemoryBus(topics, policies, FakeClock(NOW))

    def received(topic):
        due = (delivery for delivery in bus.due(NOW) if delivery.endpoint == f"/{topic}")
        return [OutgoingMessage(d.message.data, d.message.attributes) for d in due]

    return Service(bus, received)


def recording_publisher(request):
    publisher = RecordingPublisher()
    return Service(publisher, publisher.messages)


PROJECTS = (f"publisher-{n}" for n in count())


def pubsub_emulated(request):
    """Each service is a project of its own in one emulator."""
    emulator = request.getfixturevalue("pubsub_emulator")
    project = next(PROJECTS)
    for topic in (TOPIC, "other"):
        emulator.create_pull_subscription(project, topic)
    publisher = PubSubPublisher(emulator.publisher_client(), project)
    request.addfinalizer(publisher.close)

    def received(topic):
        return [OutgoingMessage(m.data, dict(m.attributes)) for m in emulator.pull(project, topic)]

    return Service(publisher, received)


ADAPTERS = [
    in_memory_bus,
    recording_publisher,
    pytest.param(pubsub_emulated, marks=pytest.mark.emulated, id="pubsub_emulated"),
]


@pytest.fixture(params=ADAPTERS, ids=lambda adapter: adapter.__name__)
def service(request):
    return request.param(request)


def message(text):
    return OutgoingMessage(text.encode(), {"name": text})


def as_set(messages):
    """Delivery has no order."""
    return {(m.data, tuple(sorted(m.attributes.items()))) for m in messages}


def test_everything_that_was_taken_arrives(service):
    sent = [message(str(n)) for n in range(100)]

    failures = service.publisher.publish(TOPIC, sent)

    assert failures == []
    assert as_set(service.received(TOPIC)) == as_set(sent)


def test_data_and_attributes_arrive_as_they_were_sent(service):
    sent = OutgoingMessage(bytes(range(256)), {"game_date": "2025-11-28", "note": "Dončić, ✓", "empty": ""})

    service.publisher.publish(TOPIC, [sent])

    assert as_set(service.received(TOPIC)) == as_set([sent])


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(OutgoingMessage(b"data"), id="no attributes"),
        pytest.param(OutgoingMessage(b"", {"a": "b"}), id="no data"),
    ],
)
def test_data_or_attributes_suffice(service, sent):
    assert service.publisher.publish(TOPIC, [sent]) == []
    assert as_set(service.received(TOPIC)) == as_set([sent])


@pytest.mark.parametrize("position", [0, 1, 2])
def test_what_was_not_taken_is_named_by_its_position_and_the_others_arrive(service, position):
    sent = [message("a"), message("b")]

    failures = service.publisher.publish(TOPIC, [*sent[:position], REFUSED, *sent[position:]])

    assert [failure.index for failure in failures] == [position]
    assert failures[0].reason
    assert as_set(service.received(TOPIC)) == as_set(sent)


def test_a_list_of_which_nothing_was_taken_fails_whole(service):
    failures = service.publisher.publish(TOPIC, [REFUSED, REFUSED])

    assert sorted(failure.index for failure in failures) == [0, 1]
    assert service.received(TOPIC) == []


def test_publishing_nothing_is_fine(service):
    assert service.publisher.publish(TOPIC, []) == []
    assert service.received(TOPIC) == []


def test_a_topic_gets_only_its_own_messages(service):
    service.publisher.publish(TOPIC, [message("a")])
    service.publisher.publish("other", [message("b")])

    assert as_set(service.received(TOPIC)) == as_set([message("a")])
    assert as_set(service.received("other")) == as_set([message("b")])


def test_the_recording_publisher_fails_where_it_is_told():
    publisher = RecordingPublisher(failing=[1])

    failures = publisher.publish(TOPIC, [message("a"), message("b"), message("c")])

    assert [failure.index for failure in failures] == [1]
    assert publisher.messages(TOPIC) == [message("a"), message("c")]


def test_the_recording_publisher_raises_what_it_is_given():
    publisher = RecordingPublisher(error=DependencyUnavailable("no answer"))

    with pytest.raises(DependencyUnavailable):
        publisher.publish(TOPIC, [message("a")])

    assert publisher.published == []
