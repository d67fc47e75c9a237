"""How long may the scheduler's /start wait for Phase 4? Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class WaitingPolicy:
    """Wait at most `wait_seconds` from the scheduled time, asking every `poll_seconds`.

    28 minutes end before Cloud Scheduler's longest attempt deadline of 30 minutes.
    """

    wait_seconds: float = 1680.0
    poll_seconds: float = 60.0


def wait_until(scheduled_at: datetime | None, now: datetime, policy: WaitingPolicy) -> datetime:
    """Return when the wait ends: anchored to the scheduled time, so that a retried attempt resumes it.

    A schedule time in the future is not believed.
    """
    anchor = min(scheduled_at, now) if scheduled_at else now
    return anchor + timedelta(seconds=policy.wait_seconds)


def next_poll_seconds(now: datetime, until: datetime, policy: WaitingPolicy) -> float:
    """Return how long to sleep before asking again; zero when the wait is over."""
    return max(0.0, min(policy.poll_seconds, (until - now).total_seconds()))
