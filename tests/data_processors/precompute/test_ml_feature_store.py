"""A run of Phase 4: what it commits, in which order, and what it leaves behind when something fails."""

import json
from datetime import date, timedelta

import pytest

from data_processors.precompute.base import PrecomputeProcessor
from data_processors.precompute.ml_feature_store.ml_feature_store_processor import (
    MLFeatureStoreProcessor,
    RunRejected,
)
from data_processors.precompute.runs import EventFate, NobodyReady, RunOptions
from shared.envelope import PushMessage
from shared.errors import (
    DataContractViolation,
    DependencyRejected,
    DependencyUnavailable,
    WriteConflict,
)
from shared.features import FEATURE_NAMES, FEATURE_VERSION
from shared.messages import PHASE4_PROCESSOR, Phase4Complete, RunStatus

SLATE = date(2025, 1, 15)
TODAY = RunOptions(SLATE, triggered_by="http", correlation_id="corr-1")
FEATURES = "nba_predictions.ml_feature_store_v2"
HISTORY = "nba_reference.processor_run_history"
EVENTS = "nba_reference.unpublished_events"
TOPIC = "nba-phase4-precompute-complete"
PLAYERS = [f"{team}{number}" for team in ("aaa", "bbb") for number in range(5)]
AWAY = DependencyUnavailable("the store is away")


@pytest.fixture
def phase4(phase4):
    """A processor and a slate of ten players, each of whom is ready."""
    phase4.slate(*PLAYERS)
    return phase4


def quarantine(phase4, *players):
    """Give players a value that no range allows."""
    phase4.slate(*players, minutes_avg_5=400.0)


def event_of(message):
    return Phase4Complete.parse(PushMessage(message.data))


# What a good run does


def test_a_slate_is_computed_from_the_box_scores_of_earlier_days(phase4, league):
    for days in (2, 4):
        league.play(SLATE - timedelta(days=days), {"aaa0": {"points": 10.0 + days}})
    older = league.expect("aaa0", status="OUT")
    league.add_slate([older | {"status": "ACTIVE", "observed_at": older["observed_at"] + timedelta(hours=1)}])
    league.slate("bbb0", "aaanew")
    league.add_slate([older])

    phase4.warehouse.raw_features = None
    result = phase4.processor.run(TODAY)

    rows = phase4.features()
    assert sorted(rows) == ["aaa0", "aaanew", "bbb0"]
    assert dict(zip(FEATURE_NAMES, rows["aaa0"]["features"], strict=True))["points_avg_5"] == 13
    assert rows["aaanew"]["not_ready_reasons"] == ["no_history"]
    assert result.report.status is RunStatus.SUCCESS
    assert result.report.details["players_expected"] == 3


def test_features_are_committed_then_recorded_then_announced(phase4):
    phase4.processor.run(TODAY)

    assert phase4.journal == [f"replace {FEATURES}", f"{HISTORY} success", f"publish {TOPIC}"]


def test_each_player_of_the_slate_gets_one_row(phase4):
    result = phase4.processor.run(TODAY)

    rows = phase4.features()
    assert sorted(rows) == PLAYERS
    row = rows["aaa0"]
    assert row["feature_names"] == list(FEATURE_NAMES)
    assert dict(zip(row["feature_names"], row["features"], strict=True))["games_played"] == 30
    assert row["feature_version"] == FEATURE_VERSION
    assert row["feature_run_id"] == result.run.run_id
    assert row["feature_run_started_at"] == result.run.started_at
    assert (row["is_production_ready"], row["not_ready_reasons"]) == (True, [])


def test_the_history_row_says_how_the_run_went(phase4):
    result = phase4.processor.run(TODAY)

    (row,) = phase4.history()
    summary = json.loads(row.pop("summary"))
    assert row == {
        "data_date": SLATE,
        "processor_name": "ml_feature_store_v2",
        "run_id": result.run.run_id,
        "status": "success",
        "records_processed": 10,
        "triggered_by": "http",
        "started_at": phase4.clock.now(),
        "processed_at": phase4.clock.now(),
    }
    assert summary == {
        "players_processed": 10,
        "players_ready": 10,
        "players_failed": 0,
        "players_expected": 10,
        "players_expected_ready": 10,
        "quality": phase4.features()["aaa0"]["quality_score"],
        "not_ready_reasons": {},
        "feature_version": FEATURE_VERSION,
        "correlation_id": "corr-1",
        "is_backfill": False,
    }


