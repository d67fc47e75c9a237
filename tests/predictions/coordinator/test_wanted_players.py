"""Who is expected, ready, wanted, in flight and done: the rules that live in SQL, on a real engine."""

import pytest
from slate_builder import CONTEXT, FEATURES, REQUESTS

from predictions.coordinator.slate_store import SlateStore
from predictions.coordinator.terms import SlateTerms
from shared.features import FEATURE_NAMES
from shared.outcomes import Reason


@pytest.fixture
def store(session_store) -> SlateStore:
    return SlateStore(session_store, SlateTerms())


def _asked_for(phase5, ask=None):
    """Ask, and return the players whom that question requested."""
    before = len(phase5.publisher.players())
    (ask or phase5.retry)()
    return sorted(phase5.publisher.players()[before:])


# ---------------------------------------------------------------- expected


def test_expected_is_who_may_play_enough_minutes(phase5, slate):
    expected = {
        "active": {"status": "ACTIVE"},
        "probable": {"status": "PROBABLE"},
        "questionable": {"status": "QUESTIONABLE"},
        "15 minutes": {"projected_minutes": 15.0},
        "newcomer": {"projected_minutes": None},
        "no line": {"line": None},
    }
    others = {
        "doubtful": {"status": "DOUBTFUL"},
        "out": {"status": "OUT"},
        "14.9 minutes": {"projected_minutes": 14.9},
    }
    for name, changes in (expected | others).items():
        slate.expect([name], **changes)
    slate.features(ready=slate.names)

    asked = _asked_for(phase5)

    assert asked == sorted(expected)
    assert slate.row["expected"] == len(expected)


def test_the_newest_row_of_a_player_counts(phase5, slate):
    slate.ready(4)
    slate.expect(["p003"], status="OUT")

    assert _asked_for(phase5) == ["p000", "p001", "p002"]


def test_minutes_are_configured_overridden_by_a_request_and_kept_with_the_batch(make_phase5, slate):
    phase5 = make_phase5(min_minutes=20)
    slate.expect(["p000", "p001"], projected_minutes=30)
    slate.expect(["p002"], projected_minutes=18)
    slate.expect(["p003"], projected_minutes=8)
    slate.features(ready=slate.names)

    configured = _asked_for(phase5)
    overridden = _asked_for(phase5, lambda: phase5.start({"min_minutes": 10}))
    kept = phase5.retry().get_json()

    assert (configured, overridden) == (["p000", "p001"], ["p002"])
    assert kept["players_in_flight"] == 3
    assert slate.row["min_minutes"] == 10


def test_a_newer_feature_run_is_asked_about_with_the_configured_minutes_again(phase5, store, slate):
    slate.expect(["p000", "p001"], projected_minutes=30)
    slate.expect(["p002"], projected_minutes=8)
    slate.features(ready=slate.names)
    phase5.start({"min_minutes": 5})
    kept = store.snapshot(slate.game_date)

    slate.features(ready=slate.names, run="run2")

    again = store.snapshot(slate.game_date)
    assert (kept.min_minutes, kept.expected) == (5.0, 3)
    assert (again.min_minutes, again.expected) == (15.0, 2)


def test_a_question_with_other_minutes_does_not_finish_the_slate(phase5, slate, clock):
    slate.expect(["p000", "p001"], projected_minutes=30)
    slate.expect(["p002"], projected_minutes=18)
    slate.features(ready=slate.names)
    phase5.trigger()
    slate.answer(players=["p000", "p001"])
    clock.advance(481)

    response = phase5.start({"min_minutes": 20})

    assert response.get_json()["status"] == "already_complete"
    assert slate.state == "predicting"
    assert _asked_for(phase5) == ["p002"]


# ---------------------------------------------------------------- ready: which feature run counts


@pytest.mark.parametrize(
    ("runs", "counted"),
    [
        pytest.param([("run1", "success")], "run1", id="a recorded run"),
        pytest.param([("run1", "partial")], "run1", id="a partial run"),
        pytest.param([("run1", "failed")], None, id="a failed run"),
        pytest.param([("other", "success")], None, id="features of a run that was not recorded"),
        pytest.param([("run0", "failed"), ("run1", "success")], "run1", id="an older failed run"),
        pytest.param([("run1", "success"), ("run2", "failed")], "run1", id="a newer failed run"),
        pytest.param([], None, id="no run history"),
    ],
)
def test_a_run_counts_when_history_and_features_carry_its_id(store, slate, runs, counted):
    slate.expect(20)
    slate.features(ready=20, run="run1", status=None)
    for run, status in runs:
        slate.ran(run, status)

    snapshot = store.snapshot(slate.game_date)

    assert (snapshot.feature_run_id, snapshot.ready) == (counted, 20 if counted else 0)
    assert snapshot.wanted == (20 if counted else 0)


