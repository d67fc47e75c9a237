"""Each request is work of one trace: its caller's, its message's or its own; every line inside says which."""

import pytest
from flask import Flask

from shared.envelope import PushMessage, seal_envelope
from shared.errors import DependencyUnavailable, InvalidInput
from shared.health import install_health
from shared.http import answer, install_edge, read_push
from shared.logs import get_logger
from shared.telemetry import span
from shared.trace_context import TraceContext, current

CALLER = TraceContext("a" * 32, "b" * 16, is_sampled=True)
PUBLISHER = TraceContext("c" * 32, "d" * 16, is_sampled=True)
TRACE = "logging.googleapis.com/trace"


class Service:
    """An app with a route for a call and one for a push, each of which does some work."""

    def __init__(self):
        self.error = None
        self.app = Flask("traced")
        install_edge(self.app, retry_after_seconds=7)
        install_health(self.app, lambda: None)
        self.app.add_url_rule("/call", view_func=self.call, methods=["POST"])
        self.app.add_url_rule("/push", view_func=self.push, methods=["POST"])
        self.client = self.app.test_client()

    def call(self):
        with span("work"):
            get_logger("tests").info("inside")
        if self.error is not None:
            raise self.error
        return answer({"trace": current().trace_id})

    def push(self):
        read_push()
        return self.call()

    def pushed(self, attributes, headers=()):
        body = seal_envelope(PushMessage(b"x", "1", attributes))
        return self.client.post("/push", data=body, headers=dict(headers))


@pytest.fixture
def service():
    return Service()


def trace_of(line):
    return line[TRACE].removeprefix("projects/local/traces/")


@pytest.mark.parametrize(
    "headers",
    [{"traceparent": CALLER.traceparent()}, {"X-Cloud-Trace-Context": f"{CALLER.trace_id}/17;o=1"}],
    ids=["W3C's header", "Google's header"],
)
def test_a_request_is_work_of_its_callers_trace(service, log, headers):
    answered = service.client.post("/call", headers=headers).get_json()["trace"]

    (line,) = log()
    assert (answered, trace_of(line)) == (CALLER.trace_id, CALLER.trace_id)
    assert line["logging.googleapis.com/trace_sampled"] is True
    assert line["logging.googleapis.com/spanId"] not in (CALLER.span_id, f"{17:016x}")


@pytest.mark.parametrize("headers", [{}, {"traceparent": "00-broken"}], ids=["none", "broken"])
def test_a_request_that_names_no_trace_has_one_of_its_own(service, log, headers):
    traces = [service.client.post("/call", headers=headers).get_json()["trace"] for _ in range(2)]

    assert [trace_of(line) for line in log()] == traces
    assert len(set(traces)) == 2


def test_a_push_is_work_of_the_trace_in_which_its_message_was_published(service, log):
    answered = service.pushed(
        {"traceparent": PUBLISHER.traceparent()}, {"traceparent": CALLER.traceparent()}
    ).get_json()["trace"]

    (line,) = log()
    assert (answered, trace_of(line)) == (PUBLISHER.trace_id, PUBLISHER.trace_id)


def test_a_push_whose_message_names_no_trace_stays_in_that_of_its_caller(service):
    answered = service.pushed({"batch_id": "b"}, {"traceparent": CALLER.traceparent()})

    assert answered.get_json()["trace"] == CALLER.trace_id


@pytest.mark.parametrize("error", [DependencyUnavailable("busy"), ValueError("broken"), InvalidInput("no")])
def test_the_line_of_an_error_is_of_the_messages_trace_too(service, log, error):
    service.error = error

    service.pushed({"traceparent": PUBLISHER.traceparent()})

    assert [trace_of(line) for line in log()] == [PUBLISHER.trace_id] * 2


def test_after_a_request_its_thread_is_of_no_trace(service):
    service.client.post("/call", headers={"traceparent": CALLER.traceparent()})

    assert current() is None


def test_a_request_is_a_span_named_for_its_route_that_says_how_it_was_answered(service, recorded):
    service.client.post("/call", headers={"traceparent": CALLER.traceparent()})

    work, request = recorded.spans
    assert (work.name, request.name) == ("work", "POST /call")
    assert work.parent.span_id == request.context.span_id
    assert f"{request.parent.span_id:016x}" == CALLER.span_id
    assert request.attributes["status"] == 200


def test_a_push_is_one_span_and_it_lies_in_that_of_the_publisher(service, recorded):
    service.pushed({"traceparent": PUBLISHER.traceparent()}, {"traceparent": CALLER.traceparent()})

    work, request = recorded.spans
    assert (work.name, request.name) == ("work", "POST /push")
    assert f"{request.parent.span_id:016x}" == PUBLISHER.span_id
    assert {f"{found.context.trace_id:032x}" for found in recorded.spans} == {PUBLISHER.trace_id}


def test_paths_that_there_are_not_share_one_name(service, recorded):
    service.client.get("/nowhere/1")
    service.client.get("/nowhere/2")

    assert {found.name for found in recorded.spans} == {"GET nowhere"}
    assert [found.attributes["status"] for found in recorded.spans] == [404, 404]


def test_a_probe_is_no_span(service, recorded):
    assert [service.client.get(path).status_code for path in ("/health", "/ready")] == [200, 200]

    assert recorded.spans == ()


def test_refusals_are_counted_by_their_status(service, recorded):
    for error in (
        DependencyUnavailable("busy"),
        InvalidInput("no"),
        InvalidInput("no"),
        ValueError("broken"),
    ):
        service.error = error
        service.client.post("/call")

    found = {point.attributes["status"]: point.value for point in recorded.points("refusals")}
    assert found == {503: 1, 400: 2, 500: 1}
