"""What is recorded: spans that lie in each other, metrics under their names, and nothing when it is off."""

import subprocess
import sys
from datetime import date

import pytest
from opentelemetry.trace import StatusCode

from shared.config import Settings, load_settings
from shared.errors import InvalidInput
from shared.outcomes import Reason
from shared.telemetry import configure_telemetry, continued, count, note, record, recorder, span
from shared.telemetry_names import METRICS
from shared.trace_context import TraceContext, current, within

CALLER = TraceContext("a" * 32, "b" * 16, is_sampled=False)


def test_a_span_lies_in_the_one_around_it_and_in_the_callers_trace(recorded):
    with within(CALLER), span("outer"), span("inner"):
        pass

    inner, outer = recorded.spans
    assert [inner.name, outer.name] == ["inner", "outer"]
    assert inner.parent.span_id == outer.context.span_id
    assert f"{outer.parent.span_id:016x}" == CALLER.span_id
    assert {f"{s.context.trace_id:032x}" for s in recorded.spans} == {CALLER.trace_id}
    assert current() is None


def test_a_trace_that_the_caller_does_not_record_is_recorded_all_the_same(recorded):
    with within(CALLER), span("work"):
        assert current().is_sampled

    assert len(recorded.spans) == 1


def test_a_span_says_what_it_ended_with_and_lets_it_go_on(recorded):
    with pytest.raises(ValueError, match="the reason"), span("work"):
        raise ValueError("the reason")

    (found,) = recorded.spans
    assert (found.status.status_code, found.status.description) == (StatusCode.ERROR, "ValueError")
    assert found.events[0].attributes["exception.message"] == "the reason"


def test_what_is_noted_stands_on_every_span_around_and_nothing_on_what_is_none(recorded):
    with span("outer"), span("inner", players=2, batch_id=None):
        note(game_date=date(2026, 1, 15), reason=Reason.TRANSIENT)

    inner, outer = recorded.spans
    assert dict(outer.attributes) == {"game_date": "2026-01-15", "reason": "transient"}
    assert dict(inner.attributes) == {"players": 2, "game_date": "2026-01-15", "reason": "transient"}


def test_a_span_decorates_a_function_once_a_call(recorded):
    @span("work")
    def work(number):
        return number + 1

    assert [work(1), work(2)] == [2, 3]
    assert [found.name for found in recorded.spans] == ["work", "work"]


def test_a_message_is_continued_in_the_trace_in_which_it_was_published(recorded):
    with span("a request of its own"), continued({"traceparent": CALLER.traceparent()}), span("work"):
        pass

    work, _ = recorded.spans
    assert (f"{work.context.trace_id:032x}", f"{work.parent.span_id:016x}") == (
        CALLER.trace_id,
        CALLER.span_id,
    )


@pytest.mark.parametrize("attributes", [None, {}, {"traceparent": "broken"}], ids=["none", "empty", "broken"])
def test_a_message_that_names_no_trace_stays_in_the_one_at_hand(recorded, attributes):
    with within(CALLER), continued(attributes):
        assert current() == CALLER


def test_counts_add_up_by_their_attributes_and_a_count_of_nobody_is_none(recorded):
    count("players_failed", 3, reason=Reason.TRANSIENT)
    count("players_failed", 2, reason=Reason.TRANSIENT)
    count("players_failed", 0, reason=Reason.SYSTEM_ERROR)

    (point,) = recorded.points("players_failed")

    assert (dict(point.attributes), point.value) == ({"reason": "transient"}, 5)


def test_seconds_are_distributed_and_a_gauge_keeps_the_newest_value(recorded):
    for value in (1.5, 2.5):
        record("store_call_seconds", value, verb="query", name="snapshot")
        record("players_expected", value)

    (seconds,), (expected,) = recorded.points("store_call_seconds"), recorded.points("players_expected")

    assert (seconds.count, seconds.sum) == (2, 4.0)
    assert dict(seconds.attributes) == {"verb": "query", "name": "snapshot"}
    assert expected.value == 2.5


def test_every_metric_can_be_recorded_under_its_unit(recorded):
    for name, metric in METRICS.items():
        (count if metric.kind.value == "counter" else record)(name, 1)

    data = recorded.reader.get_metrics_data().resource_metrics[0]
    found = {m.name: m.unit for scope in data.scope_metrics for m in scope.metrics}
    assert found == {f"nba_props.{name}": metric.unit for name, metric in METRICS.items()}
    assert data.resource.attributes["service.name"] == "tests"
    assert data.resource.attributes["service.version"] == "b1"


def test_without_an_endpoint_nothing_is_recorded_and_work_is_done_all_the_same():
    configure_telemetry("tests", Settings(_env_file=None))

    with span("work"):
        note(game_date="2026-01-15")
        count("no such metric")
        record("no such metric", 1.0)

    assert recorder() is None
    assert current() is None


def test_without_an_endpoint_neither_the_sdk_nor_an_exporter_is_imported():
    program = (
        "import sys; from local.stack import Stack; import predictions.worker.main;"
        "import predictions.coordinator.main, data_processors.precompute.main;"
        "from shared.telemetry import configure_telemetry;"
        "from shared.config import Settings; configure_telemetry('x', Settings(_env_file=None));"
        "print([m for m in sys.modules if m.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr


@pytest.mark.parametrize("endpoint", ["localhost:4318", "ftp://x", "http://a b"])
def test_an_endpoint_that_is_no_url_is_refused_by_its_name(endpoint):
    with pytest.raises(InvalidInput, match="OTEL_EXPORTER_OTLP_ENDPOINT"):
        load_settings(otel_exporter_otlp_endpoint=endpoint, _env_file=None)
