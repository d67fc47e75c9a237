"""Systems that score players and know how games lay around such scores: what they have in common."""

from abc import ABC, abstractmethod
from typing import ClassVar

from predictions.systems.base import FeatureTable
from predictions.systems.calibration import Calibration
from predictions.systems.distribution import Distribution
from predictions.systems.explanation import Explanation
from predictions.systems.normal import FloatArray
from predictions.systems.once import OncePerTable


class ScoredSystem(ABC):
    """A system whose forecast is its calibration around its scores.

    Scores, forecasts and explanations are computed once a table: a system may be asked for itself and be a
    member of an ensemble.
    """

    system_id: ClassVar[str]
    uses_line: ClassVar[bool] = False

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration
        self._scores = OncePerTable(self.compute_scores)
        self._forecasts = OncePerTable(self.compute_forecast)
        self._explanations = OncePerTable(self.compute_explanation)

    @property
    @abstractmethod
    def requires(self) -> tuple[str, ...]:
        """The features that it reads."""

    def scores(self, table: FeatureTable) -> FloatArray:
        """Return the score of every player (n,), in points."""
        return self._scores(table)

    def forecast(self, table: FeatureTable) -> Distribution:
        """Return the points of every player of the table, in its order."""
        return self._forecasts(table)

    def explain(self, table: FeatureTable) -> Explanation:
        """Return what moved each player's score away from what is usual, in points."""
        return self._explanations(table)

    @abstractmethod
    def compute_scores(self, table: FeatureTable) -> FloatArray:
        """Work the scores out."""

    @abstractmethod
    def compute_explanation(self, table: FeatureTable) -> Explanation:
        """Work the explanation out."""

    def compute_forecast(self, table: FeatureTable) -> Distribution:
        """Work the distributions out: past games around the scores."""
        return self._calibration.around(self.scores(table), table.main_lines)
