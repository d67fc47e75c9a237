"""The bookmaker's line, moved a little towards the forecast that has not seen it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from predictions.systems.base import FeatureTable
from predictions.systems.calibration import Calibration
from predictions.systems.distribution import Distribution
from predictions.systems.ensemble_v2 import EnsembleV2
from predictions.systems.explanation import Explanation
from predictions.systems.normal import FloatArray
from predictions.systems.scored import ScoredSystem

LINE = "line"
"""The name under which the line explains a forecast; it is no feature."""

LEAST_BLEND = 0.5
"""Points: the lowest line there is."""


class LineBlendV1(ScoredSystem):
    """`line + share * (score of ensemble_v2 - line)`; players without a line are forecast by ensemble_v2."""

    system_id = "line_blend_v1"
    uses_line = True

    def __init__(self, ensemble: EnsembleV2, share: float, calibration: Calibration) -> None:
        super().__init__(calibration)
        self._ensemble = ensemble
        self._share = share

    @property
    def requires(self) -> tuple[str, ...]:
        """What ensemble_v2 reads."""
        return self._ensemble.requires

    def compute_scores(self, table: FeatureTable) -> FloatArray:
        """Go the share of the way from each line to the score; without a line, the score it is."""
        scores, lines = self._ensemble.scores(table), table.main_lines
        blended = np.maximum(lines + self._share * (scores - lines), LEAST_BLEND)
        return np.where(np.isnan(lines), scores, blended)

    def compute_forecast(self, table: FeatureTable) -> Distribution:
        """Take the blend where there is a line."""
        blended = super().compute_forecast(table)
        return EitherDistribution(~np.isnan(table.main_lines), blended, self._ensemble.forecast(table))

    def compute_explanation(self, table: FeatureTable) -> Explanation:
        """Explain ensemble_v2, and say beside it how far the line moved its score."""
        ensemble = self._ensemble.explain(table)
        moved = self.scores(table) - self._ensemble.scores(table)
        return Explanation((*ensemble.names, LINE), np.column_stack([ensemble.points, moved]))


@dataclass(frozen=True)
class EitherDistribution:
    """The points of n players: of `first` where `is_first` (n,), of `second` elsewhere."""

    is_first: np.ndarray[Any, np.dtype[np.bool_]]
    first: Distribution
    second: Distribution

    @property
    def mean(self) -> FloatArray:
        """The mean points (n,)."""
        return np.where(self.is_first, self.first.mean, self.second.mean)

    def quantile(self, q: float) -> FloatArray:
        """Return the points (n,) under which each player stays with probability `q`."""
        return np.where(self.is_first, self.first.quantile(q), self.second.quantile(q))

    def p_over(self, lines: FloatArray) -> FloatArray:
        """Return P(more points than the line)."""
        return np.where(self.is_first, self.first.p_over(lines), self.second.p_over(lines))

    def p_under(self, lines: FloatArray) -> FloatArray:
        """Return P(fewer points than the line)."""
        return np.where(self.is_first, self.first.p_under(lines), self.second.p_under(lines))

    def p_push(self, lines: FloatArray) -> FloatArray:
        """Return P(exactly the line)."""
        return np.where(self.is_first, self.first.p_push(lines), self.second.p_push(lines))
