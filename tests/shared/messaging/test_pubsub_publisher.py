"""The publisher with Google's own client, against a Pub/Sub of this process that answers as it is told."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from google.auth.exceptions import TransportError
from google.cloud.pubsub_v1 import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.types import PublishRequest, PublishResponse

from shared.clock import Stopwatch
from shared.errors import DependencyUnavailable
from shared.messaging.delivery import MAX_DATA_BYTES
from shared.messaging.pubsub_publisher import BATCHES, PubSubPublisher, publisher_options
from shared.ports import OutgoingMessage
from shared.trace_context import TraceContext, within

TOPIC = "prediction-request-prod"
PATIENCE = 10  # seconds until a wait that should be short is a failure
HALF_A_REQUEST = b"x" * 6_000_000  # two of these do not fit into one
NEVER_BY_TIME = BATCHES._replace(max_latency=float("inf"))


class ScriptedPubSub:
    """A server of the Publisher service; `answer` is asked about each request."""

    def __init__(self):
        self._server = grpc.server(
            ThreadPoolExecutor(8), options=[("grpc.max_receive_message_length", 20_000_000)]
        )
        publish = grpc.unary_unary_rpc_method_handler(
            self._publish, PublishRequest.deserialize, PublishResponse.serialize
        )
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler("google.pubsub.v1.Publisher", {"Publish": publish}),)
        )
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        self.forget()

    def forget(self):
        self.requests = []
        self.answer = take

    @property
    def received(self):
        return [OutgoingMessage(m.data, dict(m.attributes)) for r in self.requests for m in r.messages]

    def stop(self):
        self._server.stop(None).wait(PATIENCE)

    def _publish(self, request, context):
        self.requests.append(request)
        return self.answer(request, context)


def take(request, context):
    return PublishResponse(message_ids=[str(n) for n in range(len(request.messages))])


def fail(code, times=None, holding=b""):
    """Refuse requests with a message that holds some bytes: so many times, or always."""
    left = Counter(times=times if times is not None else 10**6)

    def answer(request, context):
        if left["times"] > 0 and any(holding in message.data for message in request.messages):
            left["times"] -= 1
            context.abort(code, "as scripted")
        return take(request, context)

    return answer


def never(request, context):
    """Answer nothing until the client has gone."""
    gone = threading.Event()
    context.add_callback(gone.set)
    gone.wait(PATIENCE)
    return PublishResponse()


class NoToken(grpc.UnaryUnaryClientInterceptor):
    """A channel that cannot reach whoever gives out tokens."""

    def intercept_unary_unary(self, continuation, details, request):
        raise TransportError("no token now")


@pytest.fixture(scope="module")
def server():
    started = ScriptedPubSub()
    yield started
    started.stop()


@pytest.fixture
def pubsub(server):
    server.forget()
    return server


@pytest.fixture
def make_publisher(pubsub):
    """Return a maker of publishers; they are closed afterwards."""
    opened = []

    def make(timeout=5.0, batches=BATCHES, interceptors=()):
        channel = grpc.insecure_channel(f"127.0.0.1:{pubsub.port}")
        transport = PublisherGrpcTransport(channel=grpc.intercept_channel(channel, *interceptors))
        client = PublisherClient(batches, publisher_options(timeout), transport=transport)
        opened.append((PubSubPublisher(client, "nba-test", timeout), channel))
        return opened[-1][0]

    yield make
    for publisher, channel in opened:
        publisher.close()
        let_the_client_end()
        channel.close()


def let_the_client_end():
    """Wait for the client's own attempts, which may outlast the caller's patience."""
    for thread in threading.enumerate():
        if thread.name == "Thread-CommitBatchPublisher":
            thread.join(PATIENCE)


@pytest.fixture
def publisher(make_publisher):
    return make_publisher()


def message(text, **attributes):
    return OutgoingMessage(text.encode(), attributes)


def as_set(messages):
    return {(m.data, tuple(sorted(m.attributes.items()))) for m in messages}


# What goes out


def test_a_thousand_messages_go_out_whole_in_few_requests(publisher, pubsub):
    sent = [message(f"request {n}", number=str(n)) for n in range(1000)]

    assert publisher.publish(TOPIC, sent) == []

    assert as_set(pubsub.received) == as_set(sent)
    assert len(pubsub.requests) <= 20


def test_data_attributes_and_the_topic_go_out_as_they_are(publisher, pubsub):
    sent = OutgoingMessage(bytes(range(256)), {"game_date": "2025-11-28", "note": "Dončić", "empty": ""})

    publisher.publish(TOPIC, [sent])

    assert pubsub.received == [sent]
    assert pubsub.requests[0].topic == f"projects/nba-test/topics/{TOPIC}"


def test_what_is_published_within_a_trace_says_so(publisher, pubsub):
    span = TraceContext("a" * 32, "b" * 16, is_sampled=True)

    with within(span):
        publisher.publish(TOPIC, [message("x", batch_id="b")])

    assert pubsub.received == [message("x", batch_id="b", traceparent=span.traceparent())]


def test_all_answers_are_awaited_together(make_publisher, pubsub):
    """Three requests that must be under way at once before one of them is answered."""
    together = threading.Barrier(3)

    def answer(request, context):
        together.wait(PATIENCE)
        return take(request, context)

    pubsub.answer = answer

    assert make_publisher(timeout=PATIENCE).publish(TOPIC, [OutgoingMessage(HALF_A_REQUEST)] * 3) == []


def test_publishing_nothing_sends_nothing(publisher, pubsub):
    assert publisher.publish(TOPIC, []) == []
    assert pubsub.requests == []


# What is not taken


@pytest.mark.parametrize(
    "code", ["NOT_FOUND", "PERMISSION_DENIED", "UNAUTHENTICATED", "INVALID_ARGUMENT", "FAILED_PRECONDITION"]
)
def test_a_refusal_names_every_message_and_the_reason_and_raises_nothing(publisher, pubsub, code):
    pubsub.answer = fail(grpc.StatusCode[code])

    failures = publisher.publish(TOPIC, [message(str(n)) for n in range(5)])

    assert [failure.index for failure in failures] == [0, 1, 2, 3, 4]
    assert all("as scripted" in failure.reason for failure in failures)


@pytest.mark.parametrize(
    "code", ["UNAVAILABLE", "INTERNAL", "ABORTED", "RESOURCE_EXHAUSTED", "UNKNOWN", "DEADLINE_EXCEEDED"]
)
def test_what_passes_is_tried_again(publisher, pubsub, code):
    pubsub.answer = fail(grpc.StatusCode[code], times=1)

    assert publisher.publish(TOPIC, [message("a")]) == []
    assert len(pubsub.requests) == 2


def test_what_lasts_names_every_message_within_the_time(make_publisher, pubsub):
    pubsub.answer = fail(grpc.StatusCode.UNAVAILABLE)
    watch = Stopwatch()

    failures = make_publisher(timeout=0.3).publish(TOPIC, [message("a"), message("b")])

    assert [failure.index for failure in failures] == [0, 1]
    assert watch.seconds() < 3


def test_a_server_that_does_not_answer_confirms_nothing_and_takes_no_longer_than_the_timeout(
    make_publisher, pubsub
):
    pubsub.answer = never
    watch = Stopwatch()

    failures = make_publisher(timeout=0.2).publish(TOPIC, [message(str(n)) for n in range(100)])

    assert [failure.index for failure in failures] == list(range(100))
    assert failures[-1].reason == "not confirmed within 0.2 s"
    assert watch.seconds() < 3  # one timeout for all of them, not one each


def test_of_several_requests_only_the_messages_of_the_failing_one_are_named(publisher, pubsub):
    pubsub.answer = fail(grpc.StatusCode.PERMISSION_DENIED, holding=b"bad")
    good, bad = OutgoingMessage(HALF_A_REQUEST), OutgoingMessage(HALF_A_REQUEST + b"bad")

    failures = publisher.publish(TOPIC, [good, bad, good])

    assert [failure.index for failure in failures] == [1]
    assert len(pubsub.requests) == 3


def test_after_a_failure_the_next_list_goes_out(publisher, pubsub):
    pubsub.answer = fail(grpc.StatusCode.NOT_FOUND, holding=b"x")

    assert len(publisher.publish(TOPIC, [OutgoingMessage(HALF_A_REQUEST)])) == 1
    assert publisher.publish(TOPIC, [message("a")]) == []


def test_a_message_never_overflows_a_batch_that_it_has_to_itself():
    """The client would keep such a batch as the current one, and fail on it once it has failed."""
    limit_of_the_client = 10_000_000

    assert BATCHES.max_bytes >= limit_of_the_client
    assert BATCHES.max_messages > 1


def test_an_answer_that_confirms_fewer_messages_than_were_sent_confirms_none(publisher, pubsub):
    pubsub.answer = lambda request, context: PublishResponse(message_ids=["1"])

    failures = publisher.publish(TOPIC, [message("a"), message("b")])

    assert [failure.index for failure in failures] == [0, 1]


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        pytest.param(OutgoingMessage(b""), "needs data", id="empty"),
        pytest.param(OutgoingMessage(b"x" * (MAX_DATA_BYTES + 1)), "bytes of data", id="too much data"),
        pytest.param(OutgoingMessage(b"x" * MAX_DATA_BYTES, {"a": "b"}), "too large", id="too much together"),
        pytest.param(message("a", note="x" * 1025), "note is longer", id="too long an attribute"),
        *(
            pytest.param(OutgoingMessage(b"a", {name: "x"}), f"called {name}", id=f"an attribute {name}")
            for name in ("self", "topic", "data", "ordering_key", "retry", "timeout")
        ),
    ],
)
@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_message_that_cannot_go_out_is_named_and_the_others_go_out(
    publisher, pubsub, odd, reason, position
):
    sent = [message("a"), message("b")]

    failures = publisher.publish(TOPIC, [*sent[:position], odd, *sent[position:]])

    assert [failure.index for failure in failures] == [position]
    assert reason in failures[0].reason
    assert as_set(pubsub.received) == as_set(sent)


def test_without_a_token_every_message_is_named(make_publisher):
    publisher = make_publisher(interceptors=[NoToken()])

    failures = publisher.publish(TOPIC, [message("a"), message("b")])

    assert [(failure.index, failure.reason) for failure in failures] == [
        (0, "TransportError: no token now"),
        (1, "TransportError: no token now"),
    ]


# The end


class Watched(list):
    """A list that tells when somebody has gone through it."""

    def __init__(self, messages):
        super().__init__(messages)
        self.was_read = threading.Event()

    def __iter__(self):
        yield from super().__iter__()
        self.was_read.set()


def test_closing_sends_what_waits_for_its_batch_to_fill(make_publisher, pubsub):
    publisher = make_publisher(timeout=PATIENCE, batches=NEVER_BY_TIME)
    waiting = Watched([message("a"), message("b")])
    failures = []
    caller = threading.Thread(target=lambda: failures.append(publisher.publish(TOPIC, waiting)))
    caller.start()
    assert waiting.was_read.wait(PATIENCE)
    assert pubsub.requests == []

    publisher.close()
    caller.join(PATIENCE)

    assert failures == [[]]
    assert as_set(pubsub.received) == as_set(waiting)


def test_a_publisher_that_was_closed_is_unavailable_and_sends_nothing(publisher, pubsub):
    publisher.close()

    with pytest.raises(DependencyUnavailable, match="closed"):
        publisher.publish(TOPIC, [message("a")])

    assert pubsub.requests == []


def test_closing_twice_is_closing(publisher):
    publisher.close()
    publisher.close()

    with pytest.raises(DependencyUnavailable):
        publisher.publish(TOPIC, [message("a")])
