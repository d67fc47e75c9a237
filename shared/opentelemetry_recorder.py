"""OpenTelemetry's SDK behind the telemetry. Where spans and metrics go is for whoever makes the recorder."""

import os
import threading
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    StatusCode,
    TraceFlags,
    format_span_id,
    format_trace_id,
    set_span_in_context,
)

from shared.telemetry import RecordedSpan
from shared.telemetry_names import METRICS, Kind
from shared.trace_context import TraceContext

SCOPE = "nba_props"
CLOSE_SECONDS = 1.5  # of the two that Cloud Run leaves once the requests under way have ended
_SAMPLER_VARIABLE = "OTEL_TRACES_SAMPLER"


class OpenTelemetryRecorder:
    """The Recorder on OpenTelemetry's SDK; no global provider is set, so that no library's spans get in.

    `give_up` is called when what waits at the end could not be sent in time.
    """

    def __init__(
        self,
        service: str,
        build: str,
        spans: SpanProcessor,
        metrics: MetricReader,
        give_up: Callable[[], None] = lambda: None,
    ) -> None:
        self._give_up = give_up
        resource = Resource.create({SERVICE_NAME: service, SERVICE_VERSION: build})
        # Google's front end marks most requests as not sampled. Ours are few, so all of them are recorded.
        sampler = None if _SAMPLER_VARIABLE in os.environ else ALWAYS_ON
        self._tracing = TracerProvider(sampler, resource, shutdown_on_exit=False)
        self._tracing.add_span_processor(spans)
        self._metering = MeterProvider([metrics], resource, shutdown_on_exit=False)
        self._tracer = self._tracing.get_tracer(SCOPE)
        self._instruments = {name: self._instrument(name) for name in METRICS}

    def start(self, name: str, parent: TraceContext | None, started_ns: int | None = None) -> RecordedSpan:
        """Start a span under a parent that may be of another process."""
        context = set_span_in_context(NonRecordingSpan(_of_parent(parent))) if parent else None
        return _Recorded(self._tracer.start_span(name, context, start_time=started_ns))

    def count(self, name: str, amount: int, attributes: Mapping[str, object]) -> None:
        """Add to a counter of METRICS."""
        self._instruments[name].add(amount, _plain(attributes))

    def record(self, name: str, value: float, attributes: Mapping[str, object]) -> None:
        """Give a histogram of METRICS a value more, or a gauge its newest one."""
        give = "set" if METRICS[name].kind is Kind.GAUGE else "record"
        getattr(self._instruments[name], give)(value, _plain(attributes))

    def close(self) -> None:
        """Send what waits; a collector that does not answer keeps nobody for longer than CLOSE_SECONDS."""
        closing = threading.Thread(target=self._shut_down, name="telemetry-close", daemon=True)
        closing.start()
        closing.join(CLOSE_SECONDS)
        if closing.is_alive():
            self._give_up()

    def _shut_down(self) -> None:
        self._tracing.shutdown()
        self._metering.shutdown()

    def _instrument(self, name: str) -> Any:
        metric = METRICS[name]
        meter = self._metering.get_meter(SCOPE)
        make: Any = {
            Kind.COUNTER: meter.create_counter,
            Kind.HISTOGRAM: meter.create_histogram,
            Kind.GAUGE: meter.create_gauge,
        }[metric.kind]
        return make(f"{SCOPE}.{name}", metric.unit, metric.description)


class _Recorded:
    """A span of the SDK, as the telemetry sees it."""

    def __init__(self, span: Span) -> None:
        self._span = span
        found = span.get_span_context()
        self.context = TraceContext(
            format_trace_id(found.trace_id), format_span_id(found.span_id), found.trace_flags.sampled
        )

    def note(self, attributes: Mapping[str, object]) -> None:
        self._span.set_attributes(_plain(attributes))

    def fail(self, error: BaseException) -> None:
        self._span.record_exception(error)
        self._span.set_status(StatusCode.ERROR, type(error).__name__)

    def end(self) -> None:
        if self._span.is_recording():
            self._span.end()


def _of_parent(parent: TraceContext) -> SpanContext:
    flags = TraceFlags(TraceFlags.SAMPLED if parent.is_sampled else TraceFlags.DEFAULT)
    return SpanContext(int(parent.trace_id, 16), int(parent.span_id, 16), is_remote=True, trace_flags=flags)


def _plain(attributes: Mapping[str, object]) -> dict[str, Any]:
    """Return the attributes as OpenTelemetry takes them, without those that are None."""
    return {name: _value(value) for name, value in attributes.items() if value is not None}


def _value(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
