"""How the console writes moments, spans of time and numbers. Pure."""

from datetime import date, datetime, timedelta

from shared.slate import EASTERN
from shared.wording import counted

NONE = "–"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def eastern(moment: datetime | None, game_date: date | None = None, seconds: bool = False) -> str:
    """Return a moment as New York's clock shows it, with its day where that is not the slate's."""
    if moment is None:
        return NONE
    there = moment.astimezone(EASTERN)
    clock = f"{there.hour}:{there:%M:%S} ET" if seconds else f"{there.hour}:{there:%M} ET"
    return clock if game_date in (None, there.date()) else f"{there:%b} {there.day}, {clock}"


def long_date(day: date) -> str:
    """Return Thursday, 15 January 2026."""
    return f"{day:%A}, {day.day} {day:%B %Y}"


def span(between: timedelta) -> str:
    """Return a span of time in its two largest units, whatever its sign: 2 h 5 min."""
    seconds = abs(round(between.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < 10 * _MINUTE and seconds % _MINUTE:
        return f"{seconds // _MINUTE} min {seconds % _MINUTE} s"
    minutes = round(seconds / _MINUTE)
    if minutes < _MINUTE:
        return f"{minutes} min"
    if minutes < _DAY // _MINUTE:
        return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"
    days, hours = divmod(round(seconds / _HOUR), 24)
    return f"{counted(days, 'day')} {hours} h" if hours and days < 3 else counted(days, "day")


def against(moment: datetime, deadline: datetime) -> str:
    """Say how long before or after the deadline a moment is."""
    if abs(deadline - moment) < timedelta(seconds=1):
        return "at the deadline"
    return f"{span(deadline - moment)} {'before' if moment < deadline else 'after'} the deadline"


def figure(value: float | None, digits: int = 1) -> str:
    """Return a number to so many digits; a dash for none."""
    return NONE if value is None else f"{value:,.{digits}f}"


def line(value: float | None) -> str:
    """Return a bookmaker's line as it is written: 22.5, 22."""
    return NONE if value is None else f"{value:g}"


def signed(value: float | None, digits: int = 1) -> str:
    """Return a number with its sign, and a true minus."""
    return NONE if value is None else f"{value:+.{digits}f}".replace("-", "\N{MINUS SIGN}")


def percent(share: float | None, digits: int = 0) -> str:
    """Return a share from 0 to 1 in percent."""
    return NONE if share is None else f"{100 * share:.{digits}f}%"


def signed_percent(share: float | None, digits: int = 1) -> str:
    """Return a share with its sign in percent."""
    return NONE if share is None else f"{signed(100 * share, digits)}%"


def spaced(word: str) -> str:
    """Return a word for machines as people read it: no_history is no history."""
    return word.replace("_", " ")
