"""The coordinator's routes end to end: what each caller is told in each situation, and what is published."""

import json
from collections.abc import Callable

import pytest
from phase5_bench import Phase5, told
from slate_builder import HISTORY, REQUESTS, Slate
from watched_ports import Died, raising

from shared.clock import FakeClock
from shared.features import BY_NAME, FEATURE_NAMES
from shared.ids import batch_id

# ---------------------------------------------------------------- the status table


def _no_games(phase5: Phase5, slate: Slate) -> None:
    slate.ran("run1", "no_games")


def _busy(phase5: Phase5, slate: Slate) -> None:
    slate.ready(20)
    phase5.publisher.after.append(raising(Died()))
    with pytest.raises(Died):
        phase5.trigger()


def _settled(phase5: Phase5, slate: Slate) -> None:
    slate.under_way(20)
    slate.answer()


def _nobody_expected(phase5: Phase5, slate: Slate) -> None:
    slate.ready(20, status="OUT")


def _under_floor(phase5: Phase5, slate: Slate) -> None:
    slate.expect(20)
    slate.features(ready=9, not_ready=11)


def _in_flight(phase5: Phase5, slate: Slate) -> None:
    slate.under_way(20)
    slate.answer(players=["p000", "p001"])


def _not_ready(phase5: Phase5, slate: Slate) -> None:
    slate.under_way(12, not_ready=8)
    slate.answer()


def _wanted(phase5: Phase5, slate: Slate) -> None:
    slate.ready(20)


def _partly_wanted(phase5: Phase5, slate: Slate) -> None:
    slate.expect(20)
    slate.features(ready=12, not_ready=8)


NO_GAMES = {"status": "complete", "message": "No games on this slate", "players_processed": 0}
BUSY = {"status": "in_progress", "message": "Another request is starting this slate's batch"}
ALREADY = {"status": "already_complete", "message": "All 20 players already processed"}
NOBODY = {"status": "already_complete", "message": "All 0 players already processed"}
NO_DATA = {"status": "no_data", "message": "No matching players found for retry", "players_requested": 0}
DONE = {
    "status": "complete",
    "message": "All available players already processed",
    "players_processed": 20,
}
PHASE4 = {
    "ready": False,
    "players_ready": 9,
    "players_total": 20,
    "ready_pct": 45.0,
    "processor_complete": True,
    "message": "9/20 players ready (45.0%)",
}
INSUFFICIENT = {
    "status": "insufficient_data",
    "message": "9/20 players ready (45.0%)",
    "phase4_status": PHASE4,
}
WAITED = INSUFFICIENT | {"message": "9/20 players ready (45.0%), after waiting 28 minutes"}
WAITING_20 = {
    "status": "waiting_for_phase4",
    "message": "20 players waiting for Phase 4 completion",
    "players_processed": 0,
    "players_pending": 20,
}
WAITING_8 = {
    "status": "waiting_for_phase4",
    "message": "8 players waiting for Phase 4 completion",
    "players_processed": 12,
    "players_pending": 8,
}
IN_FLIGHT = {
    "status": "in_progress",
    "message": "18 requests are in flight",
    "players_processed": 2,
    "players_in_flight": 18,
}
STARTED = {
    "status": "started",
    "batch_id": "the first batch",
    "players_processed_this_batch": 20,
    "players_total_processed": 20,
    "players_ready": 20,
    "players_expected": 20,
    "is_complete": False,
}
PARTLY = STARTED | {
    "players_processed_this_batch": 12,
    "players_total_processed": 12,
    "players_ready": 12,
}
RETRIED = {
    "status": "started",
    "batch_id": "the first batch",
    "players_retry_requested": 20,
    "players_published": 20,
}
PARTLY_RETRIED = RETRIED | {"players_retry_requested": 12, "players_published": 12}

