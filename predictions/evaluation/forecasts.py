"""What each system said of everybody over a range, as columns to be counted up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from predictions.evaluation.candidates import BoolArray, Candidates, joined
from predictions.evaluation.slate_run import SlateRun
from predictions.systems.normal import FloatArray
from predictions.systems.recommendation import Recommendation

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
_SIDES = {Recommendation.OVER.value: 1.0, Recommendation.UNDER.value: -1.0}


@dataclass(frozen=True, eq=False)
class Columns:
    """What one system said of n candidates: mean and `quantiles` (n, 7) in points, P(over) and P(push) at
    the line, and the `side` that it would bet on: 1 over, -1 under, 0 neither. NaN where it said nothing.
    """

    mean: FloatArray
    quantiles: FloatArray
    p_over: FloatArray
    p_push: FloatArray
    side: FloatArray

    @property
    def median(self) -> FloatArray:
        """The point forecast (n,): no other makes the absolute error smaller."""
        return self.quantiles[:, QUANTILES.index(0.50)]

    @property
    def said(self) -> BoolArray:
        """Of whom it said anything (n,)."""
        return ~np.isnan(self.mean)

    def interval(self, percent: int) -> tuple[FloatArray, FloatArray]:
        """Return the ends (n,) of the central interval of 50, 80 or 90%."""
        low = {50: 0.25, 80: 0.10, 90: 0.05}[percent]
        column = QUANTILES.index(low)
        return self.quantiles[:, column], self.quantiles[:, len(QUANTILES) - 1 - column]


@dataclass(frozen=True, eq=False)
class Forecasts:
    """Candidates, the odds of their lines (n, NaN without), and what every system said of them."""

    candidates: Candidates
    over_odds: FloatArray
    under_odds: FloatArray
    by_system: dict[str, Columns]


@dataclass
class Collector:
    """Takes in one slate after the other."""

    systems: Sequence[str]
    _runs: list[tuple[Candidates, dict[str, Columns]]] = field(default_factory=list)

    def add(self, run: SlateRun) -> None:
        """Take in a slate."""
        sides = _sides(run)
        columns = {
            name: _columns(run, name, sides.get(name))
            if name in run.by_system
            else _nothing(len(run.candidates))
            for name in self.systems
        }
        self._runs.append((run.candidates, columns))

    def forecasts(self) -> Forecasts:
        """Return what was taken in; there must be a slate at least."""
        candidates = joined([candidates for candidates, _ in self._runs])
        return Forecasts(
            candidates,
            _odds(candidates, "over_odds"),
            _odds(candidates, "under_odds"),
            {name: _stacked(columns[name] for _, columns in self._runs) for name in self.systems},
        )


def _sides(run: SlateRun) -> dict[str, dict[str, float]]:
    sides: dict[str, dict[str, float]] = {}
    for row in run.rows:
        side = _SIDES.get(str(row["recommendation"]), 0.0)
        sides.setdefault(row["system_id"], {})[row["player_lookup"]] = side
    return sides


def _columns(run: SlateRun, name: str, sides: dict[str, float] | None) -> Columns:
    points, lines = run.by_system[name], run.candidates.lines
    known = sides or {}
    return Columns(
        mean=points.mean,
        quantiles=np.stack([points.quantile(q) for q in QUANTILES], axis=1),
        p_over=points.p_over(lines),
        p_push=points.p_push(lines),
        side=np.array([known.get(row["player_lookup"], 0.0) for row in run.candidates.rows]),
    )


def _nothing(n: int) -> Columns:
    empty = np.full(n, np.nan)
    return Columns(empty, np.full((n, len(QUANTILES)), np.nan), empty, empty, np.zeros(n))


def _stacked(parts: Iterable[Columns]) -> Columns:
    kept = list(parts)
    names = ("mean", "quantiles", "p_over", "p_push", "side")
    return Columns(**{name: np.concatenate([getattr(part, name) for part in kept]) for name in names})


def _odds(candidates: Candidates, name: str) -> FloatArray:
    return np.array([np.nan if row[name] is None else row[name] for row in candidates.rows], dtype=np.float64)
