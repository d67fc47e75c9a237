"""A date replaced by one load job: what goes out, what is tried again, and what the caller hears."""

import json
from datetime import UTC, date, datetime

import pytest
import requests
from google.auth.exceptions import RefreshError
from rest_of_bigquery import Fault, Slow, complete, job

from shared.errors import DataContractViolation, DependencyRejected, DependencyUnavailable
from shared.warehouse.catalog import tables

FEATURES = "nba_predictions.ml_feature_store_v2"
SLATE = date(2025, 11, 28)
NOW = datetime(2025, 11, 28, 15, 30, 0, 123456, tzinfo=UTC)
LOAD_TIMEOUT = 300.0
RESET = requests.ConnectionError("connection reset by peer")
BEGUN = {"begun": True}


def feature_row(player="a", **changes):
    return {
        "game_date": SLATE,
        "player_lookup": player,
        "feature_run_id": "run-1",
        "feature_run_started_at": NOW,
        "feature_version": "v2.1",
        "feature_names": ["points_avg_5"],
        "features": [21.5],
        "is_production_ready": True,
        "not_ready_reasons": None,
        "quality_score": 90.0,
        "created_at": NOW,
    } | changes


@pytest.fixture
def loading(rest):
    """A load job that ends well."""
    rest.answers("uploads.begin", BEGUN)
    rest.answers("uploads.send", job("load", state="RUNNING"))
    rest.answers("jobs.get", job("load"))
    return rest


# What goes out


def test_the_rows_go_into_the_partition_of_their_date_over_what_is_there(warehouse, loading):
    warehouse.replace_partition(FEATURES, SLATE, [feature_row("a"), feature_row("b")])

    load = loading.of("uploads.begin")[0].json["configuration"]["load"]
    assert load["destinationTable"] == {
        "projectId": "nba-test",
        "datasetId": "nba_predictions",
        "tableId": "ml_feature_store_v2$20251128",
    }
    assert load["writeDisposition"] == "WRITE_TRUNCATE"
    assert load["createDisposition"] == "CREATE_NEVER"
    assert load["sourceFormat"] == "NEWLINE_DELIMITED_JSON"


def test_the_job_says_who_asked_and_how_long_it_may_take(make_warehouse, loading):
    make_warehouse("Phase 4", load_timeout=120.0).replace_partition(FEATURES, SLATE, [feature_row()])

    configuration = loading.of("uploads.begin")[0].json["configuration"]
    assert configuration["labels"] == {
        "service": "phase_4",
        "statement": "nba_predictions_ml_feature_store_v2",
    }
    assert configuration["jobTimeoutMs"] == "120000"


def test_the_schema_goes_with_the_rows_as_the_ddl_declares_it(warehouse, loading):
    warehouse.replace_partition(FEATURES, SLATE, [feature_row()])

    load = loading.of("uploads.begin")[0].json["configuration"]["load"]
    fields = {field["name"]: (field["type"], field["mode"]) for field in load["schema"]["fields"]}
    assert list(fields) == list(tables()[FEATURES].columns)
    assert fields["game_date"] == ("DATE", "REQUIRED")
    assert fields["features"] == ("FLOAT64", "REPEATED")
    assert fields["quality_score"] == ("FLOAT64", "REQUIRED")


def test_a_column_that_may_be_null_is_declared_so(warehouse, loading):
    context = "nba_analytics.upcoming_player_game_context"

    warehouse.replace_partition(context, SLATE, [{"game_date": SLATE}])

    load = loading.of("uploads.begin")[0].json["configuration"]["load"]
    assert {"name": "line", "type": "FLOAT64", "mode": "NULLABLE"} in load["schema"]["fields"]


