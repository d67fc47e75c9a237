from datetime import UTC, datetime, timedelta

import pytest

from predictions.coordinator.waiting import WaitingPolicy, next_poll_seconds, wait_until

POLICY = WaitingPolicy()
SIX = datetime(2025, 1, 15, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("scheduled_at", "now", "until"),
    [
        pytest.param(None, SIX, SIX + timedelta(minutes=28), id="28 minutes from now"),
        pytest.param(SIX, SIX, SIX + timedelta(minutes=28), id="28 minutes from the schedule"),
        pytest.param(
            SIX,
            SIX + timedelta(minutes=10),
            SIX + timedelta(minutes=28),
            id="a retried attempt resumes",
        ),
        pytest.param(
            SIX + timedelta(hours=9),
            SIX,
            SIX + timedelta(minutes=28),
            id="a schedule in the future is not believed",
        ),
        pytest.param(
            SIX - timedelta(hours=1),
            SIX,
            SIX - timedelta(minutes=32),
            id="a schedule long ago leaves no wait",
        ),
    ],
)
def test_the_wait_is_anchored_to_the_scheduled_time(scheduled_at, now, until):
    assert wait_until(scheduled_at, now, POLICY) == until


@pytest.mark.parametrize(
    ("left", "pause"),
    [(1680, 60), (60, 60), (59, 59), (0.5, 0.5), (0, 0), (-10, 0)],
)
def test_a_poll_is_a_minute_or_what_is_left(left, pause):
    assert next_poll_seconds(SIX, SIX + timedelta(seconds=left), POLICY) == pause


def test_the_wait_ends_before_the_schedulers_longest_deadline():
    assert POLICY.wait_seconds + POLICY.poll_seconds < 1800
