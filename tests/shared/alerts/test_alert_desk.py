from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from shared.alerts import RESEND_AFTER, AlertDesk, LogAlerter, raised_alerts, unconfirmed
from shared.config import Settings
from shared.errors import DependencyUnavailable
from shared.ports import Alert
from shared.statements import inline_statement

NOW = datetime(2025, 11, 28, 15, tzinfo=UTC)
CONFIRMED = inline_statement(
    "confirmed",
    "SELECT kind, severity, title, text, raised_at, sent_at "
    "FROM nba_reference.alerts WHERE game_date = @game_date ORDER BY kind",
    game_date="DATE",
)
RAISED = inline_statement(
    "raised",
    "SELECT alerts_raised FROM nba_reference.slates WHERE game_date = @game_date",
    game_date="DATE",
)


class FailingAppends:
    """A warehouse whose appends fail, so that an alert that was sent is not confirmed."""

    def __init__(self, warehouse):
        self.execute = warehouse.execute

    def append(self, table, rows):
        raise DependencyUnavailable("the store does not answer")


@pytest.fixture(scope="module")
def days():
    return (date(2025, 1, 1) + timedelta(days=n) for n in count())


@pytest.fixture
def slate(days):
    return next(days)


def standing(warehouse, slate):
    (row,) = warehouse.query(RAISED, game_date=slate)
    return row["alerts_raised"]


def test_an_alert_is_sent_and_confirmed_by_a_row(desk, alerter, warehouse, slate):
    was_sent = desk.raise_once(slate, "gap", "warning", "A gap", "8 of 100 are missing")

    assert was_sent
    assert alerter.sent == [Alert("gap", "warning", "A gap", "8 of 100 are missing", slate, NOW)]
    assert warehouse.query(CONFIRMED, game_date=slate) == [
        {
            "kind": "gap",
            "severity": "warning",
            "title": "A gap",
            "text": "8 of 100 are missing",
            "raised_at": NOW,
            "sent_at": NOW,
        }
    ]


def test_a_kind_is_raised_once_per_slate(desk, alerter, warehouse, slate):
    desk.raise_once(slate, "gap", "warning", "A gap", "8 missing")

    was_sent_again = desk.raise_once(slate, "gap", "critical", "Still a gap", "9 missing")

    assert not was_sent_again
    assert len(alerter.sent) == len(warehouse.query(CONFIRMED, game_date=slate)) == 1


@pytest.mark.parametrize("second", ["gap_at_deadline", "ga", "ap", "ga_"])
def test_a_kind_that_shares_letters_with_another_is_its_own(desk, alerter, slate, second):
    desk.raise_once(slate, "gap", "warning", "A gap", "")

    assert desk.raise_once(slate, second, "warning", "Another", "")


def test_each_slate_has_its_own_alerts(desk, alerter, slate, days):
    desk.raise_once(slate, "gap", "warning", "A gap", "")

    assert desk.raise_once(next(days), "gap", "warning", "A gap", "")


def test_a_channel_that_fails_leaves_the_alert_raised_and_unconfirmed(desk, alerter, warehouse, slate):
    alerter.is_down = True

    was_sent = desk.raise_once(slate, "gap", "warning", "A gap", "")

    assert not was_sent
    assert warehouse.query(CONFIRMED, game_date=slate) == []
    assert raised_alerts(standing(warehouse, slate)) == {"gap": NOW}


def test_an_unconfirmed_alert_is_listed_after_a_while_and_sent_again(desk, alerter, warehouse, slate):
    alerter.is_down = True
    desk.raise_once(slate, "gap", "warning", "A gap", "")
    alerter.is_down = False
    late = NOW + RESEND_AFTER

    listed = unconfirmed(standing(warehouse, slate), set(), late)
    was_sent = desk.resend(Alert("gap", "warning", "A gap", "", slate, NOW))

    confirmed = {row["kind"] for row in warehouse.query(CONFIRMED, game_date=slate)}
    assert (listed, was_sent, len(alerter.sent)) == (["gap"], True, 1)
    assert unconfirmed(standing(warehouse, slate), confirmed, late) == []


def test_an_alert_that_was_sent_but_not_confirmed_comes_again(warehouse, alerter, clock, slate):
    desk = AlertDesk(FailingAppends(warehouse), alerter, clock)

    was_confirmed = desk.raise_once(slate, "gap", "warning", "A gap", "")

    assert not was_confirmed
    assert unconfirmed(standing(warehouse, slate), set(), NOW + RESEND_AFTER) == ["gap"]


@pytest.mark.parametrize(
    ("age", "confirmed", "listed"),
    [
        pytest.param(119.999, set(), [], id="just under two minutes is still being sent"),
        pytest.param(120, set(), ["gap"], id="two minutes exactly is too long"),
        pytest.param(3600, {"gap"}, [], id="confirmed"),
        pytest.param(3600, {"other"}, ["gap"], id="another one is confirmed"),
    ],
)
def test_an_alert_is_unconfirmed_after_two_minutes_without_its_row(age, confirmed, listed):
    standing = f";gap@{NOW.isoformat()}"

    assert unconfirmed(standing, confirmed, NOW + timedelta(seconds=age)) == listed


def test_nobody_resends_an_alert_while_its_three_calls_may_still_be_under_way():
    call = timedelta(seconds=Settings.model_fields["call_timeout_seconds"].default)

    assert 3 * call < RESEND_AFTER


def test_the_list_of_a_quiet_slate_is_empty():
    assert raised_alerts("") == {}


@pytest.mark.parametrize("severity", ["info", "warning", "critical"])
def test_the_log_takes_every_severity(severity, slate):
    LogAlerter().send(Alert("gap", severity, "A gap", "", slate, NOW))
