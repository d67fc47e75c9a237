"""A simple forecast, corrected by how the most similar games of others went against theirs."""

import numpy as np

from predictions.systems.base import FeatureTable
from predictions.systems.calibration import Calibration
from predictions.systems.explanation import Explanation
from predictions.systems.normal import FloatArray
from predictions.systems.scored import ScoredSystem
from predictions.systems.similar_games import BASE, SIMILAR, SimilarGames, base_points
from predictions.systems.simple import explain_by_defaults

SIMILAR_GAMES = "similar_games"
"""The name under which the correction explains a forecast; it is no feature."""


class SimilarityV1(ScoredSystem):
    """The simple forecast plus the median correction of the nearest games, never under zero."""

    system_id = "similarity_v1"
    requires = tuple(dict.fromkeys((*SIMILAR, *BASE)))

    def __init__(self, games: SimilarGames, calibration: Calibration) -> None:
        super().__init__(calibration)
        self._games = games

    def compute_scores(self, table: FeatureTable) -> FloatArray:
        """Find the nearest games and correct the simple forecast by them."""
        return np.maximum(base_points(table) + self._games.correct(table), 0.0)

    def compute_explanation(self, table: FeatureTable) -> Explanation:
        """Explain the simple forecast, and name the correction beside it."""
        base = explain_by_defaults(base_points, tuple(BASE), table)
        correction = self.scores(table) - base_points(table)
        return Explanation((*base.names, SIMILAR_GAMES), np.column_stack([base.points, correction]))
