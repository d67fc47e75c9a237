"""How counts and moments are written for people, wherever they read them. Pure."""

from datetime import datetime

from shared.slate import EASTERN


def counted(count: int, noun: str, nouns: str = "") -> str:
    """Return a number with its noun: 1 player, 1,200 players."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def eastern_moment(moment: datetime) -> str:
    """Return day, time and zone in New York: 2026-01-15 09:12:05 EST."""
    return f"{moment.astimezone(EASTERN):%Y-%m-%d %H:%M:%S %Z}"


def eastern_time(moment: datetime) -> str:
    """Return the time of day in New York: 09:12:05 ET."""
    return f"{moment.astimezone(EASTERN):%H:%M:%S} ET"
