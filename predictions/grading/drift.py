"""Is a system still what it was? The band of its own history, and since when it has left that. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import sqrt

from predictions.grading.scores import SlateScore, rounded

Measure = Callable[[SlateScore], float]

_ROUNDING = 1e-9


@dataclass(frozen=True)
class DriftPolicy:
    """When a system's error, or the coverage of its intervals, has left its historical band.

    The last `recent_slates` graded slates together are compared with up to `history_slates` before them,
    weighted by their forecasts: outside mean +- `standard_errors` is a drift. The standard error comes from
    the spread s of the slates' own values, and counts that the history's mean is uncertain too:
    s * sqrt(1/recent + 1/history). Slates with fewer than `least_forecasts` graded are left out; with fewer
    than `least_history` slates of history nothing is said. `look_back_days` is what is read: two seasons,
    so that each of the newest slates has its whole history, whatever the day.

    False alarms, measured on seeded histories of a system that never changes (25 to 250 forecasts a slate,
    4.1 points of spread between absolute errors): one look is wrong in 0.5% of the cases with 42 slates
    behind it, in 0.3% with 194. Looking every day, a measure drifts by chance 0.17 times a season and a
    system, by either of its two, 0.4 times, in its first season as later; with s / sqrt(recent) alone it
    would be nearly twice as often in the first. Systems that share their features err on the same days, so
    several tend to be named at once. An error that has grown by 5% is noticed after 14 slates in a third
    of the cases, by 10% in 98%. tests/predictions/measure_false_alarms.py prints these.

    On a walk through the real seasons 2023-24 and 2024-25 the systems drifted two or three times each: by
    0.2 points in the first weeks of a season, and on its last day, when regulars rest. Those are changes
    of the league: all systems show them at once. One that is named alone has changed itself.
    """

    recent_slates: int = 14
    history_slates: int = 180
    least_history: int = 28
    least_forecasts: int = 20
    standard_errors: float = 3.0
    look_back_days: int = 730


class Verdict(StrEnum):
    """What can be said of one measure of a system."""

    STEADY = "steady"
    DRIFTED = "drifted"
    TOO_LITTLE_HISTORY = "too_little_history"


@dataclass(frozen=True)
class Band:
    """One measure on the newest slates against its history: points of error, or the share covered.

    Without enough history the numbers are None; `history_slates` says how many there are.
    """

    verdict: Verdict
    history_slates: int
    recent: float | None = None
    usual: float | None = None
    low: float | None = None
    high: float | None = None


def band(scores: Sequence[SlateScore], measure: Measure, policy: DriftPolicy) -> Band:
    """Compare the newest of one system's slates, oldest first, with those before them."""
    counted = _counted(scores, policy)
    newest = counted[-policy.recent_slates :]
    history = counted[: -policy.recent_slates][-policy.history_slates :]
    if len(history) < policy.least_history:
        return Band(Verdict.TOO_LITTLE_HISTORY, len(history))
    recent, usual = _mean(newest, measure), _mean(history, measure)
    reach = policy.standard_errors * _spread(history, measure, usual)
    reach *= sqrt(1 / len(newest) + 1 / len(history))
    has_left = abs(recent - usual) > reach + _ROUNDING
    verdict = Verdict.DRIFTED if has_left else Verdict.STEADY
    return Band(verdict, len(history), *map(rounded, (recent, usual, usual - reach, usual + reach)))


def drifted_since(
    scores: Sequence[SlateScore], measures: Sequence[Measure], policy: DriftPolicy
) -> date | None:
    """Return the slate on which the drift of today began; None if no measure is outside its band.

    It began after the last `recent_slates` in a row that were inside: who hovers at the edge drifts once.
    """
    counted = _counted(scores, policy)
    has_left = _from_the_newest(counted, measures, policy)
    if not next(has_left, False):
        return None
    began = quiet = 0
    for back, is_out in enumerate(has_left, start=1):
        began, quiet = (back, 0) if is_out else (began, quiet + 1)
        if quiet == policy.recent_slates:
            break
    return counted[-1 - began].game_date


def is_recent(day: date, scores: Sequence[SlateScore], policy: DriftPolicy) -> bool:
    """Say whether a slate is one of the newest that count: what began before was told before."""
    newest = _counted(scores, policy)[-policy.recent_slates :]
    return bool(newest) and day >= newest[0].game_date


def _from_the_newest(
    counted: Sequence[SlateScore], measures: Sequence[Measure], policy: DriftPolicy
) -> Iterator[bool]:
    """Say for each slate, the newest first, whether a measure was outside its band on that day."""
    for end in range(len(counted), 0, -1):
        until = counted[:end]
        yield any(band(until, measure, policy).verdict is Verdict.DRIFTED for measure in measures)


def _counted(scores: Sequence[SlateScore], policy: DriftPolicy) -> list[SlateScore]:
    return [score for score in scores if score.graded >= policy.least_forecasts]


def _mean(scores: Sequence[SlateScore], measure: Measure) -> float:
    return sum(s.graded * measure(s) for s in scores) / sum(s.graded for s in scores)


def _spread(scores: Sequence[SlateScore], measure: Measure, mean: float) -> float:
    """Return the standard deviation of the slates' values, weighted by their forecasts."""
    squares = sum(s.graded * (measure(s) - mean) ** 2 for s in scores)
    degrees = (len(scores) - 1) / len(scores)
    return sqrt(squares / sum(s.graded for s in scores) / degrees)
