"""The morning of a slate as a line: what has happened when, what is projected, and the deadline. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from predictions.coordinator.console.wording import against, eastern, span
from predictions.coordinator.snapshot import Snapshot
from shared.ports import Row
from shared.slate import EASTERN
from shared.wording import counted

_APART = 4.0  # percent of the picture: marks that are nearer are drawn as one
_MOST_TICKS = 6
_MARGIN = 4.0
_NOW_STAYS = timedelta(hours=14)  # of a slate of another day the present is off the picture


class Happened(StrEnum):
    """Whether a moment lies behind, is foreseen, is still open, or came too late."""

    DONE = "done"
    FORESEEN = "foreseen"
    OPEN = "open"
    LATE = "late"


@dataclass(frozen=True)
class Moment:
    """One step of the morning; `at` is None while nobody can tell."""

    name: str
    at: datetime | None
    happened: Happened
    detail: str


@dataclass(frozen=True)
class Mark:
    """A place on the picture: `x` in percent of its width, and which moments of the list are there."""

    x: float
    label: str
    happened: Happened


@dataclass(frozen=True)
class Tick:
    """A full hour on the picture."""

    x: float
    label: str


@dataclass(frozen=True)
class Timeline:
    """The list, and the picture of it."""

    moments: tuple[Moment, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    deadline_x: float
    now_x: float | None


def timeline(
    snapshot: Snapshot,
    batches: Sequence[Row],
    now: datetime,
    deadline: datetime,
    projected: datetime | None,
    first_finished_at: datetime | None = None,
) -> Timeline:
    """Lay the moments out in the order in which they are due; `batches` are those of the slate."""
    moments = tuple(_moments(snapshot, batches, now, deadline, projected, first_finished_at))
    return Timeline(moments, *_picture(moments, now, deadline))


def _moments(
    snapshot: Snapshot,
    batches: Sequence[Row],
    now: datetime,
    deadline: datetime,
    projected: datetime | None,
    first_finished_at: datetime | None,
) -> Iterator[Moment]:
    started_at, event_at = snapshot.feature_run_started_at, snapshot.feature_run_finished_at
    ready = f"{snapshot.ready:,} of {counted(snapshot.expected, 'expected player')} ready"
    yield _step("Features", started_at, deadline, ready if event_at else "Phase 4 has not finished")
    took = f"the run took {span(event_at - started_at)}" if started_at and event_at else ""
    yield _step("Event", event_at, deadline, took or "announces the features")
    claimed_at = snapshot.claimed_at
    yield _step("Claim", claimed_at, deadline, _since_the_event(claimed_at, event_at))
    fan_out = [row["requested_at"] for row in batches if row["batch_id"] == snapshot.batch_id]
    asked = counted(snapshot.batch_requested, "forecast") + " asked for"
    fan_out_at = min(fan_out, default=None)
    yield _step("Fan-out", fan_out_at, deadline, asked if fan_out_at else "nothing was asked for")
    yield _completion(snapshot, deadline, projected, first_finished_at)
    yield _deadline(snapshot, now, deadline)


def _step(name: str, at: datetime | None, deadline: datetime, detail: str) -> Moment:
    if at is None:
        return Moment(name, None, Happened.OPEN, detail)
    return Moment(name, at, Happened.DONE if at <= deadline else Happened.LATE, detail)


def _deadline(snapshot: Snapshot, now: datetime, deadline: datetime) -> Moment:
    if now < deadline:
        return Moment("Deadline", deadline, Happened.OPEN, f"in {span(deadline - now)}")
    is_kept = snapshot.is_covered or snapshot.is_cancelled
    happened = Happened.DONE if is_kept else Happened.LATE
    return Moment("Deadline", deadline, happened, f"{span(now - deadline)} ago")


def _since_the_event(claimed_at: datetime | None, event_at: datetime | None) -> str:
    if claimed_at is None:
        return "nobody has claimed the slate"
    if event_at is None or claimed_at < event_at:
        return "for an earlier run"
    return f"{span(claimed_at - event_at)} after the event"


def _completion(
    snapshot: Snapshot, deadline: datetime, projected: datetime | None, first_finished_at: datetime | None
) -> Moment:
    ended = snapshot.finished_at if snapshot.shown_state.is_finished else None
    at = first_finished_at or ended
    if ended is not None and at is not None:
        is_renewed = ended - at > timedelta(minutes=1)
        renewed = f"; renewed {eastern(ended, snapshot.game_date)}" if is_renewed else ""
        return _step("Completion", at, deadline, against(at, deadline) + renewed)
    if projected is not None:
        happened = Happened.LATE if projected > deadline else Happened.FORESEEN
        return Moment("Completion", projected, happened, f"projected, {against(projected, deadline)}")
    return Moment("Completion", None, Happened.OPEN, "nothing to project from yet")


def _picture(
    moments: Sequence[Moment], now: datetime, deadline: datetime
) -> tuple[tuple[Mark, ...], tuple[Tick, ...], float, float | None]:
    shows_now = abs(now - deadline) <= _NOW_STAYS
    dated = [(number, moment) for number, moment in enumerate(moments, start=1) if moment.at is not None]
    times = [moment.at for _, moment in dated if moment.at] + ([now] if shows_now else [])
    first, last = min(times), max(times)
    if last - first < timedelta(hours=1):
        first = last - timedelta(hours=1)

    def x(at: datetime) -> float:
        return round(_MARGIN + (100 - 2 * _MARGIN) * ((at - first) / (last - first)), 2)

    marked = [(moment.at, number, moment.happened) for number, moment in dated if moment.name != "Deadline"]
    placed = [(x(at), number, happened) for at, number, happened in marked if at]
    return tuple(_merged(placed)), tuple(_ticks(first, last, x)), x(deadline), x(now) if shows_now else None


def _merged(placed: list[tuple[float, int, Happened]]) -> Iterator[Mark]:
    """Draw marks that would cover each other as one, with the numbers of all."""
    group: list[tuple[float, int, Happened]] = []
    for mark in [*sorted(placed), None]:
        if group and (mark is None or mark[0] - group[-1][0] >= _APART):
            numbers = sorted(number for _, number, _ in group)
            label = f"{numbers[0]}–{numbers[-1]}" if len(numbers) > 2 else ", ".join(map(str, numbers))
            yield Mark(group[-1][0], label, group[-1][2])
            group = []
        if mark is not None:
            group.append(mark)


def _ticks(first: datetime, last: datetime, x: Callable[[datetime], float]) -> Iterator[Tick]:
    hours = (last - first) / timedelta(hours=1)
    step = next(step for step in (1, 2, 3, 4, 6, 12, 24, 10_000) if hours / step <= _MOST_TICKS)
    at = first.astimezone(EASTERN).replace(minute=0, second=0, microsecond=0)
    while at <= last:
        if at >= first and at.hour % step == 0:
            yield Tick(x(at), f"{at.hour}:00")
        at += timedelta(hours=1)
