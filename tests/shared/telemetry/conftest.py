"""A recorder that keeps what it records in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.opentelemetry_recorder import OpenTelemetryRecorder
from shared.telemetry import close_telemetry, use_recorder


@dataclass(frozen=True)
class Recorded:
    """What was recorded so far."""

    exporter: InMemorySpanExporter
    reader: InMemoryMetricReader

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        """The spans that have ended, in that order."""
        return self.exporter.get_finished_spans()

    def points(self, name: str) -> list[Any]:
        """The data points of one metric."""
        data = self.reader.get_metrics_data()
        metrics = [m for r in data.resource_metrics for s in r.scope_metrics for m in s.metrics]
        return [point for m in metrics if m.name == f"nba_props.{name}" for point in m.data.data_points]


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    """Record in memory for the length of a test."""
    found = Recorded(InMemorySpanExporter(), InMemoryMetricReader())
    processor = SimpleSpanProcessor(found.exporter)
    use_recorder(OpenTelemetryRecorder("tests", "b1", processor, found.reader))
    yield found
    close_telemetry()
