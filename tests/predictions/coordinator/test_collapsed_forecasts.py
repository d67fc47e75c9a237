"""Forecasts that have collapsed end the slate as failed, raise an alert once, and are no recommendations."""

import json

import pytest
from slate_builder import FORECASTS
from watched_ports import Died, raising

from shared.outcomes import Reason

CURRENT = "nba_predictions.player_prop_predictions_current"
FLAT = {"mean": 12.0, "recommendation": "OVER"}
BET = {"recommendation": "OVER"}
LOST_SECONDS = 481  # a request that is older is in flight no more
SIDED = {"p_over": 0.4, "p_push": 0.0, "recommendation": "UNDER"}


def shown(slate):
    """What readers see: each recommendation, and whether the forecasts are released."""
    return {(row["recommendation"], row["is_released"]) for row in slate.rows(CURRENT)}


def test_a_collapsed_batch_fails_the_slate_with_one_alert_and_no_recommendation(phase5, slate):
    slate.under_way(20)
    slate.answer(**FLAT)

    phase5.complete()
    phase5.retry()

    assert slate.state == "failed"
    assert slate.row["judgement"] == "collapsed: ensemble_v2 says nearly the same of 20 players"
    assert shown(slate) == {("PASS", False)}
    assert {row["recommendation"] for row in slate.rows(FORECASTS)} == {"OVER"}
    (alert,) = phase5.alerter.sent
    assert (alert.kind, alert.severity) == ("collapsed_forecasts", "critical")
    assert "ensemble_v2 says nearly the same of 20 players" in alert.text
    (run,) = slate.batch_runs()
    assert run["status"] == "failed"
    assert json.loads(run["summary"])["judgement"] == slate.row["judgement"]


def test_forecasts_on_one_side_only_have_collapsed_however_much_the_means_differ(phase5, slate):
    slate.under_way(40)
    slate.answer(**SIDED)

    phase5.complete()

    assert "ensemble_v2 leans under on 40 of 40 lines" in slate.row["judgement"]
    assert shown(slate) == {("PASS", False)}


def test_sound_forecasts_are_released_when_the_batch_is_judged_and_not_before(phase5, slate):
    slate.under_way(20)
    slate.answer(**BET)
    before = shown(slate)

    phase5.complete()

    assert before == {("PASS", False)}
    assert (slate.state, slate.row["judgement"]) == ("complete", "sound")
    assert shown(slate) == {("OVER", True)}


def test_a_forecast_without_a_line_says_so_whether_or_not_it_is_released(phase5, slate):
    slate.under_way(20)
    slate.answer(mean=12.0, recommendation="NO_LINE")

    phase5.complete()

    assert shown(slate) == {("NO_LINE", False)}


def test_what_is_ready_is_released_while_others_are_still_waited_for(phase5, slate):
    slate.under_way(18, not_ready=2)
    slate.answer(**BET)

    phase5.complete()

    assert (slate.state, slate.row["judgement"]) == ("predicting", "sound")
    assert shown(slate) == {("OVER", True)}


def test_a_batch_that_collapses_while_others_are_waited_for_is_held_back_and_alerted(phase5, slate):
    slate.under_way(18, not_ready=2)
    slate.answer(**FLAT)

    phase5.complete()
    phase5.complete()

    assert slate.state == "predicting"
    assert shown(slate) == {("PASS", False)}
    assert phase5.alerter.kinds() == ["collapsed_forecasts"]


def test_a_part_of_a_batch_is_not_judged_while_the_rest_may_still_come(phase5, slate, clock):
    slate.under_way(100)
    slate.answer(players=slate.names[:25], **BET)
    clock.advance(LOST_SECONDS)
    phase5.complete()
    early = (slate.row["judgement"], shown(slate))
    slate.answer(**FLAT)
    late = shown(slate)

    phase5.complete()

    assert early == (None, {("PASS", False)})
    assert late == shown(slate) == {("PASS", False)}
    assert slate.row["judgement"].startswith("collapsed: ")


def test_late_answers_of_an_older_batch_take_nothing_back(phase5, slate, clock):
    slate.ready(20)
    phase5.trigger()
    older, run = slate.open_requests(), {"feature_run_started_at": clock.now()}
    clock.advance(LOST_SECONDS)
    phase5.retry()
    newer = [row for row in slate.open_requests() if row not in older]
    slate.end(newer, **BET, **run)
    phase5.complete()

    slate.end(older, **BET, **run)
    phase5.complete()

    assert slate.row["judgement"] == "sound"
    assert shown(slate) == {("OVER", True)}


def test_a_line_that_moved_is_shown_at_once_though_the_one_before_was_released(phase5, slate, clock):
    run = {"feature_run_started_at": clock.now()}
    slate.under_way(20)
    slate.answer(**BET, **run)
    phase5.complete()
    slate.expect(["p000"], line=25.5)
    phase5.retry()
    slate.answer(**BET, **run)
    under_way = {row["line"] for row in slate.rows(CURRENT) if row["player_lookup"] == "p000"}

    phase5.complete()

    assert under_way == {25.5}
    assert (slate.state, shown(slate)) == ("complete", {("OVER", True)})


