"""One slate on the embedded stack is one trace, from Phase 4's run to the end, whoever takes it."""

from collections.abc import Iterator
from contextlib import redirect_stderr
from datetime import date
from io import StringIO
from typing import Any

import orjson
import pytest
from otlp_collector import Collector, listening

from local.loading import load_sample
from local.stack import Stack
from shared.clock import Stopwatch, SystemClock
from shared.config import Settings
from shared.logs import configure_logs
from shared.slate import morning

pytestmark = pytest.mark.e2e

SLATE = date(2026, 1, 15)
PLAYERS = 12
PATIENCE_SECONDS = 60.0
EXPORT_SECONDS = 10.0  # how long an exporter goes on trying
CLOSED_PORT = "http://127.0.0.1:1"  # nobody but the system may listen there
# From the event to the end, in the order in which they begin; each waits for the one before it.
STORY = (
    "POST /process",
    "save",
    "publish event",
    "POST /trigger",
    "decide",
    "claim",
    "publish shards",
    "POST /predict",
    "forecast",
    "append",
    "announce",
    "POST /complete",
)
LINES = ("run_recorded", "acting", "batch_published", "shard_forecast", "slate_finished")


def run_slate(endpoint: str) -> str:
    """Live through one morning, end the process's telemetry with it, and return what was logged."""
    clock = SystemClock.starting_at(morning(SLATE))
    with redirect_stderr(StringIO()) as log:
        configure_logs("INFO")
        stack = Stack(None, Settings(_env_file=None, otel_exporter_otlp_endpoint=endpoint), clock)
        stack.start()
        try:
            load_sample(stack.warehouse, SLATE, PLAYERS, clock)
            stack.client.require(stack.client.post("/precompute/process", {}))
            assert stack.settle(PATIENCE_SECONDS)
            assert stack.client.get("/status")[1]["state"] == "complete"
        finally:
            stack.stop()
    return log.getvalue()


@pytest.fixture(scope="module")
def lived() -> Iterator[tuple[Collector, str]]:
    """What a collector was sent in a morning, and the log."""
    with listening() as (found, endpoint):
        log = run_slate(endpoint)
        yield found, log


def lines_of(log: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in log.splitlines()]


def traces_of(log: str) -> dict[str, set[str]]:
    """The traces of the lines that tell the story of a slate, by event."""
    traces: dict[str, set[str]] = {}
    for line in lines_of(log):
        if line.get("event_name") in LINES:
            traces.setdefault(line["event_name"], set()).add(line["logging.googleapis.com/trace"])
    return traces


def test_a_slate_is_one_trace_from_the_event_to_the_end(
    lived: tuple[Collector, str],
) -> None:
    found, log = lived

    root = found.span("POST /process")
    ours = {s.span_id: s for s in found.spans if s.trace_id == root.trace_id}
    story = [found.span(name) for name in STORY]
    assert {s.trace_id for s in story} == {root.trace_id}
    assert [s.name for s in sorted(story, key=lambda s: s.start_time_unix_nano)] == list(STORY)
    assert [s.name for s in ours.values() if s.parent_span_id not in ours] == ["POST /process"]
    assert {
        "extract",
        "calculate",
        "record requests",
        "finish",
        "query snapshot",
        "execute claim",
        "append nba_predictions.player_prop_predictions",
        "publish prediction-request-prod",
    } <= {s.name for s in ours.values()}
    attributes = {a.key: a.value for a in found.span("POST /predict").attributes}
    assert attributes["game_date"].string_value == SLATE.isoformat()
    assert attributes["players"].int_value == PLAYERS
    assert attributes["batch_id"].string_value.startswith(f"batch_{SLATE.isoformat()}")
    traces = traces_of(log)
    assert traces == {event: {f"projects/local/traces/{root.trace_id.hex()}"} for event in LINES}


def test_the_counts_of_a_slate_are_sent_when_the_process_ends(lived: tuple[Collector, str]) -> None:
    found, _ = lived

    sums = {m.name: sum(p.as_int for p in m.sum.data_points) for m in found.metrics if m.HasField("sum")}
    gauges = {m.name: m.gauge.data_points[0].as_int for m in found.metrics if m.HasField("gauge")}
    times = {m.name: sum(p.count for p in m.histogram.data_points) for m in found.metrics}
    assert sums["nba_props.players_requested"] == PLAYERS
    assert sums["nba_props.players_predicted"] == PLAYERS
    assert gauges == {"nba_props.players_expected": PLAYERS, "nba_props.players_covered": PLAYERS}
    assert times["nba_props.forecast_seconds"] == 1
    assert times["nba_props.event_to_completion_seconds"] == 1
    assert times["nba_props.store_call_seconds"] > 10


def test_without_an_endpoint_the_lines_of_a_slate_are_of_one_trace_all_the_same() -> None:
    traces = traces_of(run_slate(""))

    assert set(traces) == set(LINES)
    assert len(set.union(*traces.values())) == 1


def test_a_collector_that_is_away_holds_up_nobody_and_the_log_says_so_once() -> None:
    watch = Stopwatch()

    lines = lines_of(run_slate(CLOSED_PORT))

    took = watch.seconds()
    unsent = [line for line in lines if line.get("event_name") == "telemetry_unsent"]
    assert [line["severity"] for line in unsent] == ["WARNING"]
    assert not any("opentelemetry" in line.get("part", "") for line in lines)
    assert took < EXPORT_SECONDS
