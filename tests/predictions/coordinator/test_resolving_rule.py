"""Of which alerts a slate shows that their cause is over: every kind, on both sides of its edge."""

from datetime import UTC, datetime, timedelta

import pytest

from predictions.coordinator.resolving import ResolvingPolicy, Seen, resolved
from predictions.coordinator.snapshot import Hold
from shared.alert_kinds import KINDS

DEADLINE = datetime(2025, 1, 15, 15, tzinfo=UTC)
NOW = DEADLINE - timedelta(minutes=60)
RAISED = NOW - timedelta(minutes=10)
UNDER = {"ready": 9}
BATCH = {"batch_id": "b1", "batch_requested": 20, "claimed_at": NOW - timedelta(minutes=7)}
DONE = {"predicted": 20, "covered": 20, "open_inputs": 0, "terminal": 20}
NO_GAMES = {"expected": 0, "ready": 0, "newest_run_status": "no_games", "feature_run_id": None}
UNKNOWN = {"expected": 0, "ready": 0, "newest_run_status": None, "feature_run_id": None}


def pace(answered, minutes):
    """Let so many of 20 requests be answered in so many minutes."""
    claimed_at = NOW - timedelta(minutes=minutes)
    return {"batch_requested": 20, "batch_done": answered, "predicted": answered, "claimed_at": claimed_at}


@pytest.mark.parametrize("kind", ["insufficient_data", "wait_timed_out"])
@pytest.mark.parametrize(
    ("slate", "why"),
    [
        pytest.param(UNDER, None, id="under the floor"),
        pytest.param({"ready": 10}, "10/20 players ready (50.0%)", id="at the floor"),
        pytest.param(UNDER | {"feature_run_id": None}, None, id="no run stands"),
        pytest.param(NO_GAMES, "Phase 4 has found no games", id="no games"),
        pytest.param(UNDER | BATCH, "a batch was started", id="a batch since then"),
        pytest.param(UNDER | BATCH | {"claimed_at": RAISED - timedelta(seconds=1)}, None, id="one before it"),
        pytest.param(UNDER | BATCH | {"batch_requested": 0}, None, id="a claim that only closed players"),
    ],
)
def test_too_little_data_is_over_once_a_batch_can_start_or_has(make_snapshot, kind, slate, why):
    assert over(make_snapshot(**slate), kind) == why


@pytest.mark.parametrize(
    ("slate", "why"),
    [
        pytest.param({"predicted": 18}, None, id="two of 20 missing"),
        pytest.param({"predicted": 19}, "1 of 20 expected players have no forecast", id="one of 20"),
        pytest.param({"predicted": 10, "skipped_accepted": 10}, "0 of 20 expected players have no forecast"),
        pytest.param(UNKNOWN, None, id="nothing is known of the slate"),
    ],
)
def test_a_gap_is_over_when_it_would_not_be_alerted(make_snapshot, slate, why):
    assert over(make_snapshot(**slate), "gap") == why


@pytest.mark.parametrize(
    ("slate", "is_over"),
    [
        pytest.param(pace(10, 55), True, id="done five minutes before the deadline, exactly"),
        pytest.param(pace(10, 55.1), False, id="a little later: it could be raised again at once"),
        pytest.param(pace(10, 61), False, id="after the deadline"),
        pytest.param({}, False, id="no pace to go by"),
        pytest.param({"predicted": 19}, True, id="nearly nobody is open"),
    ],
)
def test_the_deadline_is_out_of_danger_with_a_margin(make_snapshot, slate, is_over):
    assert (over(make_snapshot(**slate), "sla_at_risk") is not None) == is_over


def test_at_the_deadline_the_risk_is_over_and_what_is_missing_speaks(make_snapshot):
    policy, raised = ResolvingPolicy(), {"sla_at_risk": RAISED, "sla_missed": RAISED}

    found = resolved(raised, Seen(make_snapshot(), DEADLINE), policy)

    assert found == {"sla_at_risk": "the deadline has passed, and what is missing is told as such"}


@pytest.mark.parametrize("kind", ["sla_missed", "no_predictions"])
@pytest.mark.parametrize(
    ("slate", "is_over"),
    [
        pytest.param({"covered": 20, "judgement": "sound"}, True, id="covered"),
        pytest.param({"covered": 19}, False, id="one is not"),
        pytest.param({"covered": 20, "judgement": "collapsed: m says the same"}, False, id="collapsed"),
        pytest.param(NO_GAMES, True, id="no games after all"),
        pytest.param(UNKNOWN, False, id="an empty slate of which nothing is known"),
    ],
)
def test_a_broken_promise_is_over_once_it_is_kept(make_snapshot, kind, slate, is_over):
    assert (over(make_snapshot(**slate), kind) is not None) == is_over


@pytest.mark.parametrize("kind", ["publish_failed", "phase4_publish_failed"])
@pytest.mark.parametrize(
    ("slate", "is_over"),
    [
        pytest.param({"wanted": 0}, True, id="nobody is wanted"),
        pytest.param({"wanted": 1}, False, id="one is"),
        pytest.param(UNKNOWN | {"wanted": 0}, False, id="nobody is on the slate"),
    ],
)
def test_what_was_not_published_is_over_when_nobody_is_wanted(make_snapshot, kind, slate, is_over):
    assert (over(make_snapshot(**slate), kind) is not None) == is_over


@pytest.mark.parametrize(
    ("judgement", "is_over"), [("sound", True), (None, False), ("collapsed: m leans over", False)]
)
def test_collapsed_forecasts_are_over_when_they_were_judged_sound(make_snapshot, judgement, is_over):
    assert (over(make_snapshot(judgement=judgement), "collapsed_forecasts") is not None) == is_over


@pytest.mark.parametrize(("letters", "is_over"), [(0, True), (1, False), (None, False)])
def test_dead_letters_are_over_when_none_waits_and_unasked_they_are_not(make_snapshot, letters, is_over):
    assert (over(make_snapshot(), "dead_letter", letters) is not None) == is_over


@pytest.mark.parametrize("kind", ["phase4_run_rejected", "phase4_nobody_ready"])
@pytest.mark.parametrize(
    ("slate", "is_over"),
    [
        pytest.param({"feature_run_id": "run2", "newest_run_id": "run2"}, True, id="the newest run stands"),
        pytest.param({"newest_run_id": "run2"}, False, id="the one before it does"),
        pytest.param(NO_GAMES, True, id="no games"),
    ],
)
def test_a_run_of_no_use_is_over_once_a_newer_one_stands(make_snapshot, kind, slate, is_over):
    assert (over(make_snapshot(**slate), kind) is not None) == is_over


def test_all_alerts_of_a_cancelled_slate_are_over(make_snapshot):
    raised = dict.fromkeys([*KINDS, "an_old_kind"], RAISED)

    found = resolved(raised, Seen(make_snapshot(hold=Hold.CANCELLED), NOW), ResolvingPolicy())

    assert found == dict.fromkeys(raised, "the slate was cancelled")


def test_what_no_slate_shows_stays_raised(make_snapshot):
    raised = {"system_drift": RAISED, "a_kind_of_an_earlier_version": RAISED}

    assert resolved(raised, Seen(make_snapshot(**DONE), NOW), ResolvingPolicy()) == {}


def over(snapshot, kind, letters=None):
    """Return why this kind is over, or None."""
    return resolved({kind: RAISED}, Seen(snapshot, NOW, letters), ResolvingPolicy()).get(kind)
