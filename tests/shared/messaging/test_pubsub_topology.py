"""What is there of topics and subscriptions, with Google's own clients against a Pub/Sub of this process."""

from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport
from google.pubsub_v1.types import (
    DeadLetterPolicy,
    GetSubscriptionRequest,
    GetTopicRequest,
    PushConfig,
    Subscription,
    Topic,
)

from shared.config import Settings
from shared.errors import DependencyRejected, DependencyUnavailable
from shared.messaging.pubsub_topology import PubSubTopology
from shared.ports import Fault
from shared.topology import subscriptions, topics

PROJECT = "p"
SETTINGS = Settings()


class ToldPubSub:
    """A server that knows the topics and subscriptions that it is told of; `error` is answered to all."""

    def __init__(self):
        self._server = grpc.server(ThreadPoolExecutor(2))
        get_topic = grpc.unary_unary_rpc_method_handler(
            self._topic, GetTopicRequest.deserialize, Topic.serialize
        )
        get_subscription = grpc.unary_unary_rpc_method_handler(
            self._subscription, GetSubscriptionRequest.deserialize, Subscription.serialize
        )
        self._server.add_generic_rpc_handlers(
            (
                grpc.method_handlers_generic_handler("google.pubsub.v1.Publisher", {"GetTopic": get_topic}),
                grpc.method_handlers_generic_handler(
                    "google.pubsub.v1.Subscriber", {"GetSubscription": get_subscription}
                ),
            )
        )
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def hold_everything(self):
        self.error = None
        self.topics = {path("topics", name) for name in topics(SETTINGS)}
        self.subscriptions = {
            path("subscriptions", policy.name): Subscription(
                name=path("subscriptions", policy.name),
                topic=path("topics", policy.topic),
                push_config=PushConfig(push_endpoint="https://service.test/x"),
                dead_letter_policy=DeadLetterPolicy(
                    dead_letter_topic=path("topics", policy.dead_letter_topic), max_delivery_attempts=5
                )
                if policy.dead_letter_topic
                else None,
            )
            for policy in subscriptions(SETTINGS)
        }

    def stop(self):
        self._server.stop(None).wait(10)

    def _topic(self, request, context):
        if self.error:
            context.abort(self.error, "told to")
        if request.topic not in self.topics:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such topic")
        return Topic(name=request.topic)

    def _subscription(self, request, context):
        if request.subscription not in self.subscriptions:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such subscription")
        return self.subscriptions[request.subscription]


def path(kind, name):
    return f"projects/{PROJECT}/{kind}/{name}"


@pytest.fixture(scope="module")
def server():
    server = ToldPubSub()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def publisher(server):
    channel = grpc.insecure_channel(f"127.0.0.1:{server.port}")
    yield PublisherClient(transport=PublisherGrpcTransport(channel=channel))
    channel.close()


@pytest.fixture
def topology(server, publisher):
    def subscriber():
        channel = grpc.insecure_channel(f"127.0.0.1:{server.port}")
        return SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))

    server.hold_everything()
    return PubSubTopology(
        publisher, subscriber, PROJECT, topics(SETTINGS), subscriptions(SETTINGS), timeout=5.0
    )


def test_where_everything_is_as_declared_nothing_is_missing(topology):
    assert topology.missing() == []


def test_topics_and_subscriptions_that_do_not_exist_are_named(server, topology):
    server.topics.remove(path("topics", SETTINGS.ready_topic))
    del server.subscriptions[path("subscriptions", SETTINGS.dead_letter_subscription)]

    assert topology.missing() == [
        Fault(SETTINGS.ready_topic, "the topic does not exist"),
        Fault(SETTINGS.dead_letter_subscription, "the subscription does not exist"),
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"topic": path("topics", "another")},
            "it reads another and not prediction-request-prod",
        ),
        ({"topic": "_deleted-topic_"}, "it reads _deleted-topic_ and not prediction-request-prod"),
        ({"push_config": None}, "it pushes nowhere: it is paused"),
        ({"dead_letter_policy": None}, "what nobody can handle does not go to nba-dlq"),
    ],
)
def test_a_subscription_that_is_otherwise_than_declared_says_in_what(server, topology, change, reason):
    stored = server.subscriptions[path("subscriptions", SETTINGS.request_subscription)]
    for name, value in change.items():
        setattr(stored, name, value)

    assert topology.missing() == [Fault(SETTINGS.request_subscription, reason)]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (grpc.StatusCode.PERMISSION_DENIED, DependencyRejected),
        (grpc.StatusCode.INTERNAL, DependencyUnavailable),
    ],
)
def test_who_may_not_ask_is_told_so_and_who_gets_no_answer_too(server, topology, code, error):
    server.error = code

    with pytest.raises(error, match="Pub/Sub"):
        topology.missing()
