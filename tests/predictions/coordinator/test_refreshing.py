"""POST /refresh: what it counts, whom it requests, and when Phase 4 is asked to look again."""

from datetime import datetime, time, timedelta

import pytest
from slate_builder import FORECASTS, Slate

from shared.slate import EASTERN, deadline


@pytest.fixture
def finished(phase5, slate):
    """A slate of four players whom features know as ACTIVE, each of whom was forecast."""
    slate.expect(4)
    slate.features(ready=4, seen="ACTIVE")
    phase5.trigger()
    slate.answer()
    phase5.complete()
    return phase5


def _answer(response):
    """Return the status code, and what was said without the words that differ from run to run."""
    body = response.json
    return response.status_code, {name: body[name] for name in body if name not in ("message", "batch_id")}


def _told(slate, **changes):
    return {
        "status": "nothing_started",
        "lines_moved": 0,
        "statuses_changed": 0,
        "ruled_out": [],
        "phase4_asked": False,
        "players_requested": 0,
        "game_date": slate.game_date.isoformat(),
        "trigger_source": "refresh",
    } | changes


def test_without_news_nothing_is_asked_for(finished, slate):
    assert _answer(finished.refresh()) == (200, _told(slate))
    assert finished.publisher.refreshes() == []
    assert finished.refresh().json["message"] == "All available players already processed"


def test_a_moved_line_requests_its_player_alone_and_leaves_phase_4_alone(finished, slate):
    slate.expect(["p001"], line=22.0)
    slate.expect(["p002"], line=20.6)

    told = finished.refresh()

    assert _answer(told) == (202, _told(slate, status="started", lines_moved=1, players_requested=1))
    assert told.json["batch_id"] == slate.row["batch_id"]
    assert finished.publisher.players()[-1] == "p001"
    assert finished.publisher.refreshes() == []
    assert slate.row["trigger_source"] == "refresh"


def test_who_is_ruled_out_is_named_and_phase_4_is_asked_to_look_again(finished, slate):
    slate.expect(["p001"], status="OUT")
    slate.expect(["p000"], status="DOUBTFUL")

    told = _answer(finished.refresh())

    assert told == (200, _told(slate, statuses_changed=2, ruled_out=["p000", "p001"], phase4_asked=True))
    (wish,) = finished.publisher.refreshes()
    assert (wish.game_date, bool(wish.correlation_id)) == (slate.game_date, True)
    assert len(slate.rows(FORECASTS)) == 4


def test_a_status_that_still_lets_him_play_requests_him_at_once(finished, slate):
    slate.expect(["p001"], status="QUESTIONABLE")

    told = _answer(finished.refresh())

    expected = {"status": "started", "statuses_changed": 1, "phase4_asked": True, "players_requested": 1}
    assert told == (202, _told(slate, **expected))


def test_a_team_mate_is_requested_when_the_features_know_the_news_and_nobody_else_is(finished, slate):
    slate.expect(["p001"], status="OUT")
    finished.refresh()
    kept = {"input_run_id": "run1"}
    slate.features(
        ready=4,
        run="run2",
        triggered_by="refresh",
        input_run_id="run2",
        of_player={"p001": {"status": "OUT"} | kept, "p002": kept, "p003": kept},
        seen="ACTIVE",
    )

    finished.trigger()

    assert finished.publisher.players()[4:] == ["p000"]
    assert finished.publisher.shards()[-1].feature_run_id == "run2"
    slate.answer()
    finished.complete()
    assert slate.state == "complete"
    assert _answer(finished.refresh()) == (200, _told(slate))
    assert finished.status().json["is_fresh"] is True


def test_a_player_whom_the_features_do_not_know_and_one_who_is_gone_are_news(finished, slate, session_store):
    slate.expect(["late"])
    assert finished.refresh().json["statuses_changed"] == 1

    slate.names.remove("late")
    slate.features(ready=[*slate.names, "late", "gone"], run="run2", seen="ACTIVE")
    assert finished.refresh().json["statuses_changed"] == 1


def test_features_without_a_status_tell_nothing(phase5, slate):
    slate.ready(2)
    phase5.retry()
    slate.answer()
    slate.expect(["p001"], status="PROBABLE")

    assert phase5.refresh().json["statuses_changed"] == 0
    assert phase5.publisher.refreshes() == []


def test_without_features_there_is_nothing_to_bring_up_to_date(phase5, slate):
    slate.expect(["p000"], status="OUT")
    slate.expect(["p001"])

    told = phase5.refresh()

    assert _answer(told) == (200, _told(slate))
    assert told.json["message"] == "1 players waiting for Phase 4 completion"
    assert phase5.publisher.refreshes() == []


def test_a_run_that_died_before_it_was_recorded_is_asked_for_again(finished, slate):
    slate.features(ready=4, run="run2", status=None, input_run_id="run1", seen="ACTIVE")

    told = _answer(finished.refresh())

    assert told == (200, _told(slate, phase4_asked=True))


@pytest.mark.parametrize(("triggered_by", "is_asked"), [("refresh", True), ("phase3", False)])
def test_a_refresh_that_failed_once_its_features_stood_is_asked_for_again(
    finished, slate, triggered_by, is_asked
):
    """Whoever asked for another run that failed asks for one again himself."""
    kept = {"input_run_id": "run1", "seen": "ACTIVE"}
    slate.features(ready=4, run="run2", status="failed", triggered_by=triggered_by, **kept)

    assert finished.refresh().json["phase4_asked"] is is_asked


