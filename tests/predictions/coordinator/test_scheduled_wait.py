"""The scheduler's /start waits for Phase 4 on a clock that takes no time; a person never waits."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from phase5_bench import SCHEDULER

from predictions.coordinator.asking import Caller
from predictions.coordinator.coordinator import create_app
from predictions.coordinator.requests import scheduled_at
from predictions.coordinator.visitors import LoopbackVisitors


def _nothing() -> None:
    pass


def _waits(clock, ask):
    """Ask, and return the answer with the minutes that passed on the clock."""
    began = clock.now()
    response = ask()
    return response, (clock.now() - began).total_seconds() / 60


def test_the_scheduler_goes_on_as_soon_as_phase_4_is_ready(phase5, slate, clock):
    slate.expect(20)
    for _ in range(3):
        phase5.store.before("snapshot", _nothing)
    phase5.store.before("snapshot", lambda: slate.features(ready=16, not_ready=4))

    response, minutes = _waits(clock, phase5.scheduled_start)

    assert (response.status_code, response.get_json()["status"]) == (202, "started")
    assert 3 <= minutes < 3.1
    assert len(phase5.publisher.players()) == 16


def test_at_the_end_it_goes_on_with_what_is_there_and_alerts_the_gap(make_phase5, slate, clock):
    phase5 = make_phase5(phase4_poll_seconds=1680)
    slate.expect(20)
    slate.features(ready=12, not_ready=8)

    response, minutes = _waits(clock, phase5.scheduled_start)

    assert (response.status_code, minutes) == (202, 28)
    assert len(phase5.publisher.players()) == 12
    (alert,) = phase5.alerter.sent
    assert (alert.kind, alert.severity) == ("gap", "warning")
    assert alert.text == "8 of 20 expected players (40.0%) have no forecast."


def test_under_the_floor_it_ends_with_503_and_one_critical_alert(make_phase5, slate, clock):
    phase5 = make_phase5(phase4_poll_seconds=1680)
    slate.expect(20)
    slate.features(ready=9, not_ready=11)

    response, minutes = _waits(clock, phase5.scheduled_start)
    phase5.scheduled_start()

    assert (response.status_code, minutes) == (503, 28)
    (alert,) = phase5.alerter.sent
    assert (alert.kind, alert.severity) == ("wait_timed_out", "critical")
    assert alert.text == ("9/20 players ready (45.0%), after waiting 28 minutes. Somebody has to look.")


def test_a_retried_attempt_resumes_the_wait_and_says_what_was_measured(make_phase5, slate, clock):
    phase5 = make_phase5(phase4_poll_seconds=1680)

    response, minutes = _waits(clock, lambda: phase5.scheduled_start(clock.now() - timedelta(minutes=20)))

    assert (response.status_code, minutes) == (503, 8)
    assert response.get_json()["message"].endswith(", after waiting 8 minutes")


def test_an_attempt_after_the_wait_has_ended_does_not_claim_to_have_waited(phase5, slate, clock):
    response, minutes = _waits(clock, lambda: phase5.scheduled_start(clock.now() - timedelta(hours=1)))

    assert (response.status_code, minutes) == (503, 0)
    assert response.get_json()["message"] == "ml_feature_store_v2 has not completed for this slate"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-01-15T14:00:00Z", datetime(2025, 1, 15, 14, tzinfo=UTC)),
        ("2025-01-15T06:00:00.25-08:00", datetime(2025, 1, 15, 14, 0, 0, 250_000, tzinfo=UTC)),
        ("2025-01-15T06:00:00", None),
        ("soon", None),
        ("", None),
    ],
    ids=["Z", "an offset", "naive", "a word", "empty"],
)
def test_a_schedule_time_that_cannot_be_read_is_no_schedule_time(text, moment):
    headers = {"X-CloudScheduler-ScheduleTime": text}

    with Flask("test").test_request_context(headers=headers):
        assert scheduled_at() == moment


def test_a_wait_ends_at_once_with_503_when_the_process_is_stopping(make_phase5, slate, clock):
    phase5 = make_phase5(is_stopping=lambda: True)

    response, minutes = _waits(clock, phase5.scheduled_start)

    assert (response.status_code, response.headers["Retry-After"], minutes) == (503, "10", 1)
    assert phase5.alerter.sent == []


@pytest.mark.parametrize("ready", [9, 12, 16])
def test_a_person_never_waits(phase5, slate, clock, ready):
    slate.expect(20)
    slate.features(ready=ready, not_ready=20 - ready)

    response, minutes = _waits(clock, phase5.start)

    assert (response.status_code, minutes) == (503 if ready == 9 else 202, 0)


def test_the_header_alone_makes_nobody_the_scheduler(phase5, slate, clock):
    class Nobody:
        def caller(self, headers):
            return Caller.PERSON

    app = create_app(phase5.parts, phase5.settings, Nobody(), lambda: None, LoopbackVisitors())

    response, minutes = _waits(clock, lambda: app.test_client().post("/start", headers=SCHEDULER))

    assert (response.status_code, minutes) == (503, 0)
    assert response.get_json()["trigger_source"] == "manual"


def test_a_persons_refused_start_pages_nobody(phase5, slate):
    phase5.start()

    assert phase5.alerter.sent == []


def test_waiting_holds_no_claim(make_phase5, slate):
    waiting, other = make_phase5(), make_phase5()
    slate.expect(20)
    slate.features(ready=12, not_ready=8)
    waiting.store.before("snapshot", _nothing)
    waiting.store.before("snapshot", lambda: other.trigger())
    waiting.store.before("snapshot", lambda: slate.features(ready=20, run="run2"))

    response = waiting.scheduled_start()

    assert len(other.publisher.players()) == 12
    assert (response.status_code, len(waiting.publisher.players())) == (202, 20)


def test_a_wait_that_meets_a_live_claim_is_sent_away_to_come_again(make_phase5, slate, clock):
    phase5 = make_phase5()
    slate.ready(20)
    phase5.store.before("claim", lambda: make_phase5().start())

    response, minutes = _waits(clock, phase5.scheduled_start)

    assert (response.status_code, minutes) == (503, 0)


def test_a_read_that_fails_while_waiting_is_not_taken_for_not_ready(phase5, slate):
    phase5.store.before("snapshot", _nothing)
    phase5.store.breaks("snapshot")

    response = phase5.scheduled_start()

    assert (response.status_code, response.get_json()["status"]) == (503, "error")
    assert phase5.alerter.sent == []
