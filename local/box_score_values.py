"""How the values of box-score files are written. Every parser raises ValueError with the reason."""

import re
from datetime import date
from functools import lru_cache

from local.csv_file import parse_day, parse_id, parse_number
from local.player_lookup import player_lookup

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WORDED_DAY = re.compile(r"([A-Z]{3}) (\d{1,2}), (\d{4})", re.ASCII)
_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?Z?$")
_CLOCK = re.compile(r"(\d+)(?:\.0*)?:([0-5]\d)", re.ASCII)
_MATCHUP = re.compile(r"(\S+) (@|vs\.?) (\S+)", re.IGNORECASE)
_WITHOUT_ZEROS = re.compile(r"[1-6]\d{7}", re.ASCII)
_FLAGS = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}


@lru_cache(maxsize=4096)
def parse_game_day(text: str) -> date:
    """Read 2024-10-28, 2024-10-28T00:00:00 or OCT 28, 2024."""
    worded = _WORDED_DAY.fullmatch(text.upper())
    if worded and worded[1] in _MONTHS:
        return parse_day(f"{worded[3]}-{_MONTHS.index(worded[1]) + 1:02d}-{int(worded[2]):02d}")
    return parse_day(_MIDNIGHT.sub("", text))


@lru_cache(maxsize=4096)
def parse_game_id(text: str) -> str:
    """Read a game id; one that was once read as a number gets its two leading zeros back."""
    game_id = parse_id(text)
    return f"00{game_id}" if _WITHOUT_ZEROS.fullmatch(game_id) else game_id


@lru_cache(maxsize=4096)
def parse_minutes(text: str) -> float:
    """Read minutes, with a fraction (34.5) or with seconds (34:12)."""
    clock = _CLOCK.fullmatch(text)
    minutes = int(clock[1]) + int(clock[2]) / 60 if clock else parse_number(text)
    if minutes < 0:
        raise ValueError("is negative")
    return minutes


@lru_cache(maxsize=4096)
def parse_name(text: str) -> str:
    """Read a player's name, which must leave a lookup."""
    if not player_lookup(text):
        raise ValueError("is not a name in Latin letters")
    return text


def parse_flag(text: str) -> bool:
    """Read true or false, in words or as 1 and 0."""
    if text.lower() not in _FLAGS:
        raise ValueError("is neither true nor false")
    return _FLAGS[text.lower()]


@lru_cache(maxsize=4096)
def parse_matchup(text: str) -> tuple[str, str]:
    """Read DAL vs. UTA or CHI @ MEM as (home, away)."""
    sides = _MATCHUP.fullmatch(text)
    if not sides:
        raise ValueError("is not a match-up like DAL vs. UTA or CHI @ MEM")
    first, second = sides[1].upper(), sides[3].upper()
    return (second, first) if sides[2] == "@" else (first, second)
