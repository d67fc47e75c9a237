"""JSON logs on standard error: a constant sentence, an event name, and fields for the rest.

A line has the shape that Cloud Logging reads: `message`, `severity` and `time` become those of its entry, and
so do the fields under FIELD, by which it finds the lines of a trace. Error Reporting collects stack traces.
"""

import logging
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from typing import Any

import orjson
import structlog

from shared.trace_context import current

FIELD = "logging.googleapis.com/"
LABELS = ("part", "correlation_id", "game_date", "batch_id")  # what somebody looks lines up by
ERROR_REPORT = "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent"

Line = MutableMapping[str, Any]


def configure_logs(level: str, project: str = "local") -> None:
    """Send one JSON object a line to standard error, from `level` up; traces are those of the project."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            _severity,
            _of_trace(project),
            _labels,
            structlog.processors.ExceptionRenderer(),  # without local variables: they hold rows and tokens
            _error_report,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(serializer=_dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=lambda *_: _Lines(sys.stderr),  # the stream of the moment
        cache_logger_on_first_use=False,
    )


class _Lines(structlog.PrintLogger):
    """Loses a line that cannot be written: a full disk under the log must not fail the work it tells of."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    debug = info = warning = error = critical = exception = msg


def get_logger(name: str) -> Any:
    """Return a logger whose lines say which part of the system wrote them."""
    return structlog.get_logger(part=name)


@contextmanager
def correlated(correlation_id: str, **fields: object) -> Iterator[None]:
    """Write the correlation id, and any other fields, on every line logged inside."""
    with structlog.contextvars.bound_contextvars(correlation_id=correlation_id, **fields):
        yield


def current_correlation_id() -> str:
    """Return the correlation id of the work being done, or an empty text outside any."""
    return str(structlog.contextvars.get_contextvars().get("correlation_id", ""))


def _severity(_: Any, method: str, line: Line) -> Line:
    line["severity"] = "ERROR" if method == "exception" else method.upper()
    return line


def _of_trace(project: str) -> Callable[[Any, str, Line], Line]:
    def add(_: Any, __: str, line: Line) -> Line:
        span = current()
        if span is not None:
            line[FIELD + "trace"] = f"projects/{project}/traces/{span.trace_id}"
            line[FIELD + "spanId"] = span.span_id
            line[FIELD + "trace_sampled"] = span.is_sampled
        return line

    return add


def _labels(_: Any, __: str, line: Line) -> Line:
    line[FIELD + "labels"] = {name: str(line[name]) for name in LABELS if line.get(name)}
    return line


def _error_report(_: Any, __: str, line: Line) -> Line:
    """Put the traceback where Error Reporting looks for it; what is no error is none of its business."""
    if "exception" in line:
        line["stack_trace"] = line.pop("exception")
        if line["severity"] in ("ERROR", "CRITICAL"):
            line["@type"] = ERROR_REPORT
    return line


def _dumps(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()
