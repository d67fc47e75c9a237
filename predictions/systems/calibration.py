"""From a score, which only ranks and rates, to a distribution: how games lay around such scores before."""

from dataclasses import dataclass, field, replace

import numpy as np

from predictions.systems.empirical import PROBABILITIES, EmpiricalDistribution
from predictions.systems.normal import FloatArray
from predictions.systems.recalibration import Recalibration

MIN_SCALE = 1.0
"""Points; nobody's games are known better than this."""


@dataclass(frozen=True)
class Calibration:
    """How points lie around scores, out of sample: (points - score) / scale has these quantiles.

    The scale of a score is `intercept + slope * sqrt(score)` points, and at least MIN_SCALE. `quantiles[i]`
    holds the standardised residuals at PROBABILITIES around the scores near `centres[i]`, rising; between
    two centres they are mixed, and beyond the outermost they stay. `recalibration` is for P(over) at a
    line. Raises ValueError for what does not fit together.
    """

    intercept: float
    slope: float
    centres: tuple[float, ...]
    quantiles: tuple[tuple[float, ...], ...]
    recalibration: Recalibration = field(default_factory=Recalibration)

    def __post_init__(self) -> None:
        if {len(level) for level in self.quantiles} != {len(PROBABILITIES)}:
            raise ValueError(f"a level must have {len(PROBABILITIES)} quantiles")
        if not len(self.quantiles) == len(self.centres) >= 2:
            raise ValueError("there must be two or more levels, and as many centres")
        numbers = (self.intercept, self.slope, *self.centres, *np.ravel(self.quantiles))
        if not np.isfinite(numbers).all():
            raise ValueError("every number must be finite")
        if not ((np.diff(self.centres) > 0).all() and (np.diff(self.quantiles) >= 0).all()):
            raise ValueError("centres must rise, and quantiles must not fall")

    def scale(self, scores: FloatArray) -> FloatArray:
        """Return the unit of the residuals around scores (n,), in points."""
        points = self.intercept + self.slope * np.sqrt(np.maximum(scores, 0.0))
        return np.asarray(np.maximum(points, MIN_SCALE), dtype=np.float64)

    def around(self, scores: FloatArray, main_lines: FloatArray | None = None) -> EmpiricalDistribution:
        """Return the points of players with these scores (n,), recalibrated by their main lines (n,)."""
        residuals = self.scale(scores)[:, None] * self._residuals(scores)
        plain = EmpiricalDistribution(scores[:, None] + residuals)
        if main_lines is None:
            return plain
        decided = 1.0 - plain.p_push(main_lines)
        return replace(plain, leans=self.recalibration.lean(plain.p_over(main_lines) / decided))

    def _residuals(self, scores: FloatArray) -> FloatArray:
        """The standardised quantiles (n, k), mixed of the two levels that each score lies between."""
        centres, quantiles = np.array(self.centres), np.array(self.quantiles)
        left = np.clip(np.searchsorted(centres, scores) - 1, 0, len(centres) - 2)
        share = (scores - centres[left]) / (centres[left + 1] - centres[left])
        share = np.clip(share, 0.0, 1.0)[:, None]
        return np.asarray((1.0 - share) * quantiles[left] + share * quantiles[left + 1])