def test_the_event_names_the_run_and_its_counts(phase4):
    result = phase4.processor.run(TODAY)

    ((topic, message),) = phase4.publisher.published
    assert topic == TOPIC
    assert json.loads(message.data) == {
        "event_type": "phase4_complete",
        "processor": "ml_feature_store_v2",
        "game_date": "2025-01-15",
        "status": "success",
        "players_processed": 10,
        "players_ready": 10,
        "players_failed": 0,
        "timestamp": "2025-01-15T12:00:00Z",
        "run_id": result.run.run_id,
        "correlation_id": "corr-1",
    }
    assert message.attributes == {
        "event_type": "phase4_complete",
        "game_date": "2025-01-15",
        "run_id": result.run.run_id,
        "correlation_id": "corr-1",
        "schema_version": "1",
    }


def test_the_processor_has_the_name_that_readers_of_run_history_ask_for():
    assert MLFeatureStoreProcessor.processor_name == PHASE4_PROCESSOR == "ml_feature_store_v2"
    assert issubclass(MLFeatureStoreProcessor, PrecomputeProcessor)


def test_a_caller_without_a_correlation_id_gets_the_runs_own(phase4):
    result = phase4.processor.run(RunOptions(SLATE))

    assert event_of(phase4.publisher.published[0][1]).correlation_id == result.run.run_id


def test_counts_come_from_the_store_and_not_from_memory(phase4):
    lose = (
        f"UPDATE {FEATURES} SET is_production_ready = FALSE, not_ready_reasons = ['low_quality'] "
        "WHERE player_lookup = 'aaa0'"
    )
    phase4.warehouse.on_replace = lambda: phase4.spoil(lose)

    result = phase4.processor.run(TODAY)

    event = event_of(phase4.publisher.published[0][1])
    assert (event.players_processed, event.players_ready, event.players_failed) == (10, 9, 1)
    assert event.status is result.report.status is RunStatus.PARTIAL
    assert phase4.history()[0]["status"] == "partial"


def test_a_second_run_replaces_the_rows_of_the_first(phase4):
    phase4.processor.run(TODAY)
    phase4.clock.advance(60)

    second = phase4.processor.run(TODAY)

    rows = phase4.features().values()
    assert len(rows) == 10
    assert {row["feature_run_id"] for row in rows} == {second.run.run_id}


# How a run is judged


def test_a_newcomer_has_no_history_and_the_run_is_still_a_success(phase4):
    phase4.slate("aaanew", games_played=0.0, points_avg_5=None)

    result = phase4.processor.run(TODAY)

    row = phase4.features()["aaanew"]
    assert (row["is_production_ready"], row["not_ready_reasons"]) == (False, ["no_history"])
    assert result.report.status is RunStatus.SUCCESS
    report = result.report
    assert (report.players_processed, report.players_ready, report.players_failed) == (11, 10, 0)


def test_a_value_out_of_range_quarantines_its_player_and_the_run_is_partial(phase4):
    quarantine(phase4, "aaa0")

    result = phase4.processor.run(TODAY)

    row = phase4.features()["aaa0"]
    assert not row["is_production_ready"]
    assert "out_of_range:minutes_avg_5" in row["not_ready_reasons"]
    assert result.report.status is RunStatus.PARTIAL
    assert result.report.players_failed == 1
    assert result.event is EventFate.PUBLISHED


def test_a_player_who_is_not_expected_does_not_make_a_run_partial(phase4):
    phase4.slate("aaa9", status="OUT", minutes_avg_5=400.0)

    result = phase4.processor.run(TODAY)

    assert result.report.status is RunStatus.SUCCESS
    assert result.report.players_failed == 1


