"""What a player scored lately: the weighted mean with a half-life of 8 games."""

from predictions.systems.base import FeatureTable
from predictions.systems.distribution import PointsDistribution
from predictions.systems.explanation import Explanation
from predictions.systems.normal import FloatArray
from predictions.systems.simple import explain_by_defaults
from predictions.systems.spread import points_around

# A newcomer's mean leans on one game of 6 points, what such players score. Measured walk-forward on
# players with 1 to 9 games and 15+ minutes: the error falls from 4.43 to 4.32 points, 2022-23 to 2024-25.
PRIOR_POINTS = 6.0
PRIOR_GAMES = 1.0


class MovingAverageV1:
    """Points as they were, the newest games weighing most."""

    system_id = "moving_average_v1"
    requires = ("points_ewm_8", "games_played")
    uses_line = False

    def forecast(self, table: FeatureTable) -> PointsDistribution:
        return points_around(_mean(table))

    def explain(self, table: FeatureTable) -> Explanation:
        return explain_by_defaults(_mean, self.requires, table)


def _mean(table: FeatureTable) -> FloatArray:
    games = table.column("games_played")
    total = games * table.column("points_ewm_8") + PRIOR_GAMES * PRIOR_POINTS
    return total / (games + PRIOR_GAMES)
