import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import urllib3

from shared.clock import FakeClock, Stopwatch, SystemClock
from shared.envelope import open_envelope
from shared.messaging.bus import InMemoryBus
from shared.messaging.delivery import SubscriptionPolicy
from shared.messaging.dispatcher import BusDispatcher
from shared.ports import OutgoingMessage

PATIENCE = 10  # seconds until a wait that should be short is a failure
START = datetime(2025, 11, 28, 13, tzinfo=UTC)
WORK = SubscriptionPolicy("work-sub", "work", "/work", 60, 10, 600, 3, "dlq")
DEAD = SubscriptionPolicy("dlq-sub", "dlq", "/dead-letter", 60, 10, 600)


class Endpoint:
    """A real server on a free port; `reply` decides the status of each push it receives."""

    def __init__(self):
        self.reply = lambda path, push: 204
        self.pushes = []
        self.headers = []
        self.connections = set()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # keeps connections open

            def do_POST(self):
                push = open_envelope(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.pushes.append((self.path, push))
                endpoint.headers.append(self.headers)
                endpoint.connections.add(self.client_address)
                self.send_response(endpoint.reply(self.path, push))
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture(scope="module")
def server():
    started = Endpoint()
    yield started
    started.close()


@pytest.fixture
def endpoint(server):
    server.reply = lambda path, push: 204
    server.pushes.clear()
    server.headers.clear()
    server.connections.clear()
    return server


@pytest.fixture
def dispatch():
    """Start dispatchers that the test's end stops."""
    started = []

    def start(bus, url, clock, **options):
        dispatcher = BusDispatcher(bus, url, clock, **options)
        started.append(dispatcher)
        dispatcher.start()
        return dispatcher

    yield start
    for dispatcher in started:
        dispatcher.stop()


def make_bus(clock, **changes):
    return InMemoryBus(("work", "dlq"), (replace(WORK, **changes), DEAD), clock)


def messages(*texts):
    return [OutgoingMessage(text.encode(), {"name": text}) for text in texts]


def until(bus, condition):
    with bus.changed:
        assert bus.changed.wait_for(condition, PATIENCE), "the bus never came there"


def test_a_published_message_is_pushed_in_its_envelope_and_acknowledged(endpoint, dispatch):
    bus = make_bus(SystemClock())
    dispatcher = dispatch(bus, endpoint.url, SystemClock())

    bus.publish("work", messages("a"))

    assert dispatcher.wait_idle(PATIENCE)
    ((path, push),) = endpoint.pushes
    assert (path, push.data, push.attributes) == ("/work", b"a", {"name": "a"})
    assert (push.subscription, push.delivery_attempt) == ("projects/local/subscriptions/work-sub", 1)
    assert endpoint.headers[0]["Content-Type"] == "application/json"


def test_what_was_published_before_the_start_is_pushed_too(endpoint, dispatch):
    bus = make_bus(SystemClock())
    bus.publish("work", messages("a", "b"))

    dispatcher = dispatch(bus, endpoint.url, SystemClock())

    assert dispatcher.wait_idle(PATIENCE)
    assert len(endpoint.pushes) == 2


def test_a_thread_keeps_its_connection(endpoint, dispatch):
    bus = make_bus(SystemClock())
    dispatcher = dispatch(bus, endpoint.url, SystemClock(), threads=1)

    bus.publish("work", messages(*"abcdef"))

    assert dispatcher.wait_idle(PATIENCE)
    assert (len(endpoint.pushes), len(endpoint.connections)) == (6, 1)


def test_several_deliveries_are_on_their_way_at_once(endpoint, dispatch):
    together = threading.Barrier(3)

    def meet(path, push):
        together.wait(PATIENCE)
        return 204

    endpoint.reply = meet
    bus = make_bus(SystemClock())
    dispatcher = dispatch(bus, endpoint.url, SystemClock(), threads=3)

    bus.publish("work", messages("a", "b", "c"))

    assert dispatcher.wait_idle(PATIENCE)
    assert not together.broken


def test_a_message_that_backs_off_holds_up_nobody(endpoint, dispatch):
    endpoint.reply = lambda path, push: 500 if push.data == b"poison" else 204
    clock = FakeClock(START)
    bus = make_bus(clock)
    dispatch(bus, endpoint.url, clock, threads=1)

    bus.publish("work", messages("poison", "b", "c"))
    until(bus, lambda: bus.pending()["work-sub"] == 1)

    assert [push.data for _, push in endpoint.pushes] == [b"poison", b"b", b"c"]


def test_a_refused_message_is_pushed_again_when_its_time_has_come(endpoint, dispatch):
    endpoint.reply = lambda path, push: 500 if push.delivery_attempt == 1 else 204
    clock = FakeClock(START)
    bus = make_bus(clock)
    dispatcher = dispatch(bus, endpoint.url, clock)
    bus.publish("work", messages("a"))
    until(bus, lambda: bus.next_due() == START + timedelta(seconds=10))

    clock.advance(10)
    bus.wake()

    assert dispatcher.wait_idle(PATIENCE)
    assert [push.delivery_attempt for _, push in endpoint.pushes] == [1, 2]


@pytest.mark.parametrize("status", [302, 400, 500, 503])
def test_a_message_that_is_always_refused_ends_at_the_dead_letter_endpoint(endpoint, dispatch, status):
    endpoint.reply = lambda path, push: status if path == "/work" else 204
    bus = make_bus(SystemClock(), min_backoff_seconds=0, max_backoff_seconds=0)
    dispatcher = dispatch(bus, endpoint.url, SystemClock())

    bus.publish("work", messages("a"))

    assert dispatcher.wait_idle(PATIENCE)
    assert [path for path, _ in endpoint.pushes] == ["/work", "/work", "/work", "/dead-letter"]
    assert endpoint.pushes[-1][1].attributes["CloudPubSubDeadLetterSourceDeliveryCount"] == "3"


def test_an_endpoint_that_is_away_refuses(dispatch):
    clock = FakeClock(START)
    bus = make_bus(clock)
    closed = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    closed.server_close()
    dispatcher = dispatch(bus, f"http://127.0.0.1:{closed.server_port}", clock)

    bus.publish("work", messages("a"))
    until(bus, lambda: bus.next_due() == START + timedelta(seconds=10))

    assert not dispatcher.wait_idle(0)


def test_a_push_that_hangs_is_given_up_at_its_ack_deadline_and_frees_its_thread(endpoint, dispatch):
    released = threading.Event()

    def hang_once(path, push):
        if push.delivery_attempt == 1:
            released.wait(2 * PATIENCE)
        return 204

    endpoint.reply = hang_once
    bus = make_bus(SystemClock(), ack_deadline_seconds=0.05, min_backoff_seconds=0, max_backoff_seconds=0)
    dispatcher = dispatch(bus, endpoint.url, SystemClock(), threads=1)

    bus.publish("work", messages("a"))

    assert dispatcher.wait_idle(PATIENCE)
    assert [push.delivery_attempt for _, push in endpoint.pushes] == [1, 2]
    released.set()


def test_what_an_endpoint_publishes_is_pushed_before_the_bus_is_idle(endpoint, dispatch):
    bus = make_bus(SystemClock())

    def chain(path, push):
        if path == "/work":
            bus.publish("dlq", messages("next"))
        return 204

    endpoint.reply = chain
    dispatcher = dispatch(bus, endpoint.url, SystemClock())

    bus.publish("work", messages("first"))

    assert dispatcher.wait_idle(PATIENCE)
    assert [push.data for _, push in endpoint.pushes] == [b"first", b"next"]


def test_headers_of_the_pool_go_with_every_push(endpoint, dispatch):
    bus = make_bus(SystemClock())
    pool = urllib3.PoolManager(headers={"Authorization": "Bearer token"})
    dispatcher = dispatch(bus, endpoint.url, SystemClock(), http=pool)

    bus.publish("work", messages("a"))

    assert dispatcher.wait_idle(PATIENCE)
    assert endpoint.headers[0]["Authorization"] == "Bearer token"


def test_stopping_ends_the_threads_and_takes_nothing_more(endpoint, dispatch):
    bus = make_bus(SystemClock())
    before = set(threading.enumerate())
    dispatcher = dispatch(bus, endpoint.url, SystemClock())
    workers = set(threading.enumerate()) - before

    dispatcher.stop()
    bus.publish("work", messages("a"))

    assert [thread for thread in workers if thread.is_alive()] == []
    assert len(bus.due(SystemClock().now())) == 1


def test_stopping_leaves_a_push_that_hangs_behind(endpoint, dispatch):
    reached, released = threading.Event(), threading.Event()

    def hang(path, push):
        reached.set()
        released.wait(PATIENCE)
        return 204

    endpoint.reply = hang
    bus = make_bus(SystemClock())
    dispatcher = dispatch(bus, endpoint.url, SystemClock(), stop_seconds=0.05)
    bus.publish("work", messages("a"))
    assert reached.wait(PATIENCE)
    watch = Stopwatch()

    dispatcher.stop()

    assert watch.seconds() < 2
    assert bus.pending()["work-sub"] == 1
    released.set()
    until(bus, bus.is_idle)


def test_a_dispatcher_that_never_started_can_be_stopped():
    clock = SystemClock()

    BusDispatcher(make_bus(clock), "http://127.0.0.1:1", clock).stop()