def test_a_newer_failed_run_leaves_the_standing_one_and_is_not_fresh(store, slate):
    slate.ready(20)
    before = store.snapshot(slate.game_date)

    slate.ran("run2", "failed")

    after = store.snapshot(slate.game_date)
    assert (before.is_fresh, after.is_fresh) == (True, False)
    assert (after.feature_run_id, after.ready) == ("run1", 20)
    assert (after.newest_run_id, after.newest_run_status) == ("run2", "failed")


def test_only_the_newest_run_of_the_features_is_counted(store, slate):
    slate.expect(20)
    slate.features(ready=20, run="run1")
    slate.features(ready=5, run="run2", replaces=False)

    snapshot = store.snapshot(slate.game_date)

    assert (snapshot.feature_run_id, snapshot.ready, snapshot.expected) == ("run2", 5, 20)


# ---------------------------------------------------------------- wanted again: a newer input


def test_a_newer_feature_run_makes_everybody_wanted_again(phase5, slate):
    slate.under_way(20)
    slate.answer()
    slate.features(ready=20, run="run2")

    assert _asked_for(phase5, phase5.trigger) == slate.names


def test_a_newer_input_makes_a_player_wanted_again(phase5, slate):
    slate.under_way(20)
    slate.answer()
    phase5.complete()

    slate.expect(["p003"], line=21.5)
    slate.expect(["p005"], line=None)
    slate.expect(["p007"], status="QUESTIONABLE")

    assert _asked_for(phase5) == ["p003", "p005", "p007"]


def test_a_line_that_went_and_came_back_is_forecast_again(phase5, slate):
    slate.under_way(20)
    slate.answer()
    slate.expect(["p003"], line=21.5)
    phase5.retry()
    slate.answer()

    slate.expect(["p003"], line=20.5)

    assert _asked_for(phase5) == ["p003"]
    slate.answer()
    assert _asked_for(phase5) == []


def test_an_outcome_of_an_older_input_does_not_count(phase5, slate):
    slate.under_way(20)
    slate.features(ready=20, run="run2")

    slate.answer()
    asked = _asked_for(phase5)

    assert asked == slate.names
    assert slate.state == "predicting"


def test_a_row_that_says_the_same_again_makes_nobody_wanted(phase5, slate):
    slate.under_way(20)
    slate.answer()

    slate.expect(["p007"])

    assert _asked_for(phase5) == []


def test_sets_are_compared_and_not_counts(phase5, slate):
    slate.under_way(40)
    slate.answer()
    for name in slate.names:
        slate.expect([name], status="OUT") if name < "p020" else None
    slate.expect([f"q{i:03}" for i in range(20)])
    slate.features(ready=slate.names, run="run1")

    assert _asked_for(phase5) == [f"q{i:03}" for i in range(20)]


# ---------------------------------------------------------------- in flight


@pytest.mark.parametrize(
    ("seconds", "is_wanted"),
    [pytest.param(479, False, id="479 s after the request"), pytest.param(480, True, id="480 s after it")],
)
def test_a_request_is_in_flight_until_it_is_answered_or_its_time_is_up(
    phase5, slate, clock, seconds, is_wanted
):
    slate.under_way(20)
    slate.answer(players=slate.names[:15])
    requested_at = slate.rows(REQUESTS)[0]["requested_at"]
    clock.advance(seconds - (clock.now() - requested_at).total_seconds())

    assert _asked_for(phase5) == (slate.names[15:] if is_wanted else [])


def test_what_was_requested_before_the_bus_forgot_is_requested_again(make_phase5, slate, clock):
    slate.ready(20)
    make_phase5().trigger()
    clock.advance(1)

    phase5 = make_phase5(alive_since=clock.now())

    assert _asked_for(phase5) == slate.names


def test_a_forecast_without_an_outcome_is_not_the_end_of_a_player(phase5, slate, clock):
    slate.under_way(20)
    slate.forecast(slate.rows(REQUESTS))
    clock.advance(481)

    assert _asked_for(phase5) == slate.names


def test_a_late_answer_of_the_first_request_ends_the_player(phase5, slate, clock):
    slate.under_way(20)
    clock.advance(481)
    first = slate.rows(REQUESTS)
    phase5.retry()

    slate.end(first)
    phase5.complete()
    clock.advance(481)  # until then the second batch is out

    assert (_asked_for(phase5), slate.state) == ([], "complete")


