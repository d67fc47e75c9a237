"""Alerts reach people once per slate and kind until they are over; what is unconfirmed is sent again."""

import pytest

from predictions.coordinator import notices
from shared.alert_entries import RESEND_AFTER
from shared.outcomes import Reason
from shared.slate import EASTERN
from shared.statements import load_statement


def test_five_events_under_the_floor_alert_once(phase5, slate):
    slate.expect(20)
    slate.features(ready=9, not_ready=11)

    codes = [phase5.trigger().status_code for _ in range(5)]

    assert codes == [200] * 5
    (alert,) = phase5.alerter.sent
    assert (alert.kind, alert.severity) == ("insufficient_data", "warning")
    assert alert.text == "9/20 players ready (45.0%)."


def test_each_slate_has_its_own_alerts(make_phase5, slate, clock, session_store):
    phase5 = make_phase5()
    phase5.trigger()
    tomorrow = slate.game_date.fromordinal(slate.game_date.toordinal() + 1)

    phase5.trigger(game_date=tomorrow.isoformat())

    assert [alert.game_date for alert in phase5.alerter.sent] == [slate.game_date, tomorrow]


@pytest.mark.parametrize(
    ("ready", "alerts"),
    [
        pytest.param(20, [], id="nobody missing"),
        pytest.param(19, [], id="one of 20 is not a gap"),
        pytest.param(18, ["gap"], id="two of 20 are over 5%"),
    ],
)
def test_starting_with_a_gap_is_alerted(make_phase5, slate, ready, alerts):
    phase5 = make_phase5(ready_percent=100)
    slate.expect(20)
    slate.features(ready=ready, not_ready=20 - ready)

    phase5.trigger()

    assert phase5.alerter.kinds() == alerts


@pytest.mark.parametrize(
    ("failed", "alerts", "status"),
    [
        pytest.param(1, [], "success", id="one of 20 failed"),
        pytest.param(2, ["gap"], "partial", id="two of 20 failed"),
    ],
)
def test_a_batch_that_ends_with_a_gap_is_alerted(phase5, slate, failed, alerts, status):
    slate.under_way(20)
    slate.answer(Reason.INVALID_FEATURES, players=slate.names[:failed])
    slate.answer()

    phase5.complete()

    assert phase5.alerter.kinds() == alerts
    assert slate.batch_runs()[0]["status"] == status


# ---------------------------------------------------------------- sent for certain


def test_an_alert_that_was_not_confirmed_is_sent_again_by_the_next_question(phase5, slate, clock):
    phase5.alerter.is_down = True
    phase5.trigger()
    phase5.alerter.is_down = False
    clock.advance(RESEND_AFTER.total_seconds() - 1)
    phase5.retry()
    early = phase5.alerter.kinds()

    clock.advance(1)
    phase5.retry()
    clock.advance(RESEND_AFTER.total_seconds() + 1)
    phase5.retry()

    assert (early, phase5.alerter.kinds()) == ([], ["insufficient_data"])
    assert len(slate.rows("nba_reference.alerts")) == 1


def test_a_channel_that_is_down_does_not_change_the_answer(phase5, slate):
    phase5.alerter.is_down = True

    response = phase5.trigger()

    assert (response.status_code, response.get_json()["status"]) == (200, "insufficient_data")


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        ("wait_timed_out", "critical"),
        ("insufficient_data", "warning"),
        ("no_predictions", "critical"),
        ("sla_missed", "critical"),
        ("publish_failed", "critical"),
        ("gap", "warning"),
        ("system_drift", "warning"),
    ],
)
def test_an_alert_keeps_its_severity_when_it_is_sent_again(phase5, slate, clock, kind, severity):
    raised_at = clock.now()
    entry = f";{kind}@{raised_at.isoformat()}"
    raise_alert = load_statement("shared", "raise_alert")
    phase5.store.execute(raise_alert, game_date=slate.game_date, kind=kind, entry=entry)
    clock.advance(RESEND_AFTER.total_seconds())

    phase5.retry()

    (alert,) = phase5.alerter.sent
    assert (alert.kind, alert.severity, alert.raised_at) == (kind, severity, raised_at)
    assert f"{raised_at.astimezone(EASTERN):%Y-%m-%d %H:%M:%S %Z}" in alert.text


# ---------------------------------------------------------------- the deadline in sight


def _minutes_before_ten(clock, minutes):
    clock.advance(3600 * 2 - minutes * 60 - clock.now().minute * 60 - clock.now().second)


@pytest.mark.parametrize(
    ("minutes", "alerts"),
    [
        pytest.param(31, [], id="31 minutes before the deadline"),
        pytest.param(30, ["sla_at_risk"], id="30 minutes before"),
        pytest.param(1, ["sla_at_risk"], id="a minute before"),
        pytest.param(0, ["gap"], id="at the deadline the slate is closed instead"),
    ],
)
def test_a_retry_warns_when_nothing_has_been_answered_half_an_hour_before(
    phase5, slate, clock, minutes, alerts
):
    slate.expect(20)
    _minutes_before_ten(clock, minutes)

    phase5.scheduled_retry()
    phase5.scheduled_retry()

    assert phase5.alerter.kinds() == alerts


@pytest.mark.parametrize(
    ("answered", "alerts"),
    [
        pytest.param(2, ["sla_at_risk"], id="2 of 20 in 7 minutes: an hour more is needed"),
        pytest.param(10, [], id="10 of 20 in 7 minutes: 7 more are needed"),
        pytest.param(19, [], id="one left of 20"),
    ],
)
def test_a_retry_projects_the_completion_at_the_pace_so_far(phase5, slate, clock, answered, alerts):
    slate.ready(20)
    _minutes_before_ten(clock, 60)
    phase5.trigger()
    slate.answer(players=slate.names[:answered])
    clock.advance(400)

    phase5.scheduled_retry()

    assert phase5.alerter.kinds() == alerts


def test_only_a_retry_judges_the_pace(phase5, slate, clock):
    slate.under_way(20)
    _minutes_before_ten(clock, 10)

    phase5.start()
    phase5.trigger()

    assert phase5.alerter.kinds() == []


# ---------------------------------------------------------------- what is said


def test_a_deadline_missed_without_any_forecast_has_its_own_name(make_snapshot):
    none = notices.sla_missed(make_snapshot(expected=20, covered=0))
    some = notices.sla_missed(make_snapshot(expected=20, covered=12))
    unknown = notices.sla_missed(make_snapshot(expected=0, covered=0))

    assert (none.kind, some.kind, unknown.kind) == ("no_predictions", "sla_missed", "sla_missed")
    assert none.text == "20 players are expected and none has a forecast."
    assert some.text == "12 of 20 expected players have a forecast or a reason."


def test_a_risk_says_why(make_snapshot):
    notice = notices.sla_at_risk(make_snapshot(predicted=3), "10 minutes are left")

    assert notice.text == "3 of 20 expected players are done; 10 minutes are left."