def test_a_run_that_makes_nobody_ready_is_recorded_as_failed_and_tells_nobody(phase4):
    quarantine(phase4, *PLAYERS)

    with pytest.raises(DataContractViolation, match="no player of 2025-01-15 is ready"):
        phase4.processor.run(TODAY)

    assert phase4.journal == [f"replace {FEATURES}", f"{HISTORY} failed", "nba_reference.alerts"]
    assert json.loads(phase4.history()[0]["summary"])["not_ready_reasons"]["out_of_range:minutes_avg_5"] == 10
    (alert,) = phase4.alerter.sent
    assert (alert.kind, alert.severity) == ("phase4_nobody_ready", "warning")
    assert "10 out_of_range:minutes_avg_5" in alert.text
    assert phase4.publisher.published == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"slates_since_box_scores": 2}, "stale:source", id="two slates without box scores"),
        pytest.param({"slates_since_box_scores": None}, "stale:source", id="no box scores at all"),
        pytest.param({"is_listed_twice": True}, "duplicated:slate", id="everybody is listed twice"),
        pytest.param(dict.fromkeys(FEATURE_NAMES), "empty", id="nothing was computed"),
        pytest.param({"points_std_10": 5.0}, "duplicated:features", id="everybody is the same"),
    ],
)
def test_features_that_are_good_for_nobody_are_stored_with_their_reason_and_start_nothing(
    phase4, changes, reason
):
    phase4.slate(*PLAYERS, **changes)

    with pytest.raises(NobodyReady, match=f"10 {reason}"):
        phase4.processor.run(TODAY)

    stored = phase4.features().values()
    assert {(row["is_production_ready"], *row["not_ready_reasons"]) for row in stored} == {(False, reason)}
    assert phase4.history()[0]["status"] == "failed"
    assert [alert.kind for alert in phase4.alerter.sent] == ["phase4_nobody_ready"]
    assert phase4.publisher.published == []


def test_a_slate_whose_box_scores_have_stopped_coming_is_stale_and_not_a_slate_of_newcomers(phase4, league):
    phase4.warehouse.raw_features = None
    league.slate("aaa0", "bbb0")

    with pytest.raises(NobodyReady, match="2 stale:source"):
        phase4.processor.run(TODAY)


def test_stale_features_do_not_take_the_place_of_those_that_stand(phase4):
    phase4.processor.run(TODAY)
    phase4.slate(*PLAYERS, slates_since_box_scores=2)

    with pytest.raises(RunRejected, match="10 stale:source"):
        phase4.processor.run(TODAY)

    assert all(row["is_production_ready"] for row in phase4.features().values())


def test_a_day_without_games_empties_the_partition_and_says_so(phase4):
    phase4.processor.run(TODAY)
    phase4.warehouse.raw_features = []
    phase4.clock.advance(60)

    result = phase4.processor.run(TODAY)

    assert phase4.features() == {}
    assert [row["status"] for row in phase4.history()] == ["success", "no_games"]
    event = event_of(phase4.publisher.published[-1][1])
    assert (event.status, event.players_processed) == (RunStatus.NO_GAMES, 0)
    assert result.event is EventFate.PUBLISHED
    assert phase4.alerter.sent == []


# A backfill, and an event for later


def test_a_backfill_is_recorded_and_never_announced(phase4):
    result = phase4.processor.run(RunOptions(SLATE, is_backfill=True))

    assert phase4.journal == [f"replace {FEATURES}", f"{HISTORY} success"]
    assert result.event is EventFate.NONE
    assert json.loads(phase4.history()[0]["summary"])["is_backfill"] is True


def test_a_backfill_leaves_stored_events_alone(phase4):
    held = phase4.processor.run(RunOptions(SLATE, publish_now=False))

    phase4.processor.run(RunOptions(SLATE, is_backfill=True, publish_now=False))

    assert phase4.events() == [(held.run.run_id, "stored")]


def test_an_event_that_is_held_back_is_stored_without_an_alert_and_sent_by_republish(phase4):
    held = phase4.processor.run(RunOptions(SLATE, correlation_id="corr-1", publish_now=False))
    phase4.clock.advance(60)

    republished = phase4.processor.republish()

    assert held.event is EventFate.STORED
    assert (republished.published, republished.pending) == (1, 0)
    ((topic, message),) = phase4.publisher.published
    event = event_of(message)
    assert (topic, event.run_id, event.players_ready) == (TOPIC, held.run.run_id, 10)
    assert message.attributes["correlation_id"] == "corr-1"
    assert phase4.alerter.sent == []


# Publishing fails


@pytest.mark.parametrize(
    "error",
    [None, DependencyUnavailable("no answer"), DependencyRejected("no such topic")],
    ids=["refused", "unavailable", "rejected"],
)
def test_a_publish_that_fails_leaves_the_run_successful_the_event_stored_and_people_warned(phase4, error):
    phase4.publisher.refusal = "the topic is full"
    phase4.publisher.error = error

    result = phase4.processor.run(TODAY)

    assert (result.report.status, result.event) == (RunStatus.SUCCESS, EventFate.STORED)
    assert phase4.journal[:3] == [f"replace {FEATURES}", f"{HISTORY} success", f"{EVENTS} stored"]
    (stored,) = phase4.rows(EVENTS)
    assert (stored["state"], stored["topic"], stored["run_id"]) == ("stored", TOPIC, result.run.run_id)
    assert stored["reason"] == (str(error) if error else "the topic is full")
    (alert,) = phase4.alerter.sent
    assert (alert.kind, alert.severity, alert.game_date) == ("phase4_publish_failed", "warning", SLATE)


