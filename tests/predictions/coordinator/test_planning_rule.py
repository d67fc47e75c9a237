"""From a snapshot and a question to a decision: every verdict, and whom the deadline closes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from predictions.coordinator.asking import Ask, Caller, Route
from predictions.coordinator.planning import Closing, Verdict, decide
from predictions.coordinator.readiness import ReadinessPolicy
from predictions.coordinator.snapshot import Hold

DEADLINE = datetime(2025, 1, 15, 15, tzinfo=UTC)
EARLY = DEADLINE - timedelta(microseconds=1)
PERSON = Ask(date(2025, 1, 15), Route.START, Caller.PERSON, "manual")
SCHEDULER = Ask(date(2025, 1, 15), Route.START, Caller.SCHEDULER, "scheduler_backup", waits=True)
FORCED = Ask(date(2025, 1, 15), Route.START, Caller.PERSON, "manual", force=True)

SETTLED = {"open_inputs": 0, "terminal": 20, "predicted": 20}
CLAIMED = {"is_claimed": True, "wanted": 20}
NO_GAMES = {"expected": 0, "ready": 0, "open_inputs": 0, "newest_run_status": "no_games"}
UNDER_FLOOR = {"ready": 9, "wanted": 9, "waiting": 11}
PARTIAL = {"ready": 12, "wanted": 12, "waiting": 8}
IN_FLIGHT = {"in_flight": 20}
NOT_READY = {"ready": 12, "waiting": 8, "open_inputs": 8, "terminal": 12, "predicted": 12}


def _decide(snapshot, ask, now=EARLY):
    return decide(snapshot, ask, ReadinessPolicy(), DEADLINE, now)


@pytest.mark.parametrize(
    ("seen", "ask", "verdict"),
    [
        pytest.param(NO_GAMES, PERSON, Verdict.NO_GAMES, id="no games"),
        pytest.param(NO_GAMES | CLAIMED, SCHEDULER, Verdict.NO_GAMES, id="no games, whoever claims"),
        pytest.param({"hold": Hold.PAUSED, "wanted": 20}, FORCED, Verdict.PAUSED, id="paused, with force"),
        pytest.param({"hold": Hold.PAUSED} | UNDER_FLOOR, SCHEDULER, Verdict.PAUSED, id="nobody waits then"),
        pytest.param({"hold": Hold.CANCELLED} | CLAIMED, PERSON, Verdict.CANCELLED, id="cancelled"),
        pytest.param({"hold": Hold.CANCELLED} | NO_GAMES, PERSON, Verdict.CANCELLED, id="before all else"),
        pytest.param(CLAIMED, PERSON, Verdict.BUSY, id="a live claim"),
        pytest.param(CLAIMED, FORCED, Verdict.BUSY, id="a live claim is not forced"),
        pytest.param(SETTLED, PERSON, Verdict.SETTLED, id="everybody has ended"),
        pytest.param(SETTLED | {"wanted": 20}, FORCED, Verdict.ACT, id="force asks again"),
        pytest.param(
            SETTLED | {"ready": 0, "skipped": 20, "predicted": 0, "skipped_accepted": 20},
            FORCED,
            Verdict.SETTLED,
            id="force without anybody ready",
        ),
        pytest.param(
            SETTLED | {"batch_is_in_flight": True, "in_flight": 20},
            PERSON,
            Verdict.IN_FLIGHT,
            id="a forced batch in flight is not settled",
        ),
        pytest.param(UNDER_FLOOR, PERSON, Verdict.UNDER_FLOOR, id="under the floor"),
        pytest.param(UNDER_FLOOR, FORCED, Verdict.UNDER_FLOOR, id="force does not lift the floor"),
        pytest.param(UNDER_FLOOR, SCHEDULER, Verdict.WAIT, id="the scheduler waits under the floor"),
        pytest.param(PARTIAL, SCHEDULER, Verdict.WAIT, id="and between floor and ready"),
        pytest.param(PARTIAL, PERSON, Verdict.ACT, id="a person goes on with what is there"),
        pytest.param({"wanted": 1}, SCHEDULER, Verdict.ACT, id="the scheduler goes on when ready"),
        pytest.param({"to_skip": 1}, PERSON, Verdict.ACT, id="a newcomer to be skipped"),
        pytest.param(IN_FLIGHT, PERSON, Verdict.IN_FLIGHT, id="all in flight"),
        pytest.param(NOT_READY, PERSON, Verdict.NOT_READY, id="the rest is not ready"),
        pytest.param(
            {"feature_run_id": None, "newest_run_status": None, "ready": 0, "expected": 0, "open_inputs": 0},
            PERSON,
            Verdict.UNDER_FLOOR,
            id="a slate of which nothing is known is not complete",
        ),
        pytest.param(
            {"ready": 0, "open_inputs": 0, "terminal": 20, "skipped": 20},
            PERSON,
            Verdict.UNDER_FLOOR,
            id="a slate that was given up is still under the floor",
        ),
    ],
)
def test_the_verdict_follows_from_what_the_store_says(make_snapshot, seen, ask, verdict):
    assert _decide(make_snapshot(**seen), ask).verdict is verdict


@pytest.mark.parametrize(
    ("seen", "closing"),
    [
        pytest.param(UNDER_FLOOR, Closing.EVERYONE, id="under the floor everyone is closed"),
        pytest.param(
            UNDER_FLOOR | {"open_inputs": 5, "in_flight": 5},
            Closing.NOBODY,
            id="but for those in flight",
        ),
        pytest.param(PARTIAL, Closing.NOT_READY, id="the ready are requested, the rest closed"),
        pytest.param(NOT_READY, Closing.NOT_READY, id="the rest is closed"),
        pytest.param(IN_FLIGHT | {"waiting": 3}, Closing.NOT_READY, id="the rest beside those in flight"),
        pytest.param(IN_FLIGHT, Closing.NOBODY, id="those in flight are waited for"),
        pytest.param(SETTLED, Closing.NOBODY, id="nobody is open"),
        pytest.param(CLAIMED | {"waiting": 3}, Closing.NOBODY, id="another one is acting"),
        pytest.param(NO_GAMES, Closing.NOBODY, id="no games"),
        pytest.param(NOT_READY | {"hold": Hold.PAUSED}, Closing.NOBODY, id="a paused slate"),
        pytest.param(UNDER_FLOOR | {"hold": Hold.CANCELLED}, Closing.NOBODY, id="a cancelled slate"),
    ],
)
def test_the_deadline_closes_whoever_cannot_come_any_more(make_snapshot, seen, closing):
    snapshot = make_snapshot(**seen)

    assert _decide(snapshot, PERSON, DEADLINE).closing is closing
    assert _decide(snapshot, PERSON, EARLY).closing is Closing.NOBODY


@pytest.mark.parametrize(
    ("seen", "now", "needs_claim"),
    [
        pytest.param({"wanted": 1}, EARLY, True, id="someone wanted"),
        pytest.param(NOT_READY, EARLY, False, id="the rest not ready"),
        pytest.param(NOT_READY, DEADLINE, True, id="the rest to be closed"),
        pytest.param(UNDER_FLOOR, EARLY, False, id="under the floor"),
        pytest.param(SETTLED, DEADLINE, False, id="settled"),
    ],
)
def test_only_what_changes_something_needs_a_claim(make_snapshot, seen, now, needs_claim):
    assert _decide(make_snapshot(**seen), PERSON, now).needs_claim is needs_claim