def test_each_row_is_a_line_of_json_without_its_nulls(warehouse, loading):
    warehouse.replace_partition(FEATURES, SLATE, [feature_row("Dončić\n"), feature_row("b")])

    first, second = loading.of("uploads.send")[0].body.decode().split("\n")
    assert json.loads(first) == {
        "game_date": "2025-11-28",
        "player_lookup": "Dončić\n",
        "feature_run_id": "run-1",
        "feature_run_started_at": "2025-11-28T15:30:00.123456+00:00",
        "feature_version": "v2.1",
        "feature_names": ["points_avg_5"],
        "features": [21.5],
        "is_production_ready": True,
        "quality_score": 90.0,
        "created_at": "2025-11-28T15:30:00.123456+00:00",
    }
    assert json.loads(second)["player_lookup"] == "b"


def test_no_rows_delete_the_date_and_load_nothing(warehouse, rest):
    rest.answers("jobs.insert", job(affected=450))
    rest.answers("jobs.getQueryResults", complete())

    warehouse.replace_partition(FEATURES, SLATE, [])

    (sent,) = rest.of("jobs.insert")
    query = sent.json["configuration"]["query"]
    assert query["query"] == f"DELETE FROM {FEATURES} WHERE game_date = @partition"
    assert query["queryParameters"][0]["parameterValue"] == {"value": "2025-11-28"}
    assert {call.method for call in rest.calls} == {"jobs.insert", "jobs.getQueryResults"}


# What is refused before anything is sent


@pytest.mark.parametrize(
    ("row", "error"),
    [
        pytest.param(feature_row(game_date=date(2025, 11, 29)), DataContractViolation, id="of another date"),
        pytest.param(
            feature_row(game_date="2025-11-29"), DataContractViolation, id="of another date in text"
        ),
        pytest.param(feature_row(game_date=None), DataContractViolation, id="of no date"),
        pytest.param(feature_row(colour="red"), DataContractViolation, id="with an unknown column"),
        pytest.param(feature_row(features={1}), DependencyRejected, id="with what JSON does not have"),
    ],
)
def test_a_row_that_does_not_belong_stops_the_whole_list_before_anything_is_sent(warehouse, rest, row, error):
    with pytest.raises(error):
        warehouse.replace_partition(FEATURES, SLATE, [feature_row(), row])

    assert rest.calls == []


def test_a_table_that_no_ddl_declares_is_refused_before_anything_is_sent(warehouse, rest):
    with pytest.raises(DataContractViolation, match="nothing"):
        warehouse.replace_partition("nba_reference.nothing", SLATE, [])

    assert rest.calls == []


# How the job ends


@pytest.mark.parametrize(
    ("reason", "error"),
    [
        ("invalid", DependencyRejected),
        ("notFound", DependencyRejected),
        ("accessDenied", DependencyRejected),
        ("invalidQuery", DependencyRejected),
        ("backendError", DependencyUnavailable),
        ("internalError", DependencyUnavailable),
        ("quotaExceeded", DependencyUnavailable),
        ("rateLimitExceeded", DependencyUnavailable),
        ("stopped", DependencyUnavailable),
        ("timeout", DependencyUnavailable),
    ],
)
def test_a_load_that_fails_is_told_by_its_reason_and_nothing_else_is_called(
    warehouse, loading, reason, error
):
    loading.answers("jobs.get", job("load", reason=reason, message="row 7 is odd"))

    with pytest.raises(error, match=rf"replace {FEATURES} of 2025-11-28: .*row 7 is odd") as caught:
        warehouse.replace_partition(FEATURES, SLATE, [feature_row()])

    assert caught.type is error
    assert loading.methods == ["uploads.begin", "uploads.send", "jobs.get"]


def test_a_load_that_runs_is_awaited(warehouse, loading):
    loading.answers("jobs.get", job("load", state="PENDING"), job("load", state="RUNNING"), job("load"))

    warehouse.replace_partition(FEATURES, SLATE, [feature_row()])

    assert len(loading.of("jobs.get")) == 3


def test_a_load_that_does_not_end_is_unavailable_after_its_time(warehouse, loading, still_time):
    loading.answers("jobs.get", job("load", state="RUNNING"))
    started = still_time.now

    with pytest.raises(DependencyUnavailable):
        warehouse.replace_partition(FEATURES, SLATE, [feature_row()])

    assert LOAD_TIMEOUT - 30 <= still_time.now - started <= LOAD_TIMEOUT


