"""The edge that all services share: correlation, bodies, and the one table from errors to answers."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import orjson
from flask import Flask, Response, g, request
from pydantic import BaseModel, ValidationError
from structlog.contextvars import bind_contextvars, clear_contextvars
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge

from shared.envelope import PushMessage, first_fault, open_envelope
from shared.errors import (
    AppError,
    DependencyUnavailable,
    Forbidden,
    InvalidInput,
    InvalidMessage,
    InvalidRequest,
    NotFound,
    SlateBusy,
    SlateChanged,
    Unauthenticated,
)
from shared.ids import fresh_id
from shared.logs import get_logger
from shared.request_trace import RequestTrace
from shared.telemetry import count, note
from shared.trace_context import CLOUD_HEADER, TRACEPARENT, incoming

CORRELATION_HEADER = "X-Correlation-Id"
MAX_BODY_BYTES = 16 * 1024 * 1024  # a push carries 10 MB of data in base64, and its envelope

_STATUS: tuple[tuple[type[AppError], int], ...] = (
    (InvalidMessage, 400),
    (InvalidRequest, 400),
    (InvalidInput, 400),
    (Unauthenticated, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (SlateChanged, 409),
    (SlateBusy, 503),
    (DependencyUnavailable, 503),
)
_UNEXPLAINED = {401: "who is calling could not be verified", 403: "not allowed"}

_PROBES = frozenset({"/health", "/ready"})  # asked every few seconds: no span of them tells anything

_PRINTABLE = re.compile(r"[ -~]+")  # what may stand in a header, in an attribute and on a line of a log

Body = TypeVar("Body", bound=BaseModel)
_log = get_logger("http")


def install_edge(app: Flask, retry_after_seconds: int) -> None:
    """Give an app its correlation ids, its traces and its error answers."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES + 1  # a longer body is cut there: one byte tells
    app.config["RETRY_AFTER_SECONDS"] = retry_after_seconds
    app.before_request(_correlate)
    app.after_request(_echo_correlation)
    app.teardown_request(_end_trace)
    app.register_error_handler(AppError, lambda error: answer_error(error, retry_after_seconds))
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, answer_unexpected)


def answer(body: Mapping[str, Any], status: int = 200, **headers: str) -> Response:
    """Return a JSON answer; a 204 has no body."""
    content = b"" if status == 204 else orjson.dumps(body) + b"\n"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(content, status, named, mimetype="application/json")


def raw_body() -> bytes:
    """Return the request's whole body, and nothing less.

    Raises RequestEntityTooLarge over MAX_BODY_BYTES, however it is sent, and BadRequest for one that ends
    before it should.
    """
    if request.headers.get("Transfer-Encoding", "chunked").lower() != "chunked":
        raise BadRequest  # gunicorn hands on what else it names, and takes it for chunks
    try:
        body = request.get_data()
    except (HTTPException, MemoryError):
        raise
    except Exception as error:  # each server has types of its own for chunks that it cannot read
        raise BadRequest from error
    if len(body) > MAX_BODY_BYTES:
        raise RequestEntityTooLarge
    if request.content_length not in (None, len(body)):
        raise BadRequest
    return body


def read_push() -> PushMessage:
    """Open the envelope of a push; from here on the request is work of the trace that the message carries.

    Raises InvalidMessage, and what `raw_body` raises.
    """
    push = open_envelope(raw_body())
    g.trace.continue_message(push.attributes)
    return push


def read_body(model: type[Body]) -> Body:
    """Validate the request's JSON object; nothing at all is an empty object.

    Raises InvalidRequest naming the field and what is wrong with it.
    """
    body = raw_body() or b"{}"
    return _valid(lambda: model.model_validate_json(body))


def read_query(model: type[Body], arguments: Mapping[str, str]) -> Body:
    """Validate a query, in which a parameter may come once; raises InvalidRequest as `read_body`."""
    lists = arguments.lists() if isinstance(arguments, MultiDict) else ()
    for name, values in lists:
        if len(values) > 1:
            raise InvalidRequest(name, "must come once")
    return _valid(lambda: model.model_validate(dict(arguments.items())))


def _valid(validated: Callable[[], Body]) -> Body:
    try:
        return validated()
    except ValidationError as error:
        field, _, reason = first_fault(error).partition(": ")
        raise InvalidRequest(field, reason) from error


def answer_error(error: Exception, retry_after_seconds: int) -> Response:
    """Translate one of our errors; the text of the unexpected ones stays in the log."""
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    if status == 500:
        return answer_unexpected(error)
    if status == 503:
        _log.error("the request must come again", event_name="unavailable", reason=str(error))
        body = {"status": "error", "message": "not available now, try again"}
        return answer(body, 503, Retry_After=str(retry_after_seconds))
    _log.warning(
        "the request was refused",
        event_name="refused",
        reason=str(error),
        message_id=getattr(error, "message_id", None),
    )
    body = {"status": "error", "message": _UNEXPLAINED.get(status, str(error))}
    if isinstance(error, InvalidRequest):
        body |= {"field": error.field, "reason": error.reason}
    headers = {"WWW_Authenticate": "Bearer"} if status == 401 else {}
    return answer(body, status, **headers)


def _answer_http(error: HTTPException) -> Response:
    body = {"status": "error", "message": error.name}
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return answer(body, error.code or 500, **headers)


def answer_unexpected(error: Exception) -> Response:
    """Log an error that nobody foresaw, and answer with the id that its line has."""
    error_id = fresh_id()
    _log.error("the request failed", event_name="unexpected_error", error_id=error_id, exc_info=error)
    message = "internal error; the log has the details under this id"
    return answer({"status": "error", "error_id": error_id, "message": message}, 500)


def _correlate() -> None:
    clear_contextvars()
    sent = request.headers.get(CORRELATION_HEADER, "")[:64]
    g.correlation_id = sent if _PRINTABLE.fullmatch(sent) else fresh_id()
    bind_contextvars(correlation_id=g.correlation_id, route=request.path)
    g.trace = _trace()


def _trace() -> RequestTrace:
    """Begin the request's span, named for its route: paths that nobody knows may be of any number."""
    route = request.url_rule.rule if request.url_rule else "nowhere"
    caller = incoming(request.headers.get(TRACEPARENT, ""), request.headers.get(CLOUD_HEADER, ""))
    return RequestTrace(f"{request.method} {route}", caller, is_recorded=route not in _PROBES)


def _echo_correlation(response: Response) -> Response:
    response.headers[CORRELATION_HEADER] = g.get("correlation_id", "")
    note(status=response.status_code)
    if response.status_code >= 400:
        count("refusals", status=response.status_code)
    return response


def _end_trace(_: BaseException | None) -> None:
    if "trace" in g:
        g.trace.end()
