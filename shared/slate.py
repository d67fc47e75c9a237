"""A slate is the set of games of one date in America/New_York."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
PACIFIC = ZoneInfo("America/Los_Angeles")

FIRST_SLATE = date(2020, 1, 1)
LAST_SLATE = date(2040, 12, 31)
SCHEDULE_START = time(5, 0)
_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def slate_date(now: datetime) -> date:
    """Return the slate that `now` (aware) belongs to: the calendar date in New York."""
    if now.tzinfo is None:
        raise ValueError("slate_date needs an aware datetime")
    return now.astimezone(EASTERN).date()


def deadline(game_date: date, at: time = time(10, 0)) -> datetime:
    """Return the moment, in UTC, by which the slate's forecasts are due: `at` Eastern."""
    return datetime.combine(game_date, at, EASTERN).astimezone(UTC)


def morning(game_date: date) -> datetime:
    """Return 05:00 Pacific of the slate, in UTC: where replays of a day begin."""
    return datetime.combine(game_date, SCHEDULE_START, PACIFIC).astimezone(UTC)


def is_open_for_events(game_date: date, now: datetime) -> bool:
    """Say whether an event about `game_date` may start predictions: today's slate or tomorrow's."""
    today = slate_date(now)
    return today <= game_date <= today + timedelta(days=1)


def is_over(game_date: date, now: datetime) -> bool:
    """Say whether the slate's day has passed in New York: its forecasts stand then as they are graded."""
    return game_date < slate_date(now)


def parse_game_date(text: object) -> date:
    """Read a slate date written YYYY-MM-DD; raise ValueError saying what is wrong with it."""
    if not isinstance(text, str) or not _WRITTEN.fullmatch(text):  # fromisoformat also reads 2025-W48-5
        raise ValueError("must be a date written YYYY-MM-DD")
    try:
        parsed = date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("must be a date written YYYY-MM-DD") from error
    if not FIRST_SLATE <= parsed <= LAST_SLATE:
        raise ValueError(f"must lie between {FIRST_SLATE} and {LAST_SLATE}")
    return parsed
