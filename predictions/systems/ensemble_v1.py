"""Several systems together: their weighted mean, with a spread that grows as they disagree."""

from collections.abc import Mapping, Sequence

import numpy as np

from predictions.systems.base import FeatureTable, TooFewSystems, required_features
from predictions.systems.distribution import PointsDistribution
from predictions.systems.explanation import Explanation, add_up
from predictions.systems.minutes_rate_v1 import MinutesRateV1
from predictions.systems.moving_average_v1 import MovingAverageV1

MIN_MEMBERS = 2

# Measured walk-forward, 2022-23 and 2023-24: every share of minutes_rate_v1 from 0.6 to 0.8 gives the
# same error within 0.002 points, all of them less than either system alone.
WEIGHTS: Mapping[str, float] = {"moving_average_v1": 0.3, "minutes_rate_v1": 0.7}


class EnsembleV1:
    """A combination of moving_average_v1 and minutes_rate_v1, if they are asked for beside it."""

    system_id = "ensemble_v1"
    uses_line = False

    def __init__(self, members: Sequence[MovingAverageV1 | MinutesRateV1]) -> None:
        self._members = tuple(members)
        self.requires = required_features(self._members)

    def forecast(self, table: FeatureTable) -> PointsDistribution:
        """Combine the members' distributions; raise TooFewSystems if there are fewer than two."""
        parts = [member.forecast(table) for member in self._members]
        return combine(parts, self._weights())

    def explain(self, table: FeatureTable) -> Explanation:
        """Return the weighted sum of what moved the members; raise TooFewSystems as `forecast` does."""
        weights = self._weights()
        parts = [member.explain(table) for member in self._members]
        return add_up(list(zip(weights, parts, strict=True)))

    def _weights(self) -> list[float]:
        if len(self._members) < MIN_MEMBERS:
            named = ", ".join(member.system_id for member in self._members) or "none"
            raise TooFewSystems(f"{self.system_id} needs {MIN_MEMBERS} systems and got {named}")
        return [WEIGHTS[member.system_id] for member in self._members]


def combine(parts: Sequence[PointsDistribution], weights: Sequence[float]) -> PointsDistribution:
    """Return the mean and spread of a mixture: the parts' variances, and that of their means."""
    shares = np.asarray(weights, dtype=np.float64) / sum(weights)
    means = np.stack([part.mean for part in parts])
    spreads = np.stack([part.spread for part in parts])
    mean = shares @ means
    variance = shares @ (spreads**2 + (means - mean) ** 2)
    return PointsDistribution(mean, np.sqrt(variance))
