"""A season as a calendar of slates, each with a letter for how it ended. Pure."""

import calendar
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from predictions.coordinator.console.headline import broke_its_promise
from predictions.coordinator.snapshot import Hold, State
from shared.errors import InvalidRequest
from shared.ports import Row
from shared.slate import FIRST_SLATE, LAST_SLATE, deadline

FIRST_MONTH = 7
"""A season is read from July to June; months of summer are shown only if something happened in them."""

_PLAYED_MONTHS = (10, 11, 12, 1, 2, 3, 4, 5, 6)


class Ended(StrEnum):
    """How a slate ended, or stands. The letter tells what the colour tells."""

    COMPLETE = "complete"
    LATE = "late"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "called off"
    PAUSED = "paused"
    UNDER_WAY = "under way"
    WAITING = "waiting"
    NO_GAMES = "no games"
    NOTHING = "nothing known"

    @property
    def letter(self) -> str:
        """Return what stands for it on the calendar."""
        return _LETTERS[self]


_LETTERS = {
    Ended.COMPLETE: "C",
    Ended.LATE: "L",
    Ended.PARTIAL: "P",
    Ended.FAILED: "F",
    Ended.CANCELLED: "×",
    Ended.PAUSED: "‖",
    Ended.UNDER_WAY: "›",
    Ended.WAITING: "W",
    Ended.NO_GAMES: "–",
    Ended.NOTHING: "",
}


@dataclass(frozen=True)
class Day:
    """One slate on the calendar."""

    game_date: date
    ended: Ended
    is_today: bool


@dataclass(frozen=True)
class Month:
    """One month in weeks from Sunday; None stands for days of the months beside it."""

    title: str
    weeks: tuple[tuple[Day | None, ...], ...]


@dataclass(frozen=True)
class Season:
    """The months, how many slates ended how, and the seasons before and after."""

    name: str
    months: tuple[Month, ...]
    counts: tuple[tuple[Ended, int], ...]
    previous: str | None
    following: str | None


def season_of(day: date) -> str:
    """Return the name of a date's season: 2026-27."""
    return _name(day.year if day.month >= FIRST_MONTH else day.year - 1)


def season_dates(name: str) -> tuple[date, date]:
    """Return a season's first and last date, within the slates that there are; raise InvalidRequest."""
    start, _, end = name.partition("-")
    is_written = len(start) == 4 and start.isascii() and start.isdecimal()
    if not is_written or end != f"{(int(start) + 1) % 100:02}" or not _is_there(int(start)):
        raise InvalidRequest("season", f"must be written like {season_of(FIRST_SLATE.replace(month=12))}")
    year = int(start)
    first, last = date(year, FIRST_MONTH, 1), date(year + 1, FIRST_MONTH - 1, 30)
    return max(first, FIRST_SLATE), min(last, LAST_SLATE)


def season(name: str, rows: Sequence[Row], today: date, due: time) -> Season:
    """Lay the rows of season_slates.sql out as months; `due` is the deadline's time in New York."""
    days = {row["game_date"]: _day(row, today, due) for row in rows}
    counts = Counter(day.ended for day in days.values() if day.game_date <= today)
    start = int(name[:4])
    return Season(
        name=name,
        months=tuple(_months(days, start)),
        counts=tuple((ended, counts[ended]) for ended in Ended if counts[ended] and ended.letter),
        previous=_name(start - 1) if _is_there(start - 1) else None,
        following=_name(start + 1) if _is_there(start + 1) else None,
    )


def _day(row: Row, today: date, due: time) -> Day:
    game_date = row["game_date"]
    return Day(game_date, _ended(row, game_date < today, deadline(game_date, due)), game_date == today)


def _ended(row: Row, is_past: bool, due: datetime) -> Ended:
    if row["hold"] is not None:
        return Ended.CANCELLED if row["hold"] == Hold.CANCELLED.value else Ended.PAUSED
    state = State(row["state"])
    if state is State.COMPLETE and row["newest_run_status"] == "no_games" and not row["expected"]:
        return Ended.NO_GAMES
    if state is State.COMPLETE:
        is_late = broke_its_promise(row["alerts_raised"], row["first_finished_at"], due)
        return Ended.LATE if is_late else Ended.COMPLETE
    if state in (State.PARTIAL, State.FAILED):
        return Ended(state.value)
    if state in (State.CLAIMED, State.PREDICTING):
        return Ended.UNDER_WAY
    return _without_a_batch(row, is_past)


def _without_a_batch(row: Row, is_past: bool) -> Ended:
    if row["newest_run_status"] == "no_games":
        return Ended.NO_GAMES
    if row["newest_run_status"] is None and not row["alerts_raised"]:
        return Ended.NOTHING
    return Ended.FAILED if is_past else Ended.WAITING


def _months(days: dict[date, Day], start: int) -> Iterator[Month]:
    weeks_of = calendar.Calendar(calendar.SUNDAY)
    for offset in range(12):
        month = (FIRST_MONTH - 1 + offset) % 12 + 1
        year = start if month >= FIRST_MONTH else start + 1
        weeks = weeks_of.monthdatescalendar(year, month)
        touched = [at for week in weeks for at in week if at.month == month and _is_touched(days.get(at))]
        if month not in _PLAYED_MONTHS and not touched:
            continue
        shown = tuple(tuple(days.get(at) if at.month == month else None for at in week) for week in weeks)
        yield Month(f"{calendar.month_name[month]} {year}", shown)


def _is_touched(day: Day | None) -> bool:
    return day is not None and day.ended is not Ended.NOTHING


def _name(start: int) -> str:
    return f"{start}-{(start + 1) % 100:02}"


def _is_there(start: int) -> bool:
    return FIRST_SLATE.year - 1 <= start <= LAST_SLATE.year