def test_a_request_of_a_player_ruled_out_meanwhile_is_still_waited_for(phase5, slate):
    slate.under_way(20)
    slate.answer(players=slate.names[1:])
    slate.expect(["p000"], status="OUT")

    response = phase5.retry()

    assert response.get_json()["status"] == "in_progress"
    assert response.get_json()["players_in_flight"] == 1
    slate.answer()
    phase5.complete()
    assert slate.state == "complete"


# ---------------------------------------------------------------- failures that may be mended


def test_a_failure_that_may_be_mended_stays_wanted_until_three_requests(phase5, slate):
    slate.ready(20)
    asked = []
    for _ in range(4):
        asked.append(len(_asked_for(phase5)))
        slate.answer(Reason.TRANSIENT, players=["p000"])
        slate.answer(Reason.DELIVERY_EXHAUSTED, players=["p001"])
        slate.answer()

    assert asked == [20, 2, 2, 0]
    assert slate.endings()["p000"] == ("failed", "transient")
    assert slate.endings()["p001"] == ("failed", "delivery_exhausted")
    assert slate.state == "complete"


def test_three_requests_are_counted_for_one_input(phase5, slate):
    slate.ready(20)
    for _ in range(3):
        phase5.retry()
        slate.answer(Reason.TRANSIENT)
    slate.expect(["p000"], line=25.5)

    assert _asked_for(phase5) == ["p000"]


def test_every_other_reason_ends_a_player(phase5, slate):
    others = sorted(set(Reason) - {Reason.TRANSIENT, Reason.DELIVERY_EXHAUSTED})
    slate.under_way(20)
    for name, reason in zip(slate.names, others, strict=False):
        slate.answer(reason, players=[name])
    slate.answer()

    assert _asked_for(phase5) == []
    assert slate.state == "partial"
    assert len(set(slate.endings().values())) == len(others) + 1


# ---------------------------------------------------------------- newcomers


def test_a_newcomer_is_skipped_without_a_request_and_leaves_no_gap(phase5, slate):
    slate.expect(20)
    slate.features(ready=16, no_history=4)

    asked = _asked_for(phase5, phase5.trigger)
    slate.answer()
    phase5.complete()

    assert asked == slate.names[:16]
    assert {slate.endings()[name] for name in slate.names[16:]} == {("skipped", "no_history")}
    assert (slate.state, slate.batch_runs()[0]["status"]) == ("complete", "success")
    assert phase5.alerter.sent == []


def test_a_slate_of_newcomers_alone_ends_at_once(phase5, slate):
    slate.under_way(20)
    slate.answer()
    slate.expect(["q000"], projected_minutes=None)
    slate.features(ready=20, no_history=["q000"], run="run1")

    response = phase5.retry()

    assert response.get_json()["players_published"] == 0
    assert (slate.endings()["q000"], slate.state) == (("skipped", "no_history"), "complete")


# ---------------------------------------------------------------- force


def test_force_requests_every_ready_player_again_and_the_slate_completes_again(phase5, slate):
    slate.expect(20)
    slate.features(ready=18, no_history=2)
    phase5.trigger()
    slate.answer()
    phase5.complete()

    asked = _asked_for(phase5, lambda: phase5.start({"force": True}))
    reopened = slate.state
    slate.answer()
    phase5.complete()

    assert asked == slate.names[:18]
    assert (reopened, slate.state) == ("predicting", "complete")
    assert [run["status"] for run in slate.batch_runs()] == ["success", "success"]


def test_a_forced_batch_that_is_lost_does_not_keep_the_slate_open_for_ever(phase5, slate, clock):
    slate.under_way(20)
    slate.answer()
    phase5.start({"force": True})

    clock.advance(481)
    phase5.retry()

    assert slate.state == "complete"


def test_force_includes_players_in_flight(phase5, slate):
    slate.under_way(20)

    assert _asked_for(phase5, lambda: phase5.start({"force": True})) == slate.names


# ---------------------------------------------------------------- lines


def test_with_several_lines_done_is_per_player_and_line(make_phase5, slate):
    phase5 = make_phase5(use_multiple_lines=True)
    slate.ready(2)
    slate.expect(["p001"], line=None)

    phase5.trigger()

    (shard,) = phase5.publisher.shards()
    lines = [(p["player_lookup"], p["line_offset"], p["line"]) for p in shard.players]
    assert lines == [
        ("p000", -2.0, 18.5),
        ("p000", -1.0, 19.5),
        ("p000", 0.0, 20.5),
        ("p000", 1.0, 21.5),
        ("p000", 2.0, 22.5),
        ("p001", 0.0, None),
    ]
    assert len({p["request_id"] for p in shard.players}) == 6
    rows = slate.rows(REQUESTS)
    slate.end([row for row in rows if row["line_offset"] != 1.0])
    phase5.complete()
    assert slate.state == "predicting"
    slate.answer()
    phase5.complete()
    assert slate.state == "complete"


