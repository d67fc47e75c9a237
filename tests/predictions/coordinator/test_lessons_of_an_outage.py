"""Rules learned by breaking the served stack: odd lines, moved lines, outages, and Phase 4 in the middle."""

import pytest
from watched_ports import raising

from predictions.coordinator.patience import MAX_WAITING
from shared.errors import DependencyUnavailable
from shared.outcomes import Reason
from shared.slate import deadline

FORECASTS_NOW = "nba_predictions.player_prop_predictions_current"
NOT_READY = ("skipped", "not_ready")


def test_a_line_that_moves_to_and_fro_is_forecast_each_time(phase5, slate):
    slate.ready(2)
    phase5.trigger()
    slate.answer()

    published = []
    for line in (21.5, 20.5, 21.5, 20.5, 21.5, 20.5, 21.5, 20.5):
        slate.expect(["p000"], line=line)
        published.append(phase5.retry().get_json().get("players_published"))
        slate.answer()

    current = {row["line"] for row in slate.rows(FORECASTS_NOW) if row["player_lookup"] == "p000"}
    assert published == [1] * 8
    assert current == {20.5}
    assert phase5.retry().get_json()["status"] == "complete"


@pytest.mark.parametrize("line", [1e17, 200.5, -1.0])
def test_a_line_that_cannot_be_is_no_line_and_breaks_nobody(phase5, slate, line):
    slate.ready(2)
    slate.expect(["p000"], line=line)

    response = phase5.trigger()

    assert response.status_code == 202
    (shard,) = phase5.publisher.shards()
    lines = {player["player_lookup"]: player["line"] for player in shard.players}
    assert lines == {"p000": None, "p001": 20.5}


def test_a_slate_on_which_an_outage_left_nobody_forecast_has_failed(phase5, slate):
    slate.expect(3)
    slate.features(ready=2, no_history=1)
    phase5.trigger()
    for _ in range(3):
        slate.answer(Reason.DELIVERY_EXHAUSTED)
        phase5.retry()

    start = phase5.start().get_json()

    assert slate.state == "failed"
    assert start["message"] == "All 1 players already processed; 2 failed, which force requests again"


def test_a_slate_whose_players_were_all_skipped_for_accepted_reasons_is_complete(phase5, slate):
    slate.expect(2)
    slate.features(ready=1, no_history=1)
    phase5.trigger()
    slate.answer(Reason.NO_HISTORY)

    phase5.complete()

    assert slate.state == "complete"


def test_while_phase_4_replaces_the_features_nobody_is_closed_and_nobody_alarmed(phase5, slate, clock):
    slate.ready(20)
    phase5.trigger()
    slate.answer()
    phase5.complete()
    slate.features(ready=20, run="run2", status=None)
    clock.advance((deadline(slate.game_date) - clock.now()).total_seconds())

    response = phase5.trigger()

    assert response.get_json()["status"] == "insufficient_data"
    assert NOT_READY not in slate.endings().values()
    assert phase5.alerter.sent == []


def test_a_run_that_was_recorded_failed_does_not_hold_the_closing_up(phase5, slate, clock):
    slate.expect(20)
    slate.features(not_ready=20, run="run1", status="failed")
    clock.advance((deadline(slate.game_date) - clock.now()).total_seconds())

    phase5.scheduled_retry()

    assert slate.state == "failed"


def test_only_so_many_requests_wait_in_one_process(phase5, slate):
    patient = phase5.parts.patient_question
    for _ in range(MAX_WAITING):
        patient._seats.acquire()

    response = phase5.scheduled_start()

    assert response.status_code == 503
    assert "Retry-After" in response.headers


def test_a_wait_that_fails_gives_its_seat_back(phase5, slate):
    for _ in range(MAX_WAITING + 1):
        phase5.store.before("snapshot", raising(DependencyUnavailable("away")))

    answers = {phase5.scheduled_start().status_code for _ in range(MAX_WAITING + 1)}

    assert answers == {503}
    assert phase5.parts.patient_question._seats.acquire(blocking=False)


@pytest.mark.parametrize("field", ["correlation_id", "run_id"])
def test_a_name_too_long_to_travel_is_refused_with_its_field(phase5, slate, field):
    slate.ready(2)

    response = phase5.trigger(**{field: "x" * 257})

    assert response.status_code == 400
    assert response.get_json()["message"].startswith(field)
    assert slate.state == "waiting"