def test_nobody_is_closed_while_a_refresh_that_failed_is_to_be_gone_on_with(finished, slate, clock):
    kept = {"input_run_id": "run1", "seen": "ACTIVE"}
    slate.features(ready=4, run="run2", status="failed", triggered_by="refresh", **kept)
    clock.advance((deadline(slate.game_date) - clock.now()).total_seconds())
    finished.retry()
    assert finished.status().json["skipped"] == {}

    slate.features(ready=4, run="run3", triggered_by="refresh", **kept)

    assert finished.retry().json["status"] == "complete"
    assert len(finished.publisher.players()) == 4


def test_the_first_refresh_of_a_slate_starts_it_as_a_retry_would(phase5, slate):
    slate.ready(3)

    assert _answer(phase5.refresh()) == (202, _told(slate, status="started", players_requested=3))


@pytest.mark.parametrize(("route", "word"), [("/pause", "paused"), ("/cancel", "cancelled")])
def test_a_held_slate_is_left_alone(finished, slate, route, word):
    finished.client.post(route, json={"game_date": slate.game_date.isoformat(), "reason": "storm"})
    slate.expect(["p001"], line=25.0)
    slate.expect(["p002"], status="OUT")
    before = len(finished.publisher.published)

    told = finished.refresh()

    assert (told.status_code, told.json["phase4_asked"], told.json["batch_id"]) == (200, False, None)
    assert f"is {word}" in told.json["message"]
    assert "storm" in told.json["message"]
    assert len(finished.publisher.published) == before


def test_a_wish_that_cannot_be_published_is_a_503_and_requests_nobody(finished, slate):
    slate.expect(["p001"], status="OUT")
    slate.expect(["p002"], line=25.0)
    finished.publisher.failing = {0}

    told = finished.refresh()

    assert told.status_code == 503
    assert len(finished.publisher.players()) == 4
    finished.publisher.failing = set()
    assert finished.refresh().json["players_requested"] == 1


def test_a_read_that_fails_is_not_without_news(finished, slate):
    finished.store.breaks("changes")

    assert finished.refresh().status_code == 503


def _seconds_to_midnight(slate, clock):
    midnight = datetime.combine(slate.game_date + timedelta(days=1), time(), EASTERN)
    return (midnight - clock.now()).total_seconds()


def test_after_the_slates_day_nothing_is_looked_for_and_the_graded_forecasts_stand(finished, slate, clock):
    slate.expect(["p001"], status="OUT")
    slate.expect(["p002"], line=40.5)
    clock.advance(_seconds_to_midnight(slate, clock))
    before = len(finished.publisher.published)
    finished.store.calls.clear()

    told = finished.refresh({"game_date": slate.game_date.isoformat()})

    assert _answer(told) == (200, _told(slate, status="slate_over"))
    assert told.json["message"].startswith("The day of the slate is over")
    assert len(finished.publisher.published) == before
    assert finished.store.calls == []


def test_until_the_slates_day_is_over_a_moved_line_counts(finished, slate, clock):
    slate.expect(["p002"], line=40.5)
    clock.advance(_seconds_to_midnight(slate, clock) - 1)

    told = finished.refresh({"game_date": slate.game_date.isoformat()})

    assert told.json["players_requested"] == 1


def test_phase_4_is_not_asked_about_a_slate_that_it_does_not_take_yet(phase5, slate, session_store, clock):
    later = Slate(session_store, clock, slate.game_date + timedelta(days=2))
    later.expect(2)
    later.features(ready=2, seen="ACTIVE")
    later.expect(["p001"], status="OUT")

    told = phase5.refresh({"game_date": later.game_date.isoformat()})

    assert (told.json["statuses_changed"], told.json["phase4_asked"]) == (1, False)


def test_a_slate_that_somebody_else_is_starting_is_left_to_him(finished, slate):
    slate.expect(["p001"], line=25.0)
    finished.store.before("claim", lambda: finished.start() and None)

    told = finished.refresh()

    assert (told.status_code, told.json["status"]) == (200, "nothing_started")


def test_a_refresh_keeps_the_minutes_of_the_batch_and_a_whole_run_does_not(phase5, slate):
    slate.expect(["p000", "p001"])
    slate.expect(["p002"], projected_minutes=10.0)
    slate.features(ready=3, seen="ACTIVE")
    phase5.start({"min_minutes": 5.0})
    slate.answer()

    slate.features(ready=3, run="run2", triggered_by="refresh", input_run_id="run1", seen="ACTIVE")
    assert phase5.status().json["expected"] == 3

    slate.features(ready=3, run="run3", seen="ACTIVE")
    assert phase5.status().json["expected"] == 2


def test_the_seconds_since_the_event_are_told_of_batches_that_it_started(finished, slate, clock):
    assert finished.status().json["seconds_from_event_to_completion"] > 0

    slate.expect(["p001"], line=25.0)
    finished.refresh()
    slate.answer()
    finished.complete()
    assert finished.status().json["seconds_from_event_to_completion"] is None


def test_a_refresh_that_wants_nobody_is_no_completion_before_its_event(finished, slate):
    slate.features(ready=4, run="run2", triggered_by="refresh", input_run_id="run1", seen="ACTIVE")

    body = finished.status().json

    assert (body["state"], body["seconds_from_event_to_completion"]) == ("complete", None)
    assert body["event_at"] > body["finished_at"]


@pytest.mark.parametrize(("recorded", "alerts"), [("success", ["sla_at_risk"]), (None, [])])
def test_nobody_is_warned_of_the_deadline_while_a_run_is_about_to_be_recorded(
    finished, slate, clock, recorded, alerts
):
    due = deadline(slate.game_date) - timedelta(minutes=10)
    clock.advance((due - clock.now()).total_seconds())
    slate.features(not_ready=4, run="run2", status=recorded, seen="ACTIVE")

    finished.refresh()

    assert finished.alerter.kinds() == alerts
