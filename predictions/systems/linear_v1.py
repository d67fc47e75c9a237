"""A straight line through every feature: what trees approximate in steps, and what they are checked by."""

from dataclasses import dataclass

import numpy as np

from predictions.systems.base import FeatureTable
from predictions.systems.calibration import Calibration
from predictions.systems.explanation import Explanation
from predictions.systems.normal import FloatArray
from predictions.systems.scored import ScoredSystem


@dataclass(frozen=True)
class LinearScore:
    """`intercept` plus, for every feature, `slope * (value - mean)`, the value kept within `low` and `high`.

    All are in the order of `names` (k,); slopes are points per unit of the feature. Raises ValueError for
    lengths that do not fit and numbers that are not finite.
    """

    names: tuple[str, ...]
    intercept: float
    slopes: tuple[float, ...]
    means: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]

    def __post_init__(self) -> None:
        parts = (self.slopes, self.means, self.lows, self.highs)
        if any(len(part) != len(self.names) for part in parts):
            raise ValueError(f"there must be {len(self.names)} slopes, means, lows and highs")
        if not np.isfinite([self.intercept, *(value for part in parts for value in part)]).all():
            raise ValueError("every number of a linear score must be finite")

    def moves(self, table: FeatureTable) -> FloatArray:
        """Return by how many points each feature moves each player's score away from the mean, (n, k)."""
        values = np.clip(table.columns(self.names), self.lows, self.highs)
        return np.asarray((values - np.array(self.means)) * np.array(self.slopes), dtype=np.float64)


class LinearV1(ScoredSystem):
    """A ridge regression of points on the features, never under zero."""

    system_id = "linear_v1"

    def __init__(self, score: LinearScore, calibration: Calibration) -> None:
        super().__init__(calibration)
        self._score = score

    @property
    def requires(self) -> tuple[str, ...]:
        """The features of the model's card."""
        return self._score.names

    def compute_scores(self, table: FeatureTable) -> FloatArray:
        """Add the moves of all features to the mean."""
        scores = self._score.intercept + self._score.moves(table).sum(axis=1)
        return np.asarray(np.maximum(scores, 0.0), dtype=np.float64)

    def compute_explanation(self, table: FeatureTable) -> Explanation:
        """The moves are the explanation."""
        return Explanation(self._score.names, self._score.moves(table))