ASKERS = {
    "trigger-push": ("pubsub", lambda phase5: phase5.trigger()),
    "start-scheduler": ("scheduler_backup", lambda phase5: phase5.scheduled_start()),
    "start-person": ("manual", lambda phase5: phase5.start()),
    "retry-scheduler": ("retry", lambda phase5: phase5.scheduled_retry()),
    "retry-person": ("retry", lambda phase5: phase5.retry()),
}

STATUS_TABLE = {  # situation: trigger-push, start-scheduler, start-person, retry-scheduler, retry-person
    _no_games: [(200, NO_GAMES), (200, NO_GAMES), (200, NO_GAMES), (200, NO_GAMES), (200, NO_GAMES)],
    _busy: [(503, BUSY), (503, BUSY), (200, BUSY), (503, BUSY), (200, BUSY)],
    _settled: [(204, None), (200, ALREADY), (200, ALREADY), (200, DONE), (200, DONE)],
    _nobody_expected: [(204, None), (200, NOBODY), (200, NOBODY), (200, NO_DATA), (200, NO_DATA)],
    _under_floor: [
        (200, INSUFFICIENT),
        (503, WAITED),
        (503, INSUFFICIENT),
        (200, WAITING_20),
        (200, WAITING_20),
    ],
    _in_flight: [(200, IN_FLIGHT), (200, IN_FLIGHT), (200, IN_FLIGHT), (200, IN_FLIGHT), (200, IN_FLIGHT)],
    _not_ready: [(200, WAITING_8), (200, WAITING_8), (200, WAITING_8), (200, WAITING_8), (200, WAITING_8)],
}
ACTING_TABLE = [
    (_wanted, "trigger-push", STARTED),
    (_wanted, "start-scheduler", STARTED),
    (_wanted, "start-person", STARTED),
    (_wanted, "retry-scheduler", RETRIED),
    (_wanted, "retry-person", RETRIED),
    (_partly_wanted, "trigger-push", PARTLY),
    (_partly_wanted, "start-scheduler", PARTLY),
    (_partly_wanted, "retry-person", PARTLY_RETRIED),
]


@pytest.mark.parametrize("situation", STATUS_TABLE, ids=lambda situation: situation.__name__[1:])
def test_where_nothing_is_to_be_done_every_caller_is_told_why(make_phase5, slate, situation):
    situation(make_phase5(), slate)
    phase5 = make_phase5(phase4_poll_seconds=1680)

    responses = {asker: ask(phase5) for asker, (_, ask) in ASKERS.items()}

    day = {"game_date": slate.game_date.isoformat()}
    rows = zip(ASKERS.items(), STATUS_TABLE[situation], strict=True)
    expected = {
        asker: (status, body and body | day | {"trigger_source": source})
        for (asker, (source, _)), (status, body) in rows
    }
    assert {asker: told(response) for asker, response in responses.items()} == expected
    for response in responses.values():
        assert response.headers.get("Retry-After") == ("10" if response.status_code == 503 else None)
    assert phase5.publisher.published == []


@pytest.mark.parametrize(
    ("situation", "asker", "body"),
    ACTING_TABLE,
    ids=[f"{situation.__name__[1:]}-{asker}" for situation, asker, _ in ACTING_TABLE],
)
def test_where_somebody_is_wanted_every_caller_starts_a_batch(make_phase5, slate, situation, asker, body):
    source, ask = ASKERS[asker]
    phase5 = make_phase5(phase4_poll_seconds=1680)
    situation(phase5, slate)

    response = ask(phase5)

    batch = batch_id(slate.game_date, "run1", 1)
    common = {"game_date": slate.game_date.isoformat(), "trigger_source": source, "batch_id": batch}
    assert told(response) == (202, body | common)


# ---------------------------------------------------------------- from the event to the finished batch