def test_a_batch_is_judged_though_its_owner_died_before_giving_the_slate_back(make_phase5, slate, clock):
    first, second = make_phase5(), make_phase5()
    slate.expect(20)
    slate.features(ready=18, not_ready=2)
    first.store.before("release", raising(Died()))
    with pytest.raises(Died):
        first.trigger()
    slate.answer(**BET)
    clock.advance(121)

    second.complete()

    assert shown(slate) == {("OVER", True)}


def test_a_batch_of_other_lines_alone_is_released_too(phase5, slate):
    slate.under_way(20)
    slate.answer(line_offset=2.0, **BET)

    phase5.complete()

    assert shown(slate) == {("OVER", True)}


def test_a_collapsed_batch_is_not_hidden_by_a_larger_sound_one_beside_it(phase5, slate):
    slate.ready(120)
    phase5.trigger()
    slate.answer(players=slate.names[:100])
    slate.answer(Reason.TRANSIENT)
    phase5.complete()
    first = slate.row["judgement"]
    phase5.retry()
    slate.answer(**FLAT)

    phase5.complete()

    assert first == "sound"
    assert slate.row["judgement"] == "collapsed: ensemble_v2 says nearly the same of 20 players"


def test_what_was_released_stays_so_whatever_becomes_of_the_next_batch(phase5, slate):
    slate.ready(40)
    phase5.trigger()
    slate.answer(players=slate.names[:20], **BET)
    slate.answer(Reason.TRANSIENT)
    phase5.complete()
    phase5.retry()
    slate.answer(**FLAT)
    under_way = shown(slate)

    phase5.complete()

    assert slate.row["judgement"].startswith("collapsed: ")
    assert shown(slate) == under_way == {("OVER", True), ("PASS", False)}
    released = [row["player_lookup"] for row in slate.rows(CURRENT) if row["is_released"]]
    assert sorted(released) == sorted(slate.names[:20])


def test_what_collapsed_is_held_back_until_a_batch_is_judged_sound_in_its_turn(phase5, slate):
    slate.under_way(20)
    slate.answer(**FLAT)
    phase5.complete()

    phase5.start({"force": True})
    under_way = shown(slate)
    slate.answer(**BET)
    phase5.complete()

    assert under_way == {("PASS", False)}
    assert (slate.state, slate.row["judgement"]) == ("complete", "sound")
    assert shown(slate) == {("OVER", True)}


def test_a_judgement_that_cannot_be_made_ends_nothing_and_releases_nothing(phase5, slate):
    slate.under_way(20)
    slate.answer(**BET)
    phase5.store.breaks("forecast_spread")

    refused = phase5.complete()

    assert refused.status_code == 503
    assert (slate.state, slate.batch_runs()) == ("predicting", [])
    assert shown(slate) == {("PASS", False)}
    phase5.complete()
    assert shown(slate) == {("OVER", True)}


@pytest.mark.parametrize("not_ready", [0, 2], ids=["the slate ends", "the slate goes on"])
@pytest.mark.parametrize(
    ("when", "step"),
    [("after", "forecast_spread"), ("before", "raise_alert"), ("before", "judged"), ("after", "judged")],
    ids=" ".join,
)
def test_whoever_sees_a_judgement_half_done_completes_it(make_phase5, slate, when, step, not_ready):
    first, second = make_phase5(), make_phase5()
    slate.under_way(20, not_ready=not_ready)
    slate.answer(**FLAT)
    call = ("judge" if not_ready else "finish") if step == "judged" else step
    getattr(first.store, when)(call, raising(Died()))
    with pytest.raises(Died):
        first.complete()

    second.complete()

    assert shown(slate) == {("PASS", False)}
    assert slate.row["judgement"].startswith("collapsed: ")
    assert second.alerter.kinds() == ["collapsed_forecasts"]


def test_two_that_judge_at_once_raise_one_alert(make_phase5, slate):
    first, second = make_phase5(), make_phase5()
    slate.under_way(18, not_ready=2)
    slate.answer(**FLAT)
    first.store.before("judge", lambda: second.complete())

    first.complete()

    assert first.alerter.kinds() + second.alerter.kinds() == ["collapsed_forecasts"]


def test_a_batch_that_is_claimed_anew_is_not_released_by_an_older_judgement(make_phase5, slate):
    first, second = make_phase5(), make_phase5()
    slate.under_way(18, not_ready=2)
    slate.answer(**BET)
    first.store.before("judge", lambda: second.start({"force": True}))

    first.complete()

    assert slate.row["judgement"] is None
    assert shown(slate) == {("PASS", False)}


def test_the_check_at_the_deadline_does_not_take_collapsed_forecasts_for_kept_promises(phase5, slate, clock):
    slate.under_way(20)
    slate.answer(**FLAT)
    phase5.complete()
    clock.advance(2 * 3600)

    answer = phase5.status(check="sla")

    assert answer.status_code == 503
    assert "sla_missed" in phase5.alerter.kinds()


def test_the_status_tells_the_judgement_and_why_rows_are_not_ready(phase5, slate):
    slate.expect(20)
    slate.features(ready=15, not_ready=3, no_history=2)

    told = phase5.status().get_json()

    assert told["judgement"] is None
    assert told["not_ready"] == {"stale": 3, "no_history": 2}


def test_thresholds_are_configuration(make_phase5, slate):
    phase5 = make_phase5(collapse_min_forecasts=21)
    slate.under_way(20)
    slate.answer(**FLAT)

    phase5.complete()

    assert slate.row["judgement"] == "sound"
