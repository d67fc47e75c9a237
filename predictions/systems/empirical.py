"""Distributions of points as past games had them: quantiles at fixed probabilities, for n players."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from predictions.systems.normal import FloatArray
from predictions.systems.recalibration import leaned

PROBABILITIES: FloatArray = np.concatenate([[0.002, 0.005], np.arange(1, 100) / 100, [0.995, 0.998]])
_NARROWEST = 1e-9
_MOST = 1e6  # points; nobody scores more, and a nonsense line must not overflow
_RARE = 0.0005  # of nothing that can happen does anybody know that it happens less often


@dataclass(frozen=True)
class EmpiricalDistribution:
    """Points of n players: `points` (n, k) are their quantiles at PROBABILITIES (k,).

    Every whole number of points is spread evenly over the unit around it, so that P(points <= 20) lies at
    20.5; between two quantiles a straight line is taken, and beyond the outermost their lines go on, to a
    probability of 0.0005. What falls below zero is a game of no points. Raises ValueError for quantiles
    that are not finite or fall.

    `leans` (n,) move the logit of every P(over) of a player, pushes left out: none by default. So what past
    lines taught about his main line goes along to the lines beside it. Lines of one kind (whole, or half)
    stay ordered: a higher one is never likelier to be beaten.
    """

    points: FloatArray
    leans: FloatArray | None = None

    def __post_init__(self) -> None:
        if self.points.ndim != 2 or self.points.shape[1] != len(PROBABILITIES):
            raise ValueError(f"points {self.points.shape} must be (n, {len(PROBABILITIES)})")
        if not (np.isfinite(self.points).all() and (np.diff(self.points) >= 0).all()):
            raise ValueError("every quantile must be finite, and not less than the one before")

    @cached_property
    def mean(self) -> FloatArray:
        """The mean points (n,) between the outermost quantiles, negative points counted as none."""
        inner = np.trapezoid(np.maximum(self.points, 0.0), PROBABILITIES, axis=1)
        return np.asarray(inner / (PROBABILITIES[-1] - PROBABILITIES[0]), dtype=np.float64)

    def quantile(self, q: float) -> FloatArray:
        """Return the points (n,) under which each player stays with probability `q`, 0 < q < 1."""
        right = int(np.clip(np.searchsorted(PROBABILITIES, q), 1, len(PROBABILITIES) - 1))
        low, high = PROBABILITIES[right - 1], PROBABILITIES[right]
        share = (min(max(q, PROBABILITIES[0]), PROBABILITIES[-1]) - low) / (high - low)
        left = self.points[:, right - 1]
        points = left + (self.points[:, right] - left) * share
        return np.asarray(np.maximum(points, 0.0), dtype=np.float64)

    def p_over(self, lines: FloatArray) -> FloatArray:
        """Return P(more points than the line): of what is no push, leaned."""
        below, at_most = self._around(lines)
        decided = 1.0 - (at_most - below)  # never zero, since `at_most` stays under one
        p = (1.0 - at_most) / decided
        return (p if self.leans is None else leaned(p, self.leans)) * decided

    def p_under(self, lines: FloatArray) -> FloatArray:
        """Return P(fewer points than the line)."""
        return 1.0 - self.p_over(lines) - self.p_push(lines)

    def p_push(self, lines: FloatArray) -> FloatArray:
        """Return P(exactly the line), which is zero unless the line is whole."""
        below, at_most = self._around(lines)
        return at_most - below

    def _around(self, lines: FloatArray) -> tuple[FloatArray, FloatArray]:
        """P(points < line) and P(points <= line)."""
        return self._at_most(np.ceil(lines) - 0.5), self._at_most(np.floor(lines) + 0.5)

    def _at_most(self, points: FloatArray) -> FloatArray:
        """P(X <= points) for points (n,), before any lean; a NaN stays a NaN."""
        right = np.clip((self.points <= points[:, None]).sum(axis=1), 1, len(PROBABILITIES) - 1)
        row = np.arange(len(points))
        low, high = self.points[row, right - 1], self.points[row, right]
        share = (np.clip(points, -1.0, _MOST) - low) / np.maximum(high - low, _NARROWEST)
        left = PROBABILITIES[right - 1]
        probability = np.clip(left + (PROBABILITIES[right] - left) * share, _RARE, 1.0 - _RARE)
        return np.where(points < 0, 0.0, probability)