# The way there

INTERRUPTIONS = [
    pytest.param(RESET, id="a connection reset"),
    pytest.param(requests.ReadTimeout("too slow"), id="a timeout"),
    pytest.param(Fault(503, "backendError"), id="503"),
    pytest.param(Fault(429, "rateLimitExceeded"), id="429"),
]


@pytest.mark.parametrize("part", ["uploads.begin", "uploads.send"])
@pytest.mark.parametrize("trouble", INTERRUPTIONS)
def test_an_upload_that_is_interrupted_is_taken_up_again_with_all_its_rows(warehouse, loading, part, trouble):
    done = BEGUN if part == "uploads.begin" else job("load", state="RUNNING")
    loading.answers(part, trouble, trouble, done)

    warehouse.replace_partition(FEATURES, SLATE, [feature_row("a"), feature_row("b")])

    assert len(loading.of(part)) == 3
    assert {call.body.count(b"player_lookup") for call in loading.of("uploads.send")} == {2}
    assert len({call.job_id for call in loading.of("uploads.begin")}) == 1


@pytest.mark.parametrize("part", ["uploads.begin", "uploads.send"])
@pytest.mark.parametrize("trouble", INTERRUPTIONS)
def test_an_upload_that_is_always_interrupted_is_unavailable(warehouse, loading, part, trouble):
    loading.answers(part, trouble)

    with pytest.raises(DependencyUnavailable, match="replace"):
        warehouse.replace_partition(FEATURES, SLATE, [feature_row()])

    assert loading.of("jobs.get") == []


def test_a_server_that_takes_nothing_in_is_unavailable_within_the_time_of_a_load(
    warehouse, loading, still_time
):
    loading.answers("uploads.begin", Slow(29, BEGUN))
    loading.answers("uploads.send", Slow(3600, BEGUN))
    started = still_time.now

    with pytest.raises(DependencyUnavailable):
        warehouse.replace_partition(FEATURES, SLATE, [feature_row()])

    assert still_time.now - started <= LOAD_TIMEOUT


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(Fault(403, "accessDenied"), DependencyRejected, id="not permitted"),
        pytest.param(Fault(404, "notFound"), DependencyRejected, id="no such dataset"),
        pytest.param(Fault(400, "invalid"), DependencyRejected, id="a wrong configuration"),
        pytest.param(Fault(403, "quotaExceeded"), DependencyUnavailable, id="a quota used up"),
        pytest.param(RefreshError("no token"), DependencyUnavailable, id="no token to be had"),
    ],
)
def test_an_upload_that_is_refused_is_told_at_once(warehouse, loading, fault, error):
    loading.answers("uploads.begin", fault)

    with pytest.raises(error) as caught:
        warehouse.replace_partition(FEATURES, SLATE, [feature_row()])

    assert caught.type is error
    assert loading.methods == ["uploads.begin"]


def test_a_load_that_got_through_while_its_answer_was_lost_is_found_and_awaited(warehouse, loading):
    loading.answers("uploads.send", RESET, Fault(409, "duplicate", "Already Exists: Job"))
    loading.answers("jobs.get", job("load", state="RUNNING"), job("load"))

    warehouse.replace_partition(FEATURES, SLATE, [feature_row()])

    sent = loading.of("uploads.begin")[0].job_id
    assert {call.path.rpartition("/")[2] for call in loading.of("jobs.get")} == {sent}


def test_a_load_that_got_through_and_failed_is_told_as_it_failed(warehouse, loading):
    loading.answers("uploads.send", RESET, Fault(409, "duplicate", "Already Exists: Job"))
    loading.answers("jobs.get", job("load", reason="invalid", message="row 7 is odd"))

    with pytest.raises(DependencyRejected, match="row 7 is odd"):
        warehouse.replace_partition(FEATURES, SLATE, [feature_row()])
