"""Why a player has a forecast, or none: exactly one rule decides, and a person understands which."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_processors.precompute.ml_feature_store.guards import Quarantine
from data_processors.precompute.ml_feature_store.quality import NotReady
from predictions.coordinator.explaining import explain, explain_over, has_current_forecast
from predictions.coordinator.not_ready_words import spelled_out
from predictions.coordinator.snapshot import Hold
from predictions.coordinator.verdicts import Why

NOW = datetime(2025, 1, 15, 12, 30, tzinfo=UTC)
ROW = {
    "player_lookup": "lebronjames",
    "player_id": "2544",
    "player_name": "LeBron James",
    "game_id": "g1",
    "team": "LAL",
    "opponent": "BOS",
    "is_home": True,
    "status": "ACTIVE",
    "status_at_features": "ACTIVE",
    "projected_minutes": 34.0,
    "min_minutes": 15.0,
    "line": 25.5,
    "line_observed_at": NOW,
    "is_expected": True,
    "is_ready": True,
    "has_no_history": False,
    "not_ready_reasons": [],
    "feature_run_id": "run1",
    "quality_score": 92.5,
    "input_id": "i1",
    "outcome": "none",
    "reason": "none",
    "detail": None,
    "is_terminal": False,
    "is_in_flight": False,
    "is_wanted": True,
    "is_to_skip": False,
    "is_waiting": False,
    "is_covered": False,
    "request_count": 0,
    "last_requested_at": None,
    "last_answered_at": None,
    "in_flight_until": None,
    "requests_left": 3,
    "forecast_at": None,
    "forecast_input_id": None,
    "forecast_line": None,
    "forecast_is_released": None,
}
OUT = {"status": "OUT", "is_expected": False}
ASKED = {"request_count": 1, "last_requested_at": NOW, "requests_left": 2}
UNDER_WAY = ASKED | {"is_in_flight": True, "in_flight_until": NOW}
SHOWN = {"forecast_at": NOW, "forecast_input_id": "i1", "forecast_line": 25.5, "forecast_is_released": True}
PREDICTED = ASKED | SHOWN | {"outcome": "predicted", "is_terminal": True, "last_answered_at": NOW}
NOT_READY = {"is_ready": False, "not_ready_reasons": ["stale:team", "out_of_range:rest_days"]}
NEWCOMER = {"is_ready": False, "has_no_history": True, "not_ready_reasons": ["no_history"]}
NO_GAMES = {"expected": 0, "newest_run_status": "no_games"}


def ended(outcome, reason, is_terminal, **more):
    return (
        ASKED
        | {"outcome": outcome, "reason": reason, "is_terminal": is_terminal, "last_answered_at": NOW}
        | more
    )


FAILED = ended("failed", "system_error", True, detail="no quantiles")
DECIDED = [
    ("paused", {}, {"hold": Hold.PAUSED, "held_by": "ann"}, "LeBron James waits, since the slate is paused."),
    ("cancelled", {}, {"hold": Hold.CANCELLED}, "LeBron James waits, since the slate is cancelled."),
    ("no_games", OUT, NO_GAMES, "LeBron James has no game: there are none on this slate."),
    ("ruled_out", OUT, {}, "LeBron James is not expected: he is OUT."),
    (
        "few_minutes",
        {"projected_minutes": 8.0, "is_expected": False},
        {},
        "LeBron James is not expected: 8 minutes are projected and the slate begins at 15.",
    ),
    (
        "phase4_not_run",
        {"feature_run_id": None, "is_ready": False},
        {"feature_run_id": None, "newest_run_status": "failed"},
        "LeBron James waits for Phase 4: no run of Phase 4 stands for this slate; its newest is failed.",
    ),
    (
        "phase4_not_run",
        {"feature_run_id": None, "is_ready": False},
        {"feature_run_id": None, "features_are_unrecorded": True},
        "LeBron James waits for Phase 4: "
        "features are there, and Phase 4 has not recorded the run that they are of.",
    ),
    (
        "no_features",
        {"feature_run_id": None, "is_ready": False},
        {},
        "LeBron James has no row in the features that stand.",
    ),
    (
        "newcomer",
        NEWCOMER,
        {},
        "LeBron James is a newcomer: no game of his is known, so nothing can be forecast.",
    ),
    (
        "not_ready",
        NOT_READY,
        {},
        "LeBron James is not ready: "
        "his team has not played for weeks in which others did, his rest_days cannot be.",
    ),
    ("wanted", {}, {}, "LeBron James is ready and was not asked for."),
    ("wanted", {}, {"is_claimed": True}, "LeBron James is ready, and the slate's batch is being started."),
    ("in_flight", UNDER_WAY, {}, "LeBron James is being forecast: a worker has until 07:30:00 ET."),
    ("lost", ASKED, {}, "LeBron James was asked for and never answered: the request counts as lost."),
    (
        "line_came_back",
        PREDICTED | {"is_terminal": False},
        {},
        "LeBron James is wanted again: his line went and came back, "
        "and readers see the forecast of the line between.",
    ),
    (
        "failed_wanted",
        ended("failed", "transient", False),
        {},
        "LeBron James failed (transient) and is asked for again, 2 times at most.",
    ),
    ("failed", FAILED, {}, "LeBron James failed for good (system_error: no quantiles)."),
    (
        "closed",
        ended("skipped", "not_ready", True, request_count=0),
        {},
        "LeBron James was closed at the deadline: too few others were ready to start.",
    ),
    ("skipped", ended("skipped", "too_few_systems", True), {}, "LeBron James was skipped (too_few_systems)."),
    (
        "held_back",
        PREDICTED | {"forecast_is_released": False},
        {},
        "LeBron James has a forecast that is held back: its batch is not judged yet.",
    ),
    (
        "held_back",
        PREDICTED | {"forecast_is_released": False},
        {"judgement": "collapsed: ensemble_v2 leans over on 30 of 30 lines"},
        "LeBron James has a forecast that is held back: "
        "the forecasts are collapsed: ensemble_v2 leans over on 30 of 30 lines.",
    ),
    (
        "held_back",
        PREDICTED | {"forecast_is_released": False},
        {"judgement": "sound"},
        "LeBron James has a forecast that is held back: its batch was not judged sound.",
    ),
    ("predicted", PREDICTED, {}, "LeBron James has a forecast."),
    (
        "predicted",
        PREDICTED | UNDER_WAY,
        {},
        "LeBron James has a forecast, and is being forecast again until 07:30:00 ET.",
    ),
    (
        "predicted",
        PREDICTED | {"is_expected": False, "projected_minutes": 8.0},
        {"hold": Hold.PAUSED},
        "LeBron James has a forecast; there will be no other while this holds: "
        "the slate is paused, 8 minutes are projected, under 15.",
    ),
]


@pytest.mark.parametrize(("verdict", "of_him", "of_the_slate", "sentence"), DECIDED)
def test_the_rule_that_decides_is_named_in_a_sentence(make_snapshot, verdict, of_him, of_the_slate, sentence):
    found = explain(ROW | of_him, make_snapshot(**of_the_slate))

    assert (found.verdict, found.sentence) == (verdict, sentence)
    assert found.next_step.endswith(".")


def test_every_verdict_but_that_of_a_stranger_and_of_a_wish_was_tried():
    others = {"not_on_slate", "slate_over"}
    assert {verdict for verdict, *_ in DECIDED} | others == {why.value for why in Why}


def test_a_wish_after_the_slates_day_is_refused_for_that_whatever_the_rules_say(make_snapshot):
    found = explain(ROW | PREDICTED, make_snapshot())

    refused = explain_over(found, "LeBron James")

    assert (refused.verdict, refused.next_step) == ("slate_over", "Nothing to do.")
    assert refused.sentence.startswith("LeBron James is not forecast again: the day of the slate is over")
    assert refused.steps == found.steps


def test_who_is_not_on_the_slate_fails_the_rule_about_the_slate_and_none_later(make_snapshot):
    found = explain(None, make_snapshot())

    assert (found.verdict, found.sentence) == ("not_on_slate", "This player is not on the slate.")
    assert [step.is_ok for step in found.steps] == [True, True, False] + [None] * 10


def test_the_steps_end_with_the_rule_that_decides(make_snapshot):
    found = explain(ROW | OUT, make_snapshot())

    told = [(step.rule, step.is_ok) for step in found.steps[:5]]
    assert told == [("hold", True), ("games", True), ("slate", True), ("status", False), ("minutes", None)]
    assert {step.detail for step in found.steps[4:]} == {"not reached"}


def test_a_forecast_of_an_older_input_is_told_with_both_lines(make_snapshot):
    found = explain(
        ROW | UNDER_WAY | PREDICTED | {"forecast_input_id": "i0", "forecast_line": None}, make_snapshot()
    )

    (current,) = (step for step in found.steps if step.rule == "current")
    assert current.is_ok is None
    assert current.detail == (
        "the forecast shown is of 07:30:00 ET, for another line, status or run of features "
        "(line none then, 25.5 now)"
    )


def test_every_reason_of_phase_4_has_words_of_its_own():
    reasons = [reason.value for reason in (*NotReady, *Quarantine)]

    words = {spelled_out([f"{reason}:points" if reason == "out_of_range" else reason]) for reason in reasons}

    assert len(words) == len(reasons)
    assert words.isdisjoint(reasons)


def test_a_reason_without_words_stands_as_it_is_and_none_says_that_the_row_does_not_fit():
    assert spelled_out(["moon_phase"]) == "moon_phase"
    assert spelled_out([]) == "his row does not fit the contract of the features"


moments = st.sampled_from([None, NOW])
rows = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["ACTIVE", "PROBABLE", "QUESTIONABLE", "DOUBTFUL", "OUT"]),
        "projected_minutes": st.sampled_from([None, 3.0, 30.0]),
        "is_expected": st.booleans(),
        "is_ready": st.booleans(),
        "has_no_history": st.booleans(),
        "not_ready_reasons": st.sampled_from([None, [], ["empty"], ["no_history"], ["unheard"]]),
        "feature_run_id": st.sampled_from([None, "run1"]),
        "quality_score": st.sampled_from([None, 0.0]),
        "outcome": st.sampled_from(["none", "predicted", "skipped", "failed"]),
        "reason": st.sampled_from(["none", "transient", "not_ready", "no_history", "system_error"]),
        "detail": st.sampled_from([None, "said"]),
        "is_terminal": st.booleans(),
        "is_in_flight": st.booleans(),
        "request_count": st.integers(0, 3),
        "last_requested_at": moments,
        "last_answered_at": moments,
        "in_flight_until": moments,
        "forecast_at": moments,
        "forecast_input_id": st.sampled_from([None, "i0", "i1"]),
        "forecast_line": st.sampled_from([None, 20.5]),
        "forecast_is_released": st.sampled_from([None, False, True]),
        "line": st.sampled_from([None, 25.5]),
    }
)
slates = st.fixed_dictionaries(
    {
        "hold": st.sampled_from([None, *Hold]),
        "expected": st.sampled_from([0, 20]),
        "newest_run_status": st.sampled_from([None, "success", "no_games", "failed"]),
        "feature_run_id": st.sampled_from([None, "run1"]),
        "features_are_unrecorded": st.booleans(),
        "is_claimed": st.booleans(),
        "judgement": st.sampled_from([None, "sound", "collapsed: x"]),
    }
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # it makes values
@given(st.none() | rows, slates)
def test_every_player_of_every_slate_gets_one_verdict_and_predicted_only_with_a_current_forecast(
    make_snapshot, changes, slate
):
    row = None if changes is None else ROW | changes

    found = explain(row, make_snapshot(**slate))

    assert found.verdict in {why.value for why in Why}
    assert len(found.steps) == 13
    assert (found.verdict in (Why.PREDICTED, Why.HELD_BACK)) == has_current_forecast(row)
    if found.verdict == Why.PREDICTED:
        assert row["outcome"] == "predicted"
        assert row["forecast_is_released"] is not False
