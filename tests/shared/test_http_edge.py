import io
from typing import Literal

import pytest
from flask import Flask, request
from pydantic import BaseModel, ConfigDict

from shared.errors import (
    AppError,
    DataContractViolation,
    DependencyRejected,
    DependencyUnavailable,
    Forbidden,
    InvalidInput,
    InvalidMessage,
    InvalidRequest,
    NotFound,
    SlateBusy,
    SlateChanged,
    Unauthenticated,
    WriteConflict,
)
from shared.health import install_health
from shared.http import (
    CORRELATION_HEADER,
    MAX_BODY_BYTES,
    answer,
    install_edge,
    raw_body,
    read_body,
    read_query,
)
from shared.logs import current_correlation_id

SECRET = "the text of the error"


class Body(BaseModel):
    min_minutes: float = 15.0


class Query(BaseModel):
    model_config = ConfigDict(extra="forbid")

    check: Literal["a", "b"] | None = None


class Service:
    """An app whose routes raise whatever the test puts into `error`."""

    def __init__(self):
        self.error = None
        self.app = Flask("edge")
        install_edge(self.app, retry_after_seconds=7)
        install_health(self.app, self.fail)
        self.route("/fail", self.fail)
        self.route("/body", lambda: answer(read_body(Body).model_dump()))
        self.route("/query", lambda: answer(read_query(Query, request.args).model_dump()))
        self.route("/raw", lambda: answer({"bytes": len(raw_body())}))
        self.route("/nothing", lambda: answer({"ignored": True}, 204))
        self.route("/whoami", lambda: answer({"id": current_correlation_id()}))
        self.client = self.app.test_client()

    def route(self, path, view):
        self.app.add_url_rule(path, endpoint=path, view_func=view, methods=["POST"])

    def fail(self):
        if self.error is not None:
            raise self.error
        return answer({"status": "ok"})


@pytest.fixture(scope="module")
def service():
    return Service()


@pytest.fixture
def client(service):
    service.error = None
    return service.client


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        pytest.param(InvalidMessage("no date", "17"), 400, "no date", id="InvalidMessage"),
        pytest.param(
            InvalidRequest("force", "must be true"), 400, "force: must be true", id="InvalidRequest"
        ),
        pytest.param(InvalidInput("no such file"), 400, "no such file", id="InvalidInput"),
        pytest.param(
            Unauthenticated(SECRET), 401, "who is calling could not be verified", id="Unauthenticated"
        ),
        pytest.param(Forbidden(SECRET), 403, "not allowed", id="Forbidden"),
        pytest.param(NotFound("no such slate"), 404, "no such slate", id="NotFound"),
        pytest.param(SlateChanged("look again"), 409, "look again", id="SlateChanged"),
        pytest.param(SlateBusy(SECRET), 503, None, id="SlateBusy"),
        pytest.param(DependencyUnavailable(SECRET), 503, None, id="DependencyUnavailable"),
        pytest.param(WriteConflict(SECRET), 503, None, id="WriteConflict"),
        pytest.param(DependencyRejected(SECRET), 500, None, id="DependencyRejected"),
        pytest.param(DataContractViolation(SECRET), 500, None, id="DataContractViolation"),
        pytest.param(AppError(SECRET), 500, None, id="any other of ours"),
        pytest.param(ValueError(SECRET), 500, None, id="the unexpected"),
    ],
)
def test_every_error_has_its_answer(service, client, log, error, status, message):
    service.error = error

    response = client.post("/fail")

    body = response.get_json()
    assert (response.status_code, body["status"]) == (status, "error")
    assert message is None or body["message"] == message
    assert SECRET not in response.text
    assert response.headers.get("Retry-After") == ("7" if status == 503 else None)
    assert len(log()) == 1


def test_a_wrong_field_is_named(service, client):
    service.error = InvalidRequest("force", "must be true or false")

    body = client.post("/fail").get_json()

    assert (body["field"], body["reason"]) == ("force", "must be true or false")


