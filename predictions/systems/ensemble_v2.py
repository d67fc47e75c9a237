"""Several systems together: their medians, weighted by how well each did lately on games it had not seen."""

from collections.abc import Mapping

import numpy as np

from predictions.systems.base import FeatureTable, System, required_features
from predictions.systems.calibration import Calibration
from predictions.systems.explanation import Explanation, add_up
from predictions.systems.normal import FloatArray
from predictions.systems.scored import ScoredSystem


class EnsembleV2(ScoredSystem):
    """The weighted mean of its members' medians, with games around it as they lay around it before.

    `weights` are by member, above zero; their sum does not matter.
    """

    system_id = "ensemble_v2"

    def __init__(self, weights: Mapping[System, float], calibration: Calibration) -> None:
        super().__init__(calibration)
        total = sum(weights.values())
        self._shares = {member: weight / total for member, weight in weights.items()}

    @property
    def requires(self) -> tuple[str, ...]:
        """What its members read."""
        return required_features(tuple(self._shares))

    def compute_scores(self, table: FeatureTable) -> FloatArray:
        """Take the weighted mean of the members' medians."""
        parts = [share * member.forecast(table).quantile(0.5) for member, share in self._shares.items()]
        return np.asarray(np.sum(parts, axis=0), dtype=np.float64)

    def compute_explanation(self, table: FeatureTable) -> Explanation:
        """Take the weighted sum of what moved the members."""
        return add_up([(share, member.explain(table)) for member, share in self._shares.items()])
