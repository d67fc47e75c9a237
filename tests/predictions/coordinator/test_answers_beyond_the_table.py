"""The answers that no request leads to on its own: a plan of the scheduler's, and reasons to come again."""

from datetime import date

import pytest

from predictions.coordinator.acting import Acted, Reply
from predictions.coordinator.answers import answer_to
from predictions.coordinator.asking import Ask, Caller, Route
from predictions.coordinator.planning import Decision, Verdict
from predictions.coordinator.readiness import ReadinessPolicy, judge_readiness

DAY = date(2025, 1, 15)
COMMON = {"game_date": "2025-01-15", "trigger_source": "test"}


def _answer(snapshot, verdict, route=Route.START, caller=Caller.PERSON, **changes):
    readiness = judge_readiness(12, 20, True, ReadinessPolicy())
    reply = Reply(snapshot, Decision(verdict, readiness), **changes)
    return answer_to(Ask(DAY, route, caller, "test"), reply)


def test_a_planned_wait_says_that_the_scheduler_would_wait(make_snapshot):
    answer = _answer(make_snapshot(), Verdict.WAIT)

    message = "12/20 players ready (60.0%); the scheduler would wait"
    assert answer.status == 200
    assert answer.body == {"status": "waiting_for_phase4", "message": message} | COMMON


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("route", list(Route))
@pytest.mark.parametrize("caller", list(Caller))
def test_every_verdict_has_an_answer_and_every_503_may_come_again(make_snapshot, verdict, route, caller):
    answer = _answer(make_snapshot(), verdict, route, caller)

    assert answer.status in (200, 202, 204, 503)
    assert answer.comes_again is (answer.status == 503)


def test_what_a_batch_adds_never_exceeds_the_expected(make_snapshot):
    acted = Acted("batch", wanted=20, published=20, ended=0)

    answer = _answer(make_snapshot(predicted=20), Verdict.ACT, acted=acted)

    assert (answer.status, answer.body["players_total_processed"]) == (202, 20)


def test_what_was_not_published_is_told(make_snapshot):
    acted = Acted("batch", wanted=20, published=15, ended=0, failures=("no route",))

    answer = _answer(make_snapshot(), Verdict.ACT, Route.RETRY, acted=acted)

    assert answer.body == COMMON | {
        "status": "started",
        "batch_id": "batch",
        "players_retry_requested": 20,
        "players_published": 15,
        "players_not_published": 5,
    }
