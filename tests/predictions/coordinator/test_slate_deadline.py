"""10:00 Eastern: who cannot come any more is closed, and whether the promise was kept is judged."""

import pytest
from phase5_bench import told
from slate_builder import REQUESTS
from watched_ports import raising

from shared.errors import DependencyUnavailable
from shared.slate import deadline

NOT_READY = ("skipped", "not_ready")


@pytest.fixture
def until_deadline(clock, slate):
    """Advance to so many seconds after the deadline."""

    def advance(seconds=0.0):
        clock.advance((deadline(slate.game_date) - clock.now()).total_seconds() + seconds)

    return advance


# ---------------------------------------------------------------- closing


@pytest.mark.parametrize(
    ("seconds", "closed"),
    [pytest.param(-0.001, 0, id="just before"), pytest.param(0, 8, id="at the deadline")],
)
def test_at_the_deadline_the_rest_is_closed_and_the_slate_is_partial(
    phase5, slate, until_deadline, seconds, closed
):
    slate.under_way(12, not_ready=8)
    slate.answer()
    until_deadline(seconds)

    phase5.scheduled_retry()

    endings = slate.endings()
    assert [name for name in slate.names if endings.get(name) == NOT_READY] == slate.names[20 - closed :]
    assert slate.state == ("partial" if closed else "predicting")


def test_a_partial_slate_is_a_partial_run_with_a_gap(phase5, slate, until_deadline):
    slate.under_way(18, not_ready=2)
    slate.answer()
    until_deadline()

    phase5.scheduled_retry()

    (run,) = slate.batch_runs()
    assert (run["status"], phase5.alerter.kinds()) == ("partial", ["gap"])


def test_a_newer_run_opens_a_partial_slate_again(phase5, slate, until_deadline):
    slate.under_way(12, not_ready=8)
    slate.answer()
    until_deadline()
    phase5.scheduled_retry()

    slate.features(ready=20, run="run2")
    response = phase5.trigger()
    slate.answer()
    phase5.complete()

    assert (response.status_code, slate.state) == (202, "complete")
    assert set(slate.endings().values()) == {("predicted", None)}


def test_those_in_flight_at_the_deadline_are_waited_for(phase5, slate, until_deadline):
    slate.expect(20)
    slate.features(ready=12, not_ready=8)
    until_deadline(-10)
    phase5.trigger()
    until_deadline()
    phase5.scheduled_retry()
    state_at_deadline = slate.state

    slate.answer()
    phase5.complete()

    assert (state_at_deadline, slate.state) == ("predicting", "partial")
    assert sorted(slate.endings().values()) == [("predicted", None)] * 12 + [NOT_READY] * 8


def test_the_ready_are_still_requested_after_the_deadline(phase5, slate, until_deadline):
    slate.expect(20)
    slate.features(ready=12, not_ready=8)
    until_deadline(3600)

    response = phase5.scheduled_retry()

    assert response.get_json()["players_published"] == 12
    assert [name for name, end in slate.endings().items() if end == NOT_READY] == slate.names[12:]


def test_under_the_floor_at_the_deadline_everybody_is_closed_and_the_slate_failed(
    phase5, slate, until_deadline
):
    slate.expect(20)
    slate.features(ready=8, not_ready=10, no_history=2)
    until_deadline()

    response = phase5.scheduled_retry()

    assert response.get_json()["status"] == "waiting_for_phase4"
    assert slate.endings() == dict.fromkeys(slate.names, NOT_READY)
    assert (slate.state, slate.batch_runs()[0]["status"]) == ("failed", "failed")
    assert phase5.publisher.published == []


def test_a_slate_that_was_given_up_is_not_closed_twice(phase5, slate, until_deadline):
    slate.expect(20)
    until_deadline()

    phase5.scheduled_retry()
    phase5.scheduled_retry()
    start = phase5.start()

    assert (start.status_code, start.get_json()["status"]) == (503, "insufficient_data")
    assert slate.row["generation"] == 1


def test_a_failed_slate_is_opened_by_a_run_that_comes_after_all(phase5, slate, until_deadline):
    slate.expect(20)
    until_deadline()
    phase5.scheduled_retry()

    slate.features(ready=20)
    response = phase5.trigger()

    assert (response.status_code, slate.state, len(slate.rows(REQUESTS))) == (202, "predicting", 20)


def test_force_under_the_floor_closes_only_who_is_open(phase5, slate, until_deadline):
    slate.under_way(12, not_ready=8)
    slate.answer("failed")
    slate.expect([f"q{i:03}" for i in range(20)])  # twice as many are expected now: under the floor
    until_deadline()

    phase5.start({"force": True})

    endings = slate.endings()
    assert {endings[name] for name in slate.names[:12]} == {("failed", None)}
    assert {endings[name] for name in slate.names[12:]} == {NOT_READY}


