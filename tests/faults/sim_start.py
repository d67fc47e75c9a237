"""Which slate a run plays, and when it begins: mostly in the morning, sometimes at a tricky time."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from shared.slate import EASTERN, deadline

_FIRST_DATE = date(2021, 1, 1)
_DATES = 7000
_MINUTES_BEFORE_DEADLINE = (120, 120, 60, 6, 3)
_TRICKY = 0.15
_BEFORE_MIDNIGHT = time(23, 57)
_BEFORE_THE_CLOCKS_CHANGE = time(1, 57)


@dataclass(frozen=True)
class Start:
    """A slate, and the moment at which its run begins."""

    game_date: date
    moment: datetime


def start_of(seed: int, random: Random) -> Start:
    """Draw the start: some runs cross midnight in New York, some the hour that is left out or comes twice."""
    game_date = _FIRST_DATE + timedelta(days=seed % _DATES)
    if random.random() >= _TRICKY:
        minutes = random.choice(_MINUTES_BEFORE_DEADLINE)
        return Start(game_date, deadline(game_date) - timedelta(minutes=minutes))
    if random.random() < 0.5:
        return Start(game_date, _eastern(game_date - timedelta(days=1), _BEFORE_MIDNIGHT))
    changing = _next_change(game_date)
    return Start(changing, _eastern(changing, _BEFORE_THE_CLOCKS_CHANGE))


def _eastern(day: date, at: time) -> datetime:
    return datetime.combine(day, at, EASTERN)


def _next_change(day: date) -> date:
    """Return the first date from this one on at which the clocks of New York change."""
    while _eastern(day, time(0)).utcoffset() == _eastern(day + timedelta(days=1), time(0)).utcoffset():
        day += timedelta(days=1)
    return day
