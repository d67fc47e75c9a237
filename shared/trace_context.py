"""Which trace the work at hand belongs to: read from what comes in, written on what goes out.

The form is W3C's traceparent, in a header and in an attribute of a message. Google's own is read as well.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from shared.ids import fresh_id

TRACEPARENT = "traceparent"
CLOUD_HEADER = "X-Cloud-Trace-Context"

_W3C = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[ -~]*)?", re.ASCII)
_CLOUD = re.compile(r"([0-9a-f]{32})(?:/([0-9]{1,20}))?(?:;o=([0-9]))?", re.ASCII)
_SAMPLED = 1
_MOST = 2**64


@dataclass(frozen=True)
class TraceContext:
    """A span of a trace: 32 and 16 hexadecimal digits, and whether somebody records the trace."""

    trace_id: str
    span_id: str
    is_sampled: bool = False

    def traceparent(self) -> str:
        """Return it as it is sent on."""
        return f"00-{self.trace_id}-{self.span_id}-{int(self.is_sampled):02x}"

    def child(self) -> "TraceContext":
        """Return a new span of the same trace."""
        return replace(self, span_id=_fresh_span_id())


_current: ContextVar[TraceContext | None] = ContextVar("trace", default=None)


def current() -> TraceContext | None:
    """Return the span that is being worked on, or None outside any."""
    return _current.get()


def become(context: TraceContext | None) -> None:
    """Count what this thread does from here on to a span, or to none."""
    _current.set(context)


@contextmanager
def within(context: TraceContext) -> Iterator[None]:
    """Count what is done inside to a span."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


def fresh_trace() -> TraceContext:
    """Return the first span of a new trace."""
    return TraceContext(fresh_id(), _fresh_span_id())


def incoming(traceparent: str, cloud_trace: str) -> TraceContext | None:
    """Read the caller's span from two headers; what is not well-formed is as good as absent."""
    return read_traceparent(traceparent) or _read_cloud(cloud_trace)


def carried(attributes: Mapping[str, str] | None) -> TraceContext | None:
    """Read the publisher's span from the attributes of a message."""
    return read_traceparent((attributes or {}).get(TRACEPARENT, ""))


def inject(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes of a message with the span that it is published in, if there is one."""
    context = current()
    return dict(attributes) if context is None else {**attributes, TRACEPARENT: context.traceparent()}


def read_traceparent(text: str) -> TraceContext | None:
    """Read version 00, or what a later version shares with it; None for anything else."""
    found = _W3C.fullmatch(text)
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == "ff" or (version == "00" and more):
        return None
    return _valid(trace_id, span_id, bool(int(flags, 16) & _SAMPLED))


def _read_cloud(text: str) -> TraceContext | None:
    """Read TRACE/SPAN;o=OPTIONS, in which the span is decimal and may be missing."""
    found = _CLOUD.fullmatch(text.lower())
    if found is None:
        return None
    trace_id, span, options = found.groups()
    number = int(span or 0)
    if number >= _MOST:
        return None
    span_id = f"{number:016x}" if number else _fresh_span_id()
    return _valid(trace_id, span_id, bool(int(options or 0) & _SAMPLED))


def _valid(trace_id: str, span_id: str, is_sampled: bool) -> TraceContext | None:
    is_null = not int(trace_id, 16) or not int(span_id, 16)
    return None if is_null else TraceContext(trace_id, span_id, is_sampled)


def _fresh_span_id() -> str:
    return fresh_id()[:16]  # which holds the digit of the version, and so is never all zeros
