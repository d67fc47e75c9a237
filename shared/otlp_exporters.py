"""Sending over OTLP/HTTP, in batches and by threads of its own, so that nobody waits for the collector.

While it does not answer, what waits is lost, and the log says so once.
"""

import logging
import threading
from collections.abc import Sequence
from typing import Any

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics.export import (
    MetricExportResult,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

from shared.config import Settings
from shared.logs import get_logger
from shared.opentelemetry_recorder import OpenTelemetryRecorder

_log = get_logger("telemetry")


class Teller:
    """Knows for all exporters of a recorder whether they get through."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_lost = False

    def tell(self, is_sent: bool, endpoint: str) -> None:
        """Write a line when this differs from the last time."""
        with self._lock:
            has_changed, self._is_lost = self._is_lost is is_sent, not is_sent
        if has_changed and is_sent:
            _log.info("telemetry is sent again", event_name="telemetry_sent", endpoint=endpoint)
        elif has_changed:
            _log.warning(
                "telemetry is lost while its collector does not take it",
                event_name="telemetry_unsent",
                endpoint=endpoint,
            )


class TellingSpanExporter(OTLPSpanExporter):
    """Sends spans to a full URL."""

    def __init__(self, endpoint: str, teller: Teller) -> None:
        super().__init__(endpoint)
        self._url = endpoint
        self._teller = teller

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = super().export(spans)
        self._teller.tell(result is SpanExportResult.SUCCESS, self._url)
        return result


class TellingMetricExporter(OTLPMetricExporter):
    """Sends metrics to a full URL."""

    def __init__(self, endpoint: str, teller: Teller) -> None:
        super().__init__(endpoint)
        self._url = endpoint
        self._teller = teller

    def export(
        self, metrics_data: MetricsData, timeout_millis: float | None = 10_000, **kwargs: Any
    ) -> MetricExportResult:
        result = super().export(metrics_data, timeout_millis, **kwargs)
        self._teller.tell(result is MetricExportResult.SUCCESS, self._url)
        return result


def connect(service: str, settings: Settings) -> OpenTelemetryRecorder:
    """Start sending to the endpoint; OpenTelemetry's other variables (headers, timeout, ...) hold as well."""
    teller = Teller()
    base = settings.otel_exporter_otlp_endpoint.rstrip("/")
    logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL + 1)  # we say it, and once
    spans = TellingSpanExporter(f"{base}/v1/traces", teller)
    metrics = TellingMetricExporter(f"{base}/v1/metrics", teller)

    def give_up() -> None:
        spans.shutdown()  # type: ignore[no-untyped-call]  # or it would go on trying
        metrics.shutdown()
        teller.tell(False, base)

    return OpenTelemetryRecorder(
        service, settings.build, BatchSpanProcessor(spans), PeriodicExportingMetricReader(metrics), give_up
    )
