"""Spans and metrics of the work, recorded only where an endpoint is set; trace ids are carried on anyway.

A metric's attributes have few values each: a slate's date and a batch's id belong on spans alone.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from shared.config import Settings
from shared.trace_context import TraceContext, carried, current, inject, within

__all__ = [
    "close_telemetry",
    "configure_telemetry",
    "continued",
    "count",
    "inject",
    "note",
    "record",
    "span",
]


class RecordedSpan(Protocol):
    """A span that has started; it is sent once it has ended."""

    context: TraceContext

    def note(self, attributes: Mapping[str, object]) -> None:
        """Add attributes; None means that there is nothing to say."""

    def fail(self, error: BaseException) -> None:
        """Say what it ended with."""

    def end(self) -> None:
        """End it; ending it again does nothing."""


class Recorder(Protocol):
    """What records spans and metrics, and sends them without making anybody wait."""

    def start(self, name: str, parent: TraceContext | None, started_ns: int | None = None) -> RecordedSpan:
        """Start a span, now or at a moment (nanoseconds since 1970) that has passed."""

    def count(self, name: str, amount: int, attributes: Mapping[str, object]) -> None:
        """Add to a counter."""

    def record(self, name: str, value: float, attributes: Mapping[str, object]) -> None:
        """Give a histogram or a gauge one value."""

    def close(self) -> None:
        """Send what waits, for a moment at most, and record nothing more."""


_recorder: Recorder | None = None
open_spans: ContextVar[tuple[RecordedSpan, ...]] = ContextVar("spans", default=())


def configure_telemetry(service: str, settings: Settings) -> None:
    """Record from here on if there is an endpoint; call it after the fork, since it starts threads."""
    if settings.otel_exporter_otlp_endpoint:
        from shared.otlp_exporters import connect  # dear to import, and mostly not needed

        use_recorder(connect(service, settings))


def use_recorder(recorder: Recorder) -> None:
    """Record through this one, in the place of any other."""
    global _recorder
    close_telemetry()
    _recorder = recorder


def close_telemetry() -> None:
    """Send what was recorded, and record nothing more."""
    global _recorder
    closing, _recorder = _recorder, None
    if closing is not None:
        closing.close()


def recorder() -> Recorder | None:
    """Return what records, if anything does."""
    return _recorder


@contextmanager
def span(name: str, /, **attributes: object) -> Iterator[None]:
    """Record what is done inside as a span of its own; also a decorator."""
    if _recorder is None:
        yield
        return
    recorded = _recorder.start(name, current())
    recorded.note(attributes)
    token = open_spans.set((*open_spans.get(), recorded))
    try:
        with within(recorded.context):
            yield
    except BaseException as error:
        recorded.fail(error)
        raise
    finally:
        open_spans.reset(token)
        recorded.end()


def note(**attributes: object) -> None:
    """Say something of the span at hand, and of those of this piece of work that it lies in."""
    for recorded in open_spans.get():
        recorded.note(attributes)


def count(name: str, amount: int = 1, /, **attributes: object) -> None:
    """Add to a counter."""
    if _recorder is not None and amount:
        _recorder.count(name, amount, attributes)


def record(name: str, value: float, /, **attributes: object) -> None:
    """Give a histogram or a gauge one value."""
    if _recorder is not None:
        _recorder.record(name, value, attributes)


@contextmanager
def continued(attributes: Mapping[str, str] | None) -> Iterator[None]:
    """Count what is done inside to the trace in which a message was published, if it says which."""
    context = carried(attributes)
    if context is None:
        yield
        return
    with within(context):
        yield
