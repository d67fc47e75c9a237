"""Boosted trees over all features: the median of points, and their mean."""

from predictions.systems.base import FeatureTable
from predictions.systems.calibration import Calibration
from predictions.systems.explanation import Explanation
from predictions.systems.forest import Forest
from predictions.systems.normal import FloatArray
from predictions.systems.scored import ScoredSystem


class TreesMedianV1(ScoredSystem):
    """Trees fitted to the absolute error, which the median of points makes smallest."""

    system_id = "trees_median_v1"

    def __init__(self, forest: Forest, calibration: Calibration) -> None:
        super().__init__(calibration)
        self._forest = forest

    @property
    def requires(self) -> tuple[str, ...]:
        """The features of the model's card."""
        return self._forest.names

    def compute_scores(self, table: FeatureTable) -> FloatArray:
        """Average the boosters."""
        return self._forest.scores(table)

    def compute_explanation(self, table: FeatureTable) -> Explanation:
        """Follow the trees' splits."""
        return self._forest.explain(table)


class TreesMeanV1(TreesMedianV1):
    """Trees fitted to the squared error, which the mean of points makes smallest."""

    system_id = "trees_mean_v1"