def test_a_line_that_moves_onto_another_of_the_lines_is_still_a_new_line(make_phase5, slate):
    phase5 = make_phase5(use_multiple_lines=True)
    slate.ready(2)
    phase5.trigger()
    slate.answer()

    slate.expect(["p000"], line=21.5)

    assert _asked_for(phase5) == ["p000"] * 5


def test_the_gap_of_a_slate_with_several_lines_is_counted_in_players(make_phase5, slate):
    phase5 = make_phase5(use_multiple_lines=True, ready_percent=100)
    slate.expect(20)
    slate.features(ready=19, not_ready=1)

    phase5.trigger()

    assert phase5.alerter.sent == []


# ---------------------------------------------------------------- ready, and in doubt not


@pytest.mark.parametrize(
    ("changes", "is_ready"),
    [
        pytest.param({}, True, id="all is well"),
        pytest.param({"quality_score": 0.0}, True, id="the least quality"),
        pytest.param({"quality_score": -1.0}, False, id="less than no quality"),
        pytest.param({"quality_score": 101.0}, False, id="more than all quality"),
        pytest.param({"not_ready_reasons": ["stale:team"]}, False, id="ready, and a reason why not"),
        pytest.param({"not_ready_reasons": None}, True, id="no list of reasons"),
        pytest.param({"feature_version": "v9"}, False, id="another version"),
        pytest.param({"feature_names": list(FEATURE_NAMES[1:])}, False, id="a name is missing"),
        pytest.param({"feature_names": [*FEATURE_NAMES, "newer"]}, False, id="a name too many"),
        pytest.param({"feature_names": list(reversed(FEATURE_NAMES))}, False, id="names in another order"),
        pytest.param({"feature_names": None}, False, id="no names"),
        pytest.param({"features": []}, False, id="no values"),
        pytest.param({"features": None}, False, id="no list of values"),
        pytest.param({"features": [1.0] * 3}, False, id="too few values"),
    ],
)
def test_a_row_is_ready_only_if_everything_says_so(phase5, slate, session_store, changes, is_ready):
    slate.ready(3)
    rows = slate.rows(FEATURES, "player_lookup")
    session_store.replace_partition(FEATURES, slate.game_date, [rows[0] | changes, *rows[1:]])

    asked = _asked_for(phase5)

    assert asked == (slate.names if is_ready else slate.names[1:])


@pytest.mark.parametrize("reasons", [[], ["no_history"]], ids=["ready", "newcomer"])
def test_two_rows_of_one_player_in_a_run_are_neither_ready_nor_a_newcomers(
    phase5, slate, session_store, reasons
):
    slate.ready(3)
    rows = slate.rows(FEATURES, "player_lookup")
    twice = rows[0] | {"is_production_ready": not reasons, "not_ready_reasons": reasons}
    session_store.replace_partition(FEATURES, slate.game_date, [twice, twice, *rows[1:]])

    asked = _asked_for(phase5)

    assert asked == slate.names[1:]
    assert slate.endings() == {}


def test_a_newcomer_of_whom_something_else_is_wrong_too_is_waited_for_and_not_skipped(
    phase5, slate, session_store
):
    slate.expect(3)
    slate.features(ready=slate.names[1:], no_history=slate.names[:1])
    rows = slate.rows(FEATURES, "player_lookup")
    doubtful = rows[0] | {"not_ready_reasons": ["no_history", "stale:source"]}
    session_store.replace_partition(FEATURES, slate.game_date, [doubtful, *rows[1:]])

    phase5.retry()

    assert slate.endings() == {}
    assert phase5.status().get_json()["waiting_for_phase4"] == 1


def test_of_two_rows_seen_at_the_same_moment_every_question_takes_the_same(store, slate, session_store):
    slate.ready(1)
    (row,) = slate.rows(CONTEXT)
    both = [row, row | {"status": "OUT"}]

    seen = []
    for rows in (both, both[::-1]):
        session_store.replace_partition(CONTEXT, slate.game_date, rows)
        seen.append(store.snapshot(slate.game_date).expected)

    assert seen == [1, 1]
