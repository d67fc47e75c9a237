"""What /status tells: the store's counts in words, for any instance, at any time."""

from datetime import datetime

import pytest

from shared.outcomes import Reason


def test_a_slate_under_way_is_told_in_counts(phase5, slate):
    slate.expect(20)
    slate.expect(["p020"], status="OUT")
    slate.features(ready=14, not_ready=4, no_history=2)
    phase5.trigger()
    slate.answer(players=slate.names[:9])
    slate.answer(Reason.TOO_FEW_SYSTEMS, players=["p009"])
    slate.answer(Reason.INVALID_FEATURES, players=["p010"])

    body = phase5.status().get_json()

    told = {
        "status": "predicting",
        "game_date": slate.game_date.isoformat(),
        "state": "predicting",
        "min_minutes": 15.0,
        "on_slate": 21,
        "expected": 20,
        "ready": 14,
        "wanted": 0,
        "in_flight": 3,
        "waiting_for_phase4": 4,
        "predicted": 9,
        "skipped": {"no_history": 2, "too_few_systems": 1},
        "failed": {"invalid_features": 1},
        "covered": 12,
        "gap": {"players": 8, "percent": 40.0, "alarming": True},
        "feature_run_id": "run1",
        "newest_run": {"run_id": "run1", "status": "success"},
        "is_fresh": True,
        "generation": 1,
        "is_claimed": False,
        "alerts": ["gap"],
        "finished_at": None,
        "seconds_from_event_to_completion": None,
    }
    assert {name: body[name] for name in told} == told
    assert body["projected_completion"] is not None


def test_a_finished_slate_that_a_newer_run_opened_again_is_shown_as_waiting(phase5, slate):
    slate.under_way(20)
    slate.answer()
    phase5.complete()

    slate.features(ready=20, run="run2")

    body = phase5.status().get_json()
    assert (slate.state, body["state"], body["wanted"]) == ("complete", "waiting", 20)
    assert body["finished_at"] is None


def test_a_slate_of_which_nothing_is_known_is_told_too(phase5, slate):
    response = phase5.status()

    body = response.get_json()
    assert (response.status_code, body["status"], body["expected"]) == (200, "waiting", 0)
    assert (body["feature_run_id"], body["is_fresh"], body["batches"]) == (None, False, [])


def test_any_instance_tells_the_same(make_phase5, slate):
    first, second = make_phase5(), make_phase5()
    slate.under_way(20)
    slate.answer(players=slate.names[:5])

    assert first.status().get_json() == second.status().get_json()


def test_an_answer_that_comes_twice_is_counted_once(phase5, slate):
    slate.under_way(20)
    requests = slate.rows("nba_predictions.prediction_requests")
    slate.end(requests[:5])
    slate.end(requests[:5])

    body = phase5.status().get_json()

    assert (body["predicted"], body["in_flight"]) == (5, 15)
    assert body["batches"][0]["players_answered"] == 5


def test_batches_are_told_from_the_oldest_with_what_became_of_them(phase5, slate):
    slate.under_way(20)
    slate.answer(players=slate.names[:19])
    slate.answer(Reason.TRANSIENT)
    phase5.retry()

    batches = phase5.status().get_json()["batches"]

    told = [(b["trigger_source"], b["players_requested"], b["players_answered"]) for b in batches]
    assert told == [("pubsub", 20, 20), ("retry", 1, 0)]
    assert all(b["feature_run_id"] == "run1" and b["correlation_id"] for b in batches)


def test_the_times_from_the_event_to_claim_and_completion_are_told(phase5, slate, clock):
    slate.ready(20)
    clock.advance(4)
    phase5.trigger()
    clock.advance(9)
    slate.answer()  # a second later
    phase5.complete()

    body = phase5.status().get_json()

    assert body["seconds_from_event_to_claim"] == 4
    assert body["seconds_from_event_to_completion"] == 14


@pytest.mark.parametrize(("minutes", "left"), [(0, 7200), (120, 0), (180, -3600)])
def test_the_time_that_is_left_is_told(phase5, slate, clock, minutes, left):
    clock.advance(minutes * 60)

    body = phase5.status().get_json()

    assert body["seconds_left"] == left
    now, due = (datetime.fromisoformat(body[name]) for name in ("now", "deadline"))
    assert (due - now).total_seconds() == left


def test_asking_for_the_status_changes_nothing(phase5, slate):
    slate.ready(20)
    before = slate.row

    phase5.status()

    assert (slate.row, phase5.publisher.published) == (before, [])