def test_the_next_run_publishes_what_an_earlier_one_could_not(phase4):
    phase4.publisher.refusal = "the topic is full"
    first = phase4.processor.run(TODAY)
    phase4.publisher.refusal = None
    phase4.clock.advance(60)

    second = phase4.processor.run(TODAY)

    sent = [event_of(message).run_id for _, message in phase4.publisher.published]
    assert sent == [second.run.run_id, first.run.run_id]
    assert phase4.events() == [(first.run.run_id, "stored"), (first.run.run_id, "published")]


def test_a_published_event_is_not_published_again(phase4):
    phase4.processor.run(RunOptions(SLATE, publish_now=False))
    phase4.clock.advance(60)
    phase4.processor.republish()

    again = phase4.processor.republish()

    assert (again.published, again.pending) == (0, 0)
    assert len(phase4.publisher.published) == 1


def test_an_event_that_still_cannot_be_published_keeps_waiting(phase4):
    phase4.processor.run(RunOptions(SLATE, publish_now=False))
    phase4.publisher.error = DependencyUnavailable("no answer")

    republished = phase4.processor.republish()

    assert (republished.published, republished.pending) == (0, 1)
    assert [state for _, state in phase4.events()] == ["stored"]


def test_an_event_that_can_be_neither_published_nor_stored_does_not_fail_the_run(phase4, logged):
    phase4.publisher.refusal = "the topic is full"
    phase4.fail(f"append {EVENTS}", AWAY)

    result = phase4.processor.run(TODAY)

    assert (result.report.status, result.event) == (RunStatus.SUCCESS, EventFate.NONE)
    assert [row["status"] for row in phase4.history()] == ["success"]
    assert [alert.kind for alert in phase4.alerter.sent] == ["phase4_publish_failed"]
    assert [line["event_name"] for line in logged if line["log_level"] == "critical"] == ["event_lost"]


def test_an_alert_that_cannot_be_raised_does_not_fail_the_run(phase4):
    phase4.publisher.refusal = "the topic is full"
    phase4.fail("raise_alert", AWAY)

    result = phase4.processor.run(TODAY)

    assert result.event is EventFate.STORED


@pytest.mark.parametrize("what", ["pending_events", f"append {EVENTS}"])
def test_older_events_that_cannot_be_handled_do_not_fail_a_run(phase4, what):
    phase4.processor.run(RunOptions(SLATE, publish_now=False))
    phase4.fail(what, AWAY)

    result = phase4.processor.run(TODAY)

    assert (result.report.status, result.event) == (RunStatus.SUCCESS, EventFate.PUBLISHED)


def test_a_stored_event_that_nobody_can_read_is_a_fault_of_the_store_and_not_of_the_run(phase4):
    phase4.processor.run(RunOptions(SLATE, publish_now=False))
    phase4.spoil(f"UPDATE {EVENTS} SET body = '[]'")

    result = phase4.processor.run(TODAY)

    assert result.event is EventFate.PUBLISHED
    with pytest.raises(DataContractViolation, match="unreadable"):
        phase4.processor.republish()


# The run fails


@pytest.mark.parametrize("error", [AWAY, DependencyRejected("no such column")], ids=["away", "rejected"])
@pytest.mark.parametrize(
    "what",
    [
        pytest.param("features", id="the read"),
        pytest.param("stored_features", id="the look at what stands"),
        pytest.param("replace", id="the write"),
        pytest.param(f"append {HISTORY}", id="the history row"),
    ],
)
def test_a_failure_is_recorded_raised_again_and_never_announced(phase4, what, error):
    phase4.fail(what, error)

    with pytest.raises(type(error), match=str(error)):
        phase4.processor.run(TODAY)

    (row,) = phase4.history()
    summary = json.loads(row["summary"])
    assert (row["status"], row["records_processed"], row["processor_name"]) == ("failed", 0, PHASE4_PROCESSOR)
    assert (summary["error"], summary["reason"]) == (type(error).__name__, str(error))
    assert summary["correlation_id"] == "corr-1"
    assert phase4.publisher.published == []
    assert phase4.events() == []


