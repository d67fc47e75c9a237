from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from structlog.testing import capture_logs

from shared.alert_entries import RESEND_AFTER, entry_text, raised_alerts, read_entries
from shared.alerts import AlertDesk, LogAlerter
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


def left(alerts_raised, alerts_confirmed, now):
    return [entry.name for entry in read_entries(alerts_raised, alerts_confirmed) if entry.is_left(now)]


def told(kind, at, severity="warning"):
    """Return what a snapshot says of a message."""
    return f"{kind}@{severity}@{int(at.timestamp() * 1_000_000)}"


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

    listed = left(standing(warehouse, slate), None, late)
    was_sent = desk.resend([Alert("gap", "warning", "A gap", "", slate, NOW)])

    assert (listed, was_sent, len(alerter.sent)) == (["gap"], True, 1)
    assert left(standing(warehouse, slate), told("gap", NOW), late) == []


def test_an_alert_that_was_sent_but_not_confirmed_comes_again(warehouse, alerter, clock, slate):
    desk = AlertDesk(FailingAppends(warehouse), alerter, clock)

    was_confirmed = desk.raise_once(slate, "gap", "warning", "A gap", "")

    assert not was_confirmed
    assert left(standing(warehouse, slate), None, NOW + RESEND_AFTER) == ["gap"]


@pytest.mark.parametrize(
    ("age", "confirmed", "listed"),
    [
        pytest.param(119.999, None, [], id="just under two minutes is still being sent"),
        pytest.param(120, None, ["gap"], id="two minutes exactly is too long"),
        pytest.param(3600, ("gap", 0), [], id="confirmed at the same moment"),
        pytest.param(3600, ("gap", -0.001), ["gap"], id="what was sent before is about an earlier time"),
        pytest.param(3600, ("other", 1), ["gap"], id="another one is confirmed"),
        pytest.param(3600, ("gap:resolved", 1), ["gap"], id="its earlier end is confirmed"),
    ],
)
def test_an_alert_is_left_after_two_minutes_without_its_row(age, confirmed, listed):
    sent = confirmed and told(confirmed[0], NOW + timedelta(seconds=confirmed[1]))

    assert left(entry_text("gap", NOW), sent, NOW + timedelta(seconds=age)) == listed


def test_of_several_messages_of_a_kind_the_newest_confirms():
    early, late = told("gap", NOW - timedelta(hours=1), "critical"), told("gap", NOW)

    (entry,) = read_entries(entry_text("gap", NOW), f"{late};{early}")

    assert (entry.is_confirmed, entry.severity) == (True, "warning")


def test_nobody_resends_an_alert_while_its_calls_may_still_be_under_way():
    call = timedelta(seconds=Settings.model_fields["call_timeout_seconds"].default)
    raised_counted_and_confirmed, sent = 3 * call, call * 2 / 3

    assert raised_counted_and_confirmed + sent < RESEND_AFTER


@pytest.fixture
def end(slate):
    """Make the message that the gap of the slate is over."""
    return lambda at=NOW: Alert("gap:resolved", "warning", "Closed", "19 of 20", slate, at)


def test_an_alert_that_is_over_makes_place_and_may_be_raised_again(desk, alerter, warehouse, slate, end):
    desk.raise_once(slate, "gap", "warning", "A gap", "")
    desk.raise_once(slate, "gap_of_another", "warning", "A gap", "")

    was_told = desk.resolve(entry_text("gap", NOW), end())
    over = standing(warehouse, slate)
    was_raised = desk.raise_once(slate, "gap", "warning", "A gap", "")

    assert (was_told, was_raised) == (True, True)
    assert set(read_names(over)) == {"gap:resolved", "gap_of_another"}
    assert read_names(standing(warehouse, slate)) == ["gap_of_another", "gap"]
    assert [alert.kind for alert in alerter.sent] == ["gap", "gap_of_another", "gap:resolved", "gap"]
    assert len(warehouse.query(CONFIRMED, game_date=slate)) == 4


def read_names(alerts_raised):
    return [entry.name for entry in read_entries(alerts_raised, None)]


def test_of_two_who_see_that_an_alert_is_over_one_says_so(desk, alerter, slate, end):
    desk.raise_once(slate, "gap", "warning", "A gap", "")

    outcomes = [desk.resolve(entry_text("gap", NOW), end()) for _ in range(2)]

    assert outcomes == [True, False]
    assert [alert.kind for alert in alerter.sent] == ["gap", "gap:resolved"]


def test_an_alert_that_was_raised_anew_since_the_read_is_not_over(desk, alerter, slate, end):
    desk.raise_once(slate, "gap", "warning", "A gap", "")

    was_told = desk.resolve(entry_text("gap", NOW - timedelta(seconds=1)), end())

    assert not was_told
    assert [alert.kind for alert in alerter.sent] == ["gap"]


def test_the_end_of_an_alert_is_logged_as_information(slate):
    with capture_logs() as lines:
        LogAlerter().send(Alert("gap:resolved", "critical", "Closed", "", slate, NOW))

    (line,) = lines
    assert (line["event_name"], line["kind"], line["log_level"]) == ("alert_resolved", "gap", "info")


def test_the_list_of_a_quiet_slate_is_empty():
    assert raised_alerts("") == {}


@pytest.mark.parametrize("severity", ["info", "warning", "critical"])
def test_the_log_takes_every_severity(severity, slate):
    LogAlerter().send(Alert("gap", severity, "A gap", "", slate, NOW))