def test_an_event_becomes_one_message_a_shard_that_carries_all_a_worker_needs(make_phase5, slate):
    phase5 = make_phase5(shard_players=15, active_systems="ensemble_v2", shadow_systems="line_blend_v1")
    slate.ready(20, player_id="77", over_odds=-110.0)

    phase5.trigger()

    first, second = phase5.publisher.shards()
    assert [topic for topic, _ in phase5.publisher.published] == ["prediction-request-prod"] * 2
    assert (len(first.players), len(second.players)) == (15, 5)
    assert (first.feature_run_id, first.feature_names) == ("run1", FEATURE_NAMES)
    assert (first.systems, first.shadow_systems) == (("ensemble_v2",), ("line_blend_v1",))
    known = {
        "player_lookup": "p000",
        "player_id": "77",
        "team": "BOS",
        "line": 20.5,
        "over_odds": -110.0,
        "features": [BY_NAME[name].default for name in FEATURE_NAMES],
    }
    assert known.items() <= first.players[0].items()


def test_what_was_published_is_recorded_with_the_same_ids(phase5, slate):
    slate.ready(20)

    phase5.trigger()

    (shard,) = phase5.publisher.shards()
    published = {(p["player_lookup"], p["request_id"], p["input_id"]) for p in shard.players}
    rows = slate.rows(REQUESTS)
    assert {(r["player_lookup"], r["request_id"], r["input_id"]) for r in rows} == published
    assert {r["batch_id"] for r in rows} == {shard.batch_id}
    assert slate.state == "predicting"


def test_the_last_announcement_finishes_the_batch_and_records_it_once(phase5, slate):
    slate.ready(20)
    phase5.trigger()
    slate.answer(players=slate.names[:19])
    phase5.complete()
    state_before = slate.state

    slate.answer()
    answers = [phase5.complete().status_code for _ in range(2)]

    assert (state_before, slate.state, answers) == ("predicting", "complete", [204, 204])
    (run,) = [row for row in slate.rows(HISTORY) if row["processor_name"] == "phase5_coordinator"]
    assert (run["run_id"], run["status"]) == (slate.row["batch_id"], "success")
    assert (run["records_processed"], run["triggered_by"]) == (20, "pubsub")
    assert json.loads(run["summary"]) == {
        "batch_id": run["run_id"],
        "players_processed_this_batch": 20,
        "players_total_processed": 20,
        "players_ready": 20,
        "players_expected": 20,
        "players_failed": 0,
        "judgement": "sound",
        "completion_pct": 100.0,
    }
    assert phase5.alerter.sent == []


@pytest.mark.parametrize("waits", [False, True], ids=["person", "scheduler"])
def test_no_games_is_a_success_without_an_alert(phase5, slate, waits):
    slate.ran("run1", "no_games")

    response = phase5.scheduled_start() if waits else phase5.retry()

    assert (response.status_code, slate.state) == (200, "complete")
    assert phase5.alerter.sent == []
    assert phase5.publisher.published == []


def test_three_starts_publish_each_player_once(phase5, slate):
    slate.ready(20)

    codes = [phase5.start().status_code for _ in range(3)]

    assert codes == [202, 200, 200]
    assert sorted(phase5.publisher.players()) == slate.names


def test_the_correlation_id_of_the_event_reaches_the_message_and_the_rows(phase5, slate):
    slate.ready(20)

    phase5.trigger(correlation_id="from-phase-4")

    (shard,) = phase5.publisher.shards()
    assert shard.correlation_id == "from-phase-4"
    assert {row["correlation_id"] for row in slate.rows(REQUESTS)} == {"from-phase-4"}


def test_without_one_in_the_event_the_callers_correlation_id_is_used(phase5, slate):
    slate.ready(20)

    response = phase5.start(**{"X-Correlation-Id": "from-a-person"})

    assert response.headers["X-Correlation-Id"] == "from-a-person"
    assert {row["correlation_id"] for row in slate.rows(REQUESTS)} == {"from-a-person"}


def test_a_plan_says_what_a_start_would_do_and_changes_nothing(phase5, slate):
    slate.expect(20)
    slate.features(ready=18, no_history=2)
    before = slate.row

    response = phase5.plan()

    assert told(response) == (
        200,
        {
            "status": "would_start",
            "message": "18/20 players ready (90.0%)",
            "players_wanted": 18,
            "players_to_skip": 2,
            "game_date": slate.game_date.isoformat(),
            "trigger_source": "plan",
        },
    )
    assert slate.row == before
    assert phase5.publisher.published == []


