"""An alert that was raised and never confirmed is sent again by one of those who notice, and only by one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from shared.alert_entries import RESEND_AFTER, read_entries
from shared.alerts import AlertDesk
from shared.errors import DependencyUnavailable
from shared.ports import Alert
from shared.statements import inline_statement

NOW = datetime(2025, 11, 28, 15, tzinfo=UTC)
RAISED = inline_statement(
    "raised",
    "SELECT alerts_raised FROM nba_reference.slates WHERE game_date = @game_date",
    game_date="DATE",
)


class StoreAway:
    def execute(self, statement, **parameters):
        raise DependencyUnavailable("the store does not answer")


@pytest.fixture(scope="module")
def slates():
    return (date(2025, 11, 28) + timedelta(days=day) for day in count())


@pytest.fixture
def standing(warehouse):
    """Read what stands on a slate's row."""

    def read(slate):
        (row,) = warehouse.query(RAISED, game_date=slate)
        return read_entries(row["alerts_raised"], None)

    return read


@pytest.fixture
def unsent(desk, alerter, clock, slates):
    """An alert that was raised while the channel was down."""
    slate, raised_at = next(slates), clock.now()
    alerter.is_down = True
    desk.raise_once(slate, "gap", "warning", "A gap", "")
    alerter.is_down = False
    clock.advance(RESEND_AFTER.total_seconds() + 1)
    return Alert("gap", "warning", "A gap", "", slate, raised_at)


def test_of_two_who_read_the_same_one_sends(desk, alerter, unsent):
    outcomes = [desk.resend([unsent]), desk.resend([unsent])]

    assert outcomes == [True, False]
    assert len(alerter.sent) == 1


def test_a_channel_that_is_still_down_leaves_it_to_the_next(desk, alerter, clock, unsent):
    alerter.is_down = True
    desk.resend([unsent])
    alerter.is_down = False

    was_sent = desk.resend([replace(unsent, tried_at=clock.now())])

    assert was_sent


def test_however_often_it_is_tried_people_read_when_it_was_raised_first(
    desk, alerter, clock, unsent, standing
):
    alerter.is_down = True
    for _ in range(3):
        (entry,) = standing(unsent.game_date)
        desk.resend([replace(unsent, raised_at=entry.at, tried_at=entry.tried_at)])
        clock.advance(RESEND_AFTER.total_seconds())

    (entry,) = standing(unsent.game_date)
    assert (entry.at, clock.now() - entry.tried_at) == (unsent.raised_at, RESEND_AFTER)


def test_of_two_who_read_the_same_try_one_sends(desk, alerter, clock, unsent):
    alerter.is_down = True
    desk.resend([unsent])
    alerter.is_down = False
    tried = replace(unsent, tried_at=clock.now())
    clock.advance(RESEND_AFTER.total_seconds())

    outcomes = [desk.resend([tried]), desk.resend([tried])]

    assert outcomes == [True, False]
    assert [alert.raised_at for alert in alerter.sent] == [unsent.raised_at]


def test_a_read_older_than_the_confirmation_sends_nothing(desk, alerter, clock, slates):
    slate, raised_at = next(slates), clock.now()
    desk.raise_once(slate, "gap", "warning", "A gap", "")
    clock.advance(RESEND_AFTER.total_seconds())

    was_sent = desk.resend([Alert("gap", "warning", "A gap", "", slate, raised_at)])

    assert not was_sent
    assert len(alerter.sent) == 1


def test_a_store_that_is_away_sends_nothing_and_raises_nothing(alerter, clock, unsent):
    was_sent = AlertDesk(StoreAway(), alerter, clock).resend([unsent])

    assert not was_sent
    assert alerter.sent == []