@pytest.mark.parametrize("error", [ValueError(SECRET), DependencyRejected(SECRET)])
def test_an_unexpected_error_is_found_in_the_log_by_its_id(service, client, log, error):
    service.error = error

    error_id = client.post("/fail").get_json()["error_id"]

    (line,) = log()
    assert (line["error_id"], line["severity"]) == (error_id, "ERROR")
    assert line["stack_trace"].endswith(f"{type(error).__name__}: {SECRET}")


def test_a_refused_message_is_logged_with_its_id(service, client, log):
    service.error = InvalidMessage("no date", "17")

    client.post("/fail")

    assert [(line["message_id"], line["reason"]) for line in log()] == [("17", "no date")]


def test_a_path_that_does_not_exist_is_answered_in_json(client):
    response = client.get("/nowhere")

    assert (response.status_code, response.get_json()) == (404, {"status": "error", "message": "Not Found"})


def test_a_wrong_method_is_answered_in_json_with_the_right_ones(client):
    response = client.get("/body")

    assert response.status_code == 405
    assert response.get_json()["message"] == "Method Not Allowed"
    assert set(response.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


@pytest.mark.parametrize(
    ("size", "status"),
    [
        pytest.param(MAX_BODY_BYTES, 200, id="the limit exactly"),
        pytest.param(MAX_BODY_BYTES + 1, 413, id="a byte more"),
    ],
)
def test_a_body_over_the_limit_is_refused_in_json(client, size, status):
    response = client.post("/raw", data=bytes(size))

    assert response.status_code == status
    assert response.is_json


class Sent(io.BytesIO):
    """A body in chunks, as servers hand it on: without a length, and with an end of its own.

    After `whole` bytes it raises `error`, if there is one, as a server's reader does.
    """

    def __init__(self, body, error=None):
        super().__init__(body)
        self.error = error

    def read(self, size=-1):
        data = super().read(size)
        if self.error is not None and not data:
            raise self.error
        return data

    def readinto(self, buffer):
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def environ(self, coding="chunked"):
        return {"wsgi.input": self, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": coding}


class InvalidChunkSize(Exception):
    """What gunicorn's reader raises, which is no OSError."""


@pytest.mark.parametrize(
    ("size", "status"),
    [
        pytest.param(MAX_BODY_BYTES, 200, id="the limit exactly"),
        pytest.param(MAX_BODY_BYTES + 1, 413, id="a byte more"),
        pytest.param(MAX_BODY_BYTES + 100_000, 413, id="much more"),
    ],
)
def test_a_body_in_chunks_over_the_limit_is_refused_and_not_cut(client, size, status):
    response = client.post("/raw", environ_overrides=Sent(bytes(size)).environ())

    assert response.status_code == status
    assert response.get_json().get("bytes") == (size if status == 200 else None)


@pytest.mark.parametrize("error", [InvalidChunkSize("zz"), OSError("reset"), ValueError("odd")], ids=repr)
def test_a_body_that_cannot_be_read_to_its_end_is_the_callers_fault(client, log, error):
    response = client.post("/raw", environ_overrides=Sent(b"{}", error).environ())

    assert (response.status_code, response.get_json()["message"]) == (400, "Bad Request")
    assert log() == []


def test_a_body_shorter_than_its_length_is_refused(client):
    cut = {"wsgi.input": Sent(b"{}"), "wsgi.input_terminated": True, "CONTENT_LENGTH": "9"}

    response = client.post("/body", environ_overrides=cut)

    assert response.status_code == 400


@pytest.mark.parametrize("coding", ["gzip, chunked", "xchunked"])
def test_a_body_in_a_coding_that_nobody_undoes_is_refused(client, coding):
    response = client.post("/raw", environ_overrides=Sent(b"{}").environ(coding))

    assert response.status_code == 400


@pytest.mark.parametrize(
    ("query", "field", "reason"),
    [
        ("check=a&check=b", "check", "must come once"),
        ("check=c", "check", "Input should be 'a' or 'b'"),
        ("Check=a", "Check", "Extra inputs are not permitted"),
        ("check%00=a", "check\0", "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_query_is_refused_with_field_and_reason(client, query, field, reason):
    response = client.post(f"/query?{query}")

    assert response.status_code == 400
    assert (response.get_json()["field"], response.get_json()["reason"]) == (field, reason)


@pytest.mark.parametrize(
    ("data", "headers"),
    [
        pytest.param(b"", {}, id="nothing"),
        pytest.param(b"", {"Content-Type": "application/json"}, id="JSON without a body"),
        pytest.param(b"{}", {}, id="an empty object"),
        pytest.param(b'{"min_minutes": 15.0}', {"Content-Type": "application/octet-stream"}, id="octets"),
    ],
)
def test_an_empty_body_is_an_empty_request(client, data, headers):
    assert client.post("/body", data=data, headers=headers).get_json() == {"min_minutes": 15.0}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        pytest.param(b"[]", "body", id="a list"),
        pytest.param(b"{", "body", id="not JSON"),
        pytest.param(b"\xff", "body", id="not text"),
        pytest.param(b'{"min_minutes": "many"}', "min_minutes", id="a word for a number"),
        pytest.param(b'{"min_minutes": null}', "min_minutes", id="null"),
    ],
)
def test_a_wrong_body_is_refused_with_field_and_reason(client, data, field):
    response = client.post("/body", data=data)

    assert response.status_code == 400
    assert response.get_json()["field"] == field
    assert response.get_json()["reason"]


def test_an_answer_without_content_has_no_body(client):
    response = client.post("/nothing")

    assert (response.status_code, response.data) == (204, b"")


def test_the_callers_correlation_id_is_used_and_echoed(client):
    response = client.post("/whoami", headers={CORRELATION_HEADER: "c-1"})

    assert response.get_json() == {"id": "c-1"}
    assert response.headers[CORRELATION_HEADER] == "c-1"


@pytest.mark.parametrize("sent", ["a\x1b[31mb", "\u00e9", "a\tb"], ids=ascii)
def test_a_correlation_id_that_is_not_printable_ascii_is_replaced(client, sent):
    response = client.post("/whoami", environ_overrides={"HTTP_X_CORRELATION_ID": sent})

    assert len(response.headers[CORRELATION_HEADER]) == 32


def test_a_correlation_id_with_a_line_of_its_own_adds_no_header(client):
    hostile = {"HTTP_X_CORRELATION_ID": "a\r\nSet-Cookie: b"}

    response = client.post("/whoami", environ_overrides=hostile)

    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers


def test_a_correlation_id_is_cut_to_64_characters(client):
    response = client.post("/whoami", headers={CORRELATION_HEADER: "c" * 65})

    assert response.headers[CORRELATION_HEADER] == "c" * 64


def test_without_one_each_request_gets_a_fresh_correlation_id(client):
    first, second = (client.post("/whoami").headers[CORRELATION_HEADER] for _ in range(2))

    assert first != second
    assert len(first) == 32


@pytest.mark.parametrize("path", ["/fail", "/nowhere"])
def test_an_error_carries_the_correlation_id_too(service, client, path):
    service.error = ValueError(SECRET)

    response = client.post(path, headers={CORRELATION_HEADER: "c-1"})

    assert response.headers[CORRELATION_HEADER] == "c-1"


def test_health_asks_nothing_and_readiness_asks_the_store(service, client):
    service.error = DependencyUnavailable(SECRET)

    assert client.get("/health").get_json() == {"status": "ok"}
    assert client.get("/ready").status_code == 503

    service.error = DataContractViolation(SECRET)

    assert client.get("/ready").status_code == 500

    service.error = None

    assert client.get("/ready").get_json() == {"status": "ready"}