# ---------------------------------------------------------------- days


def _shift(hours: float) -> Callable[[FakeClock], None]:
    return lambda clock: clock.advance(hours * 3600)


@pytest.mark.parametrize(
    ("day", "shift", "status"),
    [
        (0, _shift(0), 202),
        (0, _shift(15.9), 202),
        (0, _shift(16.1), 204),
        (1, _shift(0), 202),
        (2, _shift(0), 204),
        (-1, _shift(0), 204),
    ],
    ids=[
        "today",
        "today at 23:54 in New York, tomorrow in UTC",
        "today's slate after midnight in New York",
        "tomorrow",
        "the day after tomorrow",
        "yesterday",
    ],
)
def test_an_event_starts_todays_slate_or_tomorrows_by_the_date_in_new_york(
    make_phase5, slate, clock, session_store, logs, day, shift, status
):
    other = Slate(session_store, clock, slate.game_date.fromordinal(slate.game_date.toordinal() + day))
    other.ready(20)
    phase5 = make_phase5()
    shift(clock)

    response = phase5.trigger(game_date=other.game_date.isoformat())

    assert told(response)[0] == status
    assert len(phase5.publisher.players()) == (20 if status == 202 else 0)
    skipped = [line["reason"] for line in logs if line.get("event_name") == "event_skipped"]
    assert skipped == ([] if status == 202 else ["another_day"])


def test_without_a_date_a_start_is_about_today_in_new_york(phase5, slate, clock):
    slate.ready(20)
    clock.advance(15 * 3600)  # 23:00 Eastern: tomorrow in UTC

    response = phase5.client.post("/start")

    assert response.get_json()["game_date"] == slate.game_date.isoformat()


def test_a_person_may_start_a_past_slate_by_its_date(phase5, slate, clock):
    slate.ready(20)
    clock.advance(2 * 86400)

    response = phase5.start()

    assert (response.status_code, len(phase5.publisher.players())) == (202, 20)


# ---------------------------------------------------------------- events about something else


@pytest.mark.parametrize(
    "changes",
    [{"event_type": "phase3_complete"}, {"processor": "player_composite_factors"}],
    ids=["another event", "another processor"],
)
def test_an_event_about_something_else_is_acknowledged_logged_and_starts_nothing(
    phase5, slate, logs, changes
):
    slate.ready(20)

    response = phase5.trigger(**changes)

    assert told(response) == (204, None)
    assert phase5.store.calls == []
    (line,) = logs
    assert (line["event_name"], line["message_id"]) == ("event_skipped", "m1")


def test_an_event_is_accepted_with_all_the_fields_that_the_guide_gives_it(phase5, slate):
    slate.ready(20)

    response = phase5.trigger(
        processor="ml_feature_store_v2",
        players_processed=450,
        players_ready=420,
        timestamp="2025-11-28T00:30:00Z",
        something_new=1,
    )

    assert response.status_code == 202


def test_the_builders_slate_under_way_is_what_a_trigger_leaves(phase5, slate, session_store, clock):
    tomorrow = Slate(session_store, clock, slate.game_date.fromordinal(slate.game_date.toordinal() + 1))
    slate.ready(20)
    phase5.trigger()

    tomorrow.under_way(20)

    unlike = {"game_date", "batch_id", "request_id", "requested_at", "claimed_at", "claim_id", "owner"}
    unlike |= {"correlation_id"}
    real, built = slate.rows(REQUESTS, "player_lookup"), tomorrow.rows(REQUESTS, "player_lookup")
    assert len(built) == 20
    for one, other in [(slate.row, tomorrow.row), *zip(real, built, strict=True)]:
        assert {n: one[n] for n in one.keys() - unlike} == {n: other[n] for n in other.keys() - unlike}
