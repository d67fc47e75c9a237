"""JSON logs on standard error: a constant sentence, an event name, and fields for the rest."""

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from typing import Any

import orjson
import structlog
from structlog.tracebacks import ExceptionDictTransformer

# Local variables stay out: they hold players' rows, URLs with tokens, and ten megabytes of envelope.
_TRACEBACKS = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))


def configure_logs(level: str) -> None:
    """Send one JSON object a line to standard error, from `level` up."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _severity,
            _TRACEBACKS,
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


def _severity(_: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event["severity"] = "ERROR" if method == "exception" else method.upper()
    return event


def _dumps(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()
