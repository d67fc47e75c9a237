"""The one sentence: are we fine, will we make it, what is to be done? The first rule that applies says it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from predictions.coordinator.console.headline import Morning, Tone, broke_its_promise, headline
from predictions.coordinator.snapshot import Hold, State

SLATE = date(2025, 1, 15)
DEADLINE = datetime(2025, 1, 15, 15, tzinfo=UTC)
EARLY, NEAR, AFTER = (
    DEADLINE - timedelta(hours=2),
    DEADLINE - timedelta(minutes=30),
    DEADLINE + timedelta(minutes=5),
)
ALARM = ";{}@2025-01-15T15:00:00+00:00"
DONE = {
    "state": State.COMPLETE,
    "finished_at": EARLY,
    "predicted": 20,
    "terminal": 20,
    "covered": 20,
    "open_inputs": 0,
}
UNDER_WAY = {
    "state": State.PREDICTING,
    "batch_id": "b1",
    "batch_is_in_flight": True,
    "in_flight": 12,
    "predicted": 8,
}
UNFINISHED = {
    "feature_run_id": None,
    "feature_run_started_at": None,
    "feature_run_finished_at": None,
    "ready": 0,
}
NOT_RUN = UNFINISHED | {"newest_run_id": None, "newest_run_status": None}
NOBODY = NOT_RUN | {"on_slate": 0, "expected": 0, "open_inputs": 0}
LEFT = {"wanted": 0, "predicted": 17, "covered": 17, "open_inputs": 3}


@pytest.fixture
def said(make_snapshot):
    """Return what is said of a slate, `now` by `morning` and otherwise as given."""

    def say(now=EARLY, today=SLATE, projected=None, is_gap_alarming=False, first=None, **changes):
        return headline(
            Morning(
                snapshot=make_snapshot(**changes),
                now=now,
                today=today,
                deadline=DEADLINE,
                projected=projected,
                is_gap_alarming=is_gap_alarming,
                patience=timedelta(minutes=8),
                first_finished_at=first,
            )
        )

    return say


@pytest.mark.parametrize(
    ("tone", "word", "case"),
    [
        (Tone.GOOD, "Fine", DONE),
        (Tone.GOOD, "Fine", DONE | {"now": AFTER}),
        (Tone.RISK, "Late", DONE | {"first": AFTER}),
        (Tone.RISK, "Late", DONE | {"alerts_raised": ALARM.format("sla_missed:resolved")}),
        (Tone.GOING, "Being renewed", DONE | {"open_inputs": 3, "wanted": 3}),
        (Tone.HELD, "Paused", {"hold": Hold.PAUSED}),
        (Tone.HELD, "Paused", DONE | {"hold": Hold.PAUSED, "now": AFTER}),
        (Tone.HELD, "Called off", {"hold": Hold.CANCELLED, "now": AFTER}),
        (Tone.QUIET, "No games", NOBODY | {"newest_run_status": "no_games"}),
        (Tone.BAD, "Held back", DONE | {"judgement": "collapsed: all alike"}),
        (Tone.QUIET, "To come", NOBODY | {"today": SLATE - timedelta(days=1)}),
        (Tone.QUIET, "Nothing known", NOBODY | {"today": SLATE + timedelta(days=1), "now": AFTER}),
        (Tone.BAD, "Missed", {"wanted": 20, "now": AFTER}),
        (Tone.BAD, "Missed", {"wanted": 20, "now": DEADLINE}),
        (Tone.BAD, "Missed", NOBODY | {"now": AFTER}),
        (Tone.BAD, "Missed", UNDER_WAY | {"now": AFTER, "projected": AFTER}),
        (Tone.GOING, "On the way", UNDER_WAY | {"projected": NEAR}),
        (Tone.RISK, "At risk", UNDER_WAY | {"projected": AFTER}),
        (Tone.GOING, "On the way", UNDER_WAY | {"claimed_at": EARLY - timedelta(minutes=4)}),
        (Tone.RISK, "At risk", UNDER_WAY | {"claimed_at": EARLY - timedelta(minutes=4, seconds=1)}),
        (Tone.RISK, "At risk", UNDER_WAY | {"claimed_at": NEAR, "now": NEAR}),
        (Tone.GOING, "Waiting", {"wanted": 20}),
        (Tone.RISK, "At risk", {"wanted": 20, "now": NEAR}),
        (Tone.RISK, "At risk", {"wanted": 20, "alerts_raised": ALARM.format("wait_timed_out")}),
        (Tone.GOING, "Waiting", NOT_RUN),
        (Tone.RISK, "At risk", NOT_RUN | {"now": NEAR}),
        (Tone.RISK, "At risk", UNFINISHED | {"newest_run_status": "failed"}),
        (Tone.GOING, "Nearly there", LEFT | {"players_waiting": 3}),
        (Tone.RISK, "At risk", LEFT | {"players_waiting": 3, "is_gap_alarming": True}),
    ],
)
def test_a_slate_gets_one_word(said, tone, word, case):
    found = said(**case)

    assert (found.tone, found.word) == (tone, word)


def test_the_sentence_of_a_batch_says_how_far_it_is_and_when_it_will_end(said):
    found = said(**UNDER_WAY, projected=EARLY + timedelta(minutes=6))

    assert (
        found.sentence
        == "8 of 20 expected players are done, projected 8:06 ET, 1 h 54 min before the deadline."
    )
    assert found.step.text == "Nothing to do."


def test_what_is_missing_is_said_with_its_reasons(said):
    found = said(**LEFT, players_waiting=2, failed=1)

    assert (
        "3 of 20 expected players have no forecast (2 wait for Phase 4, 1 failed for good)" in found.sentence
    )
    assert found.step.anchor == "missing"


@pytest.mark.parametrize(
    ("action", "case"),
    [
        ("start", {"wanted": 20}),
        ("retry", {"wanted": 3, "predicted": 17}),
        ("retry", {"wanted": 20, "now": AFTER}),
        ("resume", {"hold": Hold.PAUSED}),
        ("resume", {"hold": Hold.CANCELLED}),
        ("start", DONE | {"judgement": "collapsed: all alike"}),
        ("", DONE),
    ],
)
def test_the_next_step_is_the_action_that_helps(said, action, case):
    assert said(**case).step.action == action


def test_who_holds_a_slate_and_why_is_said_as_it_was_written(said):
    found = said(hold=Hold.PAUSED, held_by="ann@example.com", hold_reason="<b>lines</b> are wrong")

    assert "paused by ann@example.com (<b>lines</b> are wrong)" in found.sentence


@pytest.mark.parametrize(
    ("is_broken", "alerts", "first"),
    [
        (False, "", None),
        (False, "", DEADLINE),
        (True, "", DEADLINE + timedelta(seconds=1)),
        (False, ALARM.format("gap"), EARLY),
        (True, ALARM.format("sla_missed"), None),
        (True, ALARM.format("sla_missed:resolved"), EARLY),
        (True, ALARM.format("no_predictions"), None),
    ],
)
def test_a_promise_is_broken_by_the_clock_or_by_the_alarm(is_broken, alerts, first):
    assert broke_its_promise(alerts, first, DEADLINE) is is_broken
