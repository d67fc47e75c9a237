"""The feature contract: names, units, ranges and defaults, for the writer, the systems and the validator.

Features travel by name. Every value is computed from games of earlier dates only. A value outside its
range quarantines the row; a missing one takes the default and costs quality.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FEATURE_VERSION = "v2.1"


@dataclass(frozen=True)
class Feature:
    """One number about a player before a game; `minimum` and `maximum` are inclusive."""

    name: str
    unit: str
    minimum: float
    maximum: float
    default: float
    meaning: str


FEATURES: tuple[Feature, ...] = (
    Feature("points_avg_5", "points", 0, 80, 8.0, "mean of the last 5 games"),
    Feature("points_avg_10", "points", 0, 80, 8.0, "mean of the last 10 games"),
    Feature("points_avg_20", "points", 0, 80, 8.0, "mean of the last 20 games"),
    Feature("points_ewm_3", "points", 0, 80, 8.0, "weighted mean, half-life 3 games"),
    Feature("points_ewm_8", "points", 0, 80, 8.0, "weighted mean, half-life 8 games"),
    Feature("points_ewm_15", "points", 0, 80, 8.0, "weighted mean, half-life 15 games"),
    Feature("points_std_10", "points", 0, 78, 5.5, "standard deviation of the last 10 games"),
    Feature("points_max_10", "points", 0, 110, 15.0, "most in the last 10 games"),
    Feature("minutes_avg_5", "minutes", 0, 60, 18.0, "mean of the last 5 games"),
    Feature("minutes_avg_10", "minutes", 0, 60, 18.0, "mean of the last 10 games"),
    Feature("minutes_ewm_3", "minutes", 0, 60, 18.0, "weighted mean, half-life 3 games"),
    Feature("minutes_std_10", "minutes", 0, 43, 6.0, "standard deviation of the last 10 games"),
    Feature(
        "minutes_trend",
        "minutes",
        -60,
        60,
        0.0,
        "mean of the last 3 games less that of the last 10",
    ),
    Feature(
        "points_per_minute_10",
        "points per minute",
        0,
        6,
        0.44,
        "points over minutes, last 10 games",
    ),
    Feature("points_per_minute_ewm_15", "points per minute", 0, 6, 0.44, "weighted, half-life 15 games"),
    Feature("usage_avg_10", "share", 0, 1, 0.19, "share of the team's plays used while playing, last 10"),
    Feature("usage_ewm_5", "share", 0, 1, 0.19, "the same, weighted, half-life 5 games"),
    Feature("shots_per_minute_10", "attempts per minute", 0, 4, 0.37, "field goals attempted, last 10"),
    Feature("three_point_share_10", "share", 0, 1, 0.40, "attempts that are threes, last 10"),
    Feature("free_throw_rate_10", "attempts per attempt", 0, 10, 0.24, "free throws per shot, last 10"),
    Feature("true_shooting_10", "points per two attempts", 0, 1.5, 0.57, "true shooting, last 10 games"),
    Feature("points_share_10", "share", 0, 1, 0.09, "share of the team's points, last 10 games"),
    Feature("games_played", "games", 0, 200, 0.0, "games in the last 400 days"),
    Feature("rest_days", "days", 0, 400, 3.0, "days without a game before this one"),
    Feature("games_last_7_days", "games", 0, 7, 2.0, "games in the 7 days before"),
    Feature("games_last_14_days", "games", 0, 14, 5.0, "games in the 14 days before"),
    Feature("is_back_to_back", "flag", 0, 1, 0.0, "1 if the player's team played the day before"),
    Feature("is_home", "flag", 0, 1, 0.0, "1 at home"),
    Feature("opponent_points_allowed_10", "points", 60, 170, 114.0, "per game, opponent's last 10"),
    Feature("opponent_defence_10", "points per 100 possessions", 60, 170, 114.0, "opponent's last 10"),
    Feature("opponent_pace_10", "possessions", 70, 130, 99.0, "possessions a game, opponent's last 10"),
    Feature("team_points_10", "points", 60, 170, 114.0, "per game, the team's last 10"),
    Feature("team_pace_10", "possessions", 70, 130, 99.0, "possessions a game, the team's last 10"),
    Feature("games_with_team_20", "games", 0, 20, 0.0, "of his last 20 games, those for this team"),
)

FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
BY_NAME: Mapping[str, Feature] = {feature.name: feature for feature in FEATURES}


def out_of_range(name: str, value: float) -> bool:
    """Say whether a value breaks the contract of its feature (a NaN does)."""
    feature = BY_NAME[name]
    return not feature.minimum <= value <= feature.maximum