# ---------------------------------------------------------------- the promise


def _check(phase5):
    return phase5.status(check="sla")


def test_before_the_deadline_nothing_has_been_promised_yet(phase5, slate, until_deadline):
    slate.ready(20)
    until_deadline(-1)

    response = _check(phase5)

    assert (response.status_code, phase5.alerter.sent, phase5.publisher.published) == (200, [], [])


def test_a_kept_promise_is_200_without_an_alert(phase5, slate, until_deadline):
    slate.expect(20)
    slate.features(ready=18, no_history=2)
    phase5.trigger()
    slate.answer()
    until_deadline()

    response = _check(phase5)

    assert (response.status_code, response.get_json()["covered"]) == (200, 20)
    assert phase5.alerter.sent == []


def test_games_today_and_no_predictions_is_503_and_exactly_one_alert(phase5, slate, until_deadline):
    slate.ready(20)
    until_deadline()

    codes = [_check(phase5).status_code for _ in range(2)]

    assert codes == [503, 503]
    (alert,) = phase5.alerter.sent
    assert (alert.kind, alert.severity) == ("no_predictions", "critical")


def test_a_promise_kept_for_some_is_missed(phase5, slate, until_deadline):
    slate.under_way(20)
    slate.answer(players=slate.names[:19])
    until_deadline()

    response = _check(phase5)

    assert (response.status_code, phase5.alerter.kinds()) == (503, ["sla_missed"])


def test_forecasts_of_an_older_run_keep_the_promise(phase5, slate, until_deadline):
    slate.under_way(20)
    slate.answer()
    phase5.complete()
    slate.features(ready=20, run="run2")
    until_deadline()

    response = _check(phase5)

    body = response.get_json()
    assert (response.status_code, body["covered"], body["predicted"]) == (200, 20, 0)
    assert phase5.alerter.sent == []


def test_a_slate_without_games_keeps_every_promise(phase5, slate, until_deadline):
    slate.ran("run1", "no_games")
    until_deadline()

    response = _check(phase5)

    assert (response.status_code, phase5.alerter.sent) == (200, [])


def test_a_slate_of_which_nothing_is_known_does_not(phase5, slate, until_deadline):
    until_deadline()

    response = _check(phase5)

    assert (response.status_code, phase5.alerter.kinds()) == (503, ["sla_missed"])


def test_the_check_repairs_what_nobody_has_asked_for(phase5, slate, until_deadline):
    slate.expect(20)
    slate.features(ready=12, not_ready=8)
    until_deadline()

    _check(phase5)

    assert len(phase5.publisher.players()) == 12
    assert sum(end == NOT_READY for end in slate.endings().values()) == 8


def test_newcomers_whom_the_check_ends_count_as_kept(phase5, slate, until_deadline):
    slate.under_way(18)
    slate.answer()
    slate.expect(["q000"])
    slate.features(ready=18, no_history=["q000"], run="run1")
    until_deadline()

    assert _check(phase5).status_code == 200


def test_a_check_that_cannot_repair_alerts_all_the_same(phase5, slate, until_deadline):
    slate.ready(20)
    until_deadline()
    phase5.publisher.error = DependencyUnavailable("no route to the topic")

    response = _check(phase5)

    assert response.status_code == 503
    assert response.get_json()["status"] == "waiting"
    assert phase5.alerter.kinds() == ["publish_failed", "no_predictions"]


def test_a_check_that_cannot_read_is_an_error_and_no_alert(phase5, slate, until_deadline):
    slate.ready(20)
    until_deadline()
    phase5.store.breaks("snapshot", times=2)

    response = _check(phase5)

    assert told(response) == (503, {"status": "error", "message": "not available now, try again"})
    assert phase5.alerter.sent == []


def test_the_deadline_is_configuration(make_phase5, slate, clock):
    phase5 = make_phase5(deadline_eastern="08:00")
    slate.ready(20)

    assert _check(phase5).status_code == 503


def test_a_check_beside_a_live_claim_judges_what_it_sees(make_phase5, slate, until_deadline):
    first, second = make_phase5(), make_phase5()
    slate.ready(20)
    until_deadline()
    first.store.after("claim", raising(DependencyUnavailable("no answer")))
    first.store.breaks("claim_holder")
    first.start()

    response = _check(second)

    assert (response.status_code, second.alerter.kinds()) == (503, ["no_predictions"])