def test_an_unexpected_error_is_recorded_too(phase4, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(phase4.processor, "calculate_precompute", broken)

    with pytest.raises(ZeroDivisionError):
        phase4.processor.run(TODAY)

    assert phase4.journal == [f"{HISTORY} failed"]


def test_a_read_back_that_fails_after_the_write_is_a_failed_run(phase4):
    phase4.warehouse.on_replace = lambda: phase4.fail("stored_features", AWAY)

    with pytest.raises(DependencyUnavailable):
        phase4.processor.run(TODAY)

    assert phase4.journal == [f"replace {FEATURES}", f"{HISTORY} failed"]


def test_a_store_that_is_away_for_good_does_not_hide_the_first_error(phase4, logged):
    phase4.fail("features", WriteConflict("the first error"))
    phase4.fail(f"append {HISTORY}", AWAY)

    with pytest.raises(WriteConflict, match="the first error"):
        phase4.processor.run(TODAY)

    assert phase4.journal == []
    assert [line["event_name"] for line in logged] == ["run_unrecorded"]


def test_a_write_that_fails_leaves_the_rows_that_stood(phase4):
    first = phase4.processor.run(TODAY)
    phase4.fail("replace", AWAY)

    with pytest.raises(DependencyUnavailable):
        phase4.processor.run(TODAY)

    assert {row["feature_run_id"] for row in phase4.features().values()} == {first.run.run_id}


def test_a_run_whose_rows_another_run_replaced_is_not_announced(phase4):
    def other_run_takes_over():
        taken = f"UPDATE {FEATURES} SET feature_run_id = 'another'"
        phase4.spoil(taken)

    phase4.warehouse.on_replace = other_run_takes_over

    with pytest.raises(DataContractViolation, match="holds 0 of this run's 10 rows"):
        phase4.processor.run(TODAY)

    assert [row["status"] for row in phase4.history()] == ["failed"]
    assert phase4.publisher.published == []


# A worse run under the floor


def test_a_run_under_the_floor_does_not_replace_a_better_one(phase4):
    better = phase4.processor.run(TODAY)
    quarantine(phase4, *PLAYERS[:6])
    phase4.clock.advance(60)

    with pytest.raises(RunRejected, match="only 4 of 10 expected players are ready, the floor is 5"):
        phase4.processor.run(TODAY)

    assert {row["feature_run_id"] for row in phase4.features().values()} == {better.run.run_id}
    assert [row["status"] for row in phase4.history()] == ["success", "failed"]
    assert len(phase4.publisher.published) == 1
    (alert,) = phase4.alerter.sent
    assert (alert.kind, alert.severity) == ("phase4_run_rejected", "warning")
    assert "a run with 10 of them stands" in alert.text


def test_a_worse_run_at_the_floor_replaces_a_better_one(phase4):
    phase4.processor.run(TODAY)
    quarantine(phase4, *PLAYERS[:5])

    worse = phase4.processor.run(TODAY)

    assert worse.report.status is RunStatus.PARTIAL
    assert {row["feature_run_id"] for row in phase4.features().values()} == {worse.run.run_id}


def test_a_run_under_the_floor_replaces_one_that_is_no_better(phase4):
    quarantine(phase4, *PLAYERS[:6])
    phase4.processor.run(TODAY)

    second = phase4.processor.run(TODAY)

    assert {row["feature_run_id"] for row in phase4.features().values()} == {second.run.run_id}


def test_rows_of_a_run_that_was_never_recorded_do_not_stand_in_the_way(phase4):
    phase4.fail(f"append {HISTORY}", AWAY)
    with pytest.raises(DependencyUnavailable):
        phase4.processor.run(TODAY)
    quarantine(phase4, *PLAYERS[:6])

    result = phase4.processor.run(TODAY)

    assert {row["feature_run_id"] for row in phase4.features().values()} == {result.run.run_id}


def test_the_floor_is_about_expected_players_only(phase4):
    phase4.slate(*[f"aaa{number}" for number in range(5, 10)], projected_minutes=5.0)
    phase4.processor.run(TODAY)
    quarantine(phase4, *PLAYERS[:6])

    with pytest.raises(RunRejected, match="only 4 of 10 expected"):
        phase4.processor.run(TODAY)


def test_a_rejection_is_raised_even_if_the_alert_cannot_be(phase4):
    phase4.processor.run(TODAY)
    quarantine(phase4, *PLAYERS[:6])
    phase4.fail("raise_alert", AWAY)

    with pytest.raises(RunRejected):
        phase4.processor.run(TODAY)
