"""The rolling report: how each system has done lately and before, and whether it has drifted. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from predictions.grading.drift import Band, DriftPolicy, band, drifted_since, is_recent
from predictions.grading.scores import Accuracy, SlateScore, pool

_MEASURES = (lambda score: score.mae, lambda score: score.coverage_80)


@dataclass(frozen=True)
class SystemAccuracy:
    """One system: its newest graded slates together, those before, and the bands of two measures.

    `error` is the mean absolute error in points, `coverage` the share of points within p10 and p90.
    `drifted_since` is the slate on which either left its band; `is_new` that this was lately.
    """

    system_id: str
    recent: Accuracy
    before: Accuracy | None
    error: Band
    coverage: Band
    drifted_since: date | None
    is_new: bool


@dataclass(frozen=True)
class AccuracyReport:
    """What is known of all systems up to a slate; `newest_slate` is the last one that has box scores."""

    game_date: date
    newest_slate: date | None
    systems: tuple[SystemAccuracy, ...]

    def newly_drifted(self) -> Mapping[date, list[SystemAccuracy]]:
        """Return the systems whose drift began lately, by the slate on which it did."""
        found: dict[date, list[SystemAccuracy]] = {}
        for system in self.systems:
            if system.drifted_since and system.is_new:
                found.setdefault(system.drifted_since, []).append(system)
        return found


def accuracy_report(game_date: date, scores: Iterable[SlateScore], policy: DriftPolicy) -> AccuracyReport:
    """Put the report together of all scores up to a slate, oldest first.

    A system that none of the newest slates has is a thing of the past and left out.
    """
    by_system: dict[str, list[SlateScore]] = {}
    for score in scores:
        by_system.setdefault(score.system_id, []).append(score)
    days = sorted({score.game_date for of_system in by_system.values() for score in of_system})
    since = days[-policy.recent_slates :][:1]
    systems = (
        _system(system_id, of_system, policy)
        for system_id, of_system in sorted(by_system.items())
        if of_system[-1].game_date >= since[0]
    )
    return AccuracyReport(game_date, days[-1] if days else None, tuple(filter(None, systems)))


def _system(system_id: str, scores: Sequence[SlateScore], policy: DriftPolicy) -> SystemAccuracy | None:
    recent = pool(scores[-policy.recent_slates :])
    if recent is None:
        return None
    error, coverage = (band(scores, measure, policy) for measure in _MEASURES)
    since = drifted_since(scores, _MEASURES, policy)
    return SystemAccuracy(
        system_id=system_id,
        recent=recent,
        before=pool(scores[: -policy.recent_slates][-policy.history_slates :]),
        error=error,
        coverage=coverage,
        drifted_since=since,
        is_new=since is not None and is_recent(since, scores, policy),
    )
