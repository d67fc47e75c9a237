"""An alert that was raised and never confirmed is sent again by one of those who notice, and only by one."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from shared.alert_entries import RESEND_AFTER
from shared.alerts import AlertDesk
from shared.errors import DependencyUnavailable
from shared.ports import Alert

NOW = datetime(2025, 11, 28, 15, tzinfo=UTC)


class StoreAway:
    def execute(self, statement, **parameters):
        raise DependencyUnavailable("the store does not answer")


@pytest.fixture(scope="module")
def slates():
    return (date(2025, 11, 28) + timedelta(days=day) for day in count())


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
    renewed_at = clock.now()
    alerter.is_down = False

    was_sent = desk.resend([Alert("gap", "warning", "A gap", "", unsent.game_date, renewed_at)])

    assert was_sent


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
