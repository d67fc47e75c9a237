"""The feature contract: names, units, ranges and defaults, for the writer, the systems and the validator.

Features travel by name. Every value is computed from games of earlier dates only. A value outside its
range quarantines the row; a missing one takes the default and costs quality. A range is what the formula
allows (a share, a part of 240 minutes) or leaves ample room around the most extreme of the 140,000 rows of
2021-22 to 2024-25; the defaults are their means, of counts of games those of a newcomer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FEATURE_VERSION = "v3.0"


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
    Feature("points_avg_5", "points", 0, 80, 9.6, "mean of the last 5 games"),
    Feature("points_ewm_3", "points", 0, 80, 9.6, "weighted mean, half-life 3 games"),
    Feature("points_ewm_8", "points", 0, 80, 9.6, "weighted mean, half-life 8 games"),
    Feature("points_ewm_15", "points", 0, 80, 9.6, "weighted mean, half-life 15 games"),
    Feature("points_ewm_30", "points", 0, 80, 9.6, "weighted mean, half-life 30 games"),
    Feature("points_last", "points", 0, 110, 9.3, "in the last game"),
    Feature("points_std_10", "points", 0, 78, 5.0, "standard deviation of the last 10 games"),
    Feature(
        "points_by_attempts_8", "points", 0, 110, 9.6, "attempts, half-life 8 games, times drawn accuracies"
    ),
    Feature("minutes_avg_5", "minutes", 0, 60, 20.7, "mean of the last 5 games"),
    Feature("minutes_avg_10", "minutes", 0, 60, 20.7, "mean of the last 10 games"),
    Feature("minutes_ewm_3", "minutes", 0, 60, 20.7, "weighted mean, half-life 3 games"),
    Feature("minutes_ewm_30", "minutes", 0, 60, 20.7, "weighted mean, half-life 30 games"),
    Feature("minutes_last", "minutes", 0, 80, 20.2, "in the last game"),
    Feature("minutes_last_2", "minutes", 0, 80, 20.9, "in the game before it"),
    Feature("minutes_std_10", "minutes", 0, 43, 5.7, "standard deviation of the last 10 games"),
    Feature("minutes_trend", "minutes", -60, 60, 0.0, "mean of the last 3 games less that of the last 10"),
    Feature("minutes_close_8", "minutes", 0, 80, 21.5, "half-life 8, games within 12 points (if any)"),
    Feature("margin_last", "points", -120, 120, 0.0, "by how much his team won the last game"),
    Feature("margin_abs_ewm_3", "points", 0, 120, 13.5, "winner's lead, weighted, half-life 3 games"),
    Feature("points_per_minute_ewm_15", "points per minute", 0, 6, 0.42, "weighted, half-life 15 games"),
    Feature("points_per_minute_ewm_60", "points per minute", 0, 3, 0.43, "half-life 60, drawn to 0.43"),
    Feature("usage_avg_10", "share", 0, 5, 0.19, "share of the team's plays used while playing, last 10"),
    Feature("usage_ewm_2", "share", 0, 5, 0.19, "the same, weighted, half-life 2 games"),
    Feature("usage_ewm_5", "share", 0, 5, 0.19, "the same, weighted, half-life 5 games"),
    Feature("usage_ewm_30", "share", 0, 5, 0.19, "the same, weighted, half-life 30 games"),
    Feature("shots_per_minute_10", "attempts per minute", 0, 4, 0.34, "field goals attempted, last 10"),
    Feature("shots_ewm_5", "attempts", 0, 60, 7.6, "field goals attempted, half-life 5 games"),
    Feature("shots_ewm_8", "attempts", 0, 60, 7.6, "field goals attempted, half-life 8 games"),
    Feature("free_throws_ewm_8", "attempts", 0, 60, 1.9, "free throws attempted, half-life 8 games"),
    Feature("three_point_share_10", "share", 0, 1, 0.41, "attempts that are threes, last 10"),
    Feature("three_point_accuracy", "share", 0, 1, 0.35, "made, half-life 60 games, drawn to 0.35"),
    Feature("two_point_accuracy", "share", 0, 1, 0.53, "made, half-life 60 games, drawn to 0.53"),
    Feature("true_shooting_10", "points per two attempts", 0, 1.5, 0.56, "true shooting, last 10 games"),
    Feature("points_share_10", "share", 0, 1, 0.09, "share of the team's points, last 10 games"),
    Feature("playing_style", "style", -20, 20, 0.0, "a guard's under -0.7, a big man's over 1"),
    Feature("games_played", "games", 0, 200, 0.0, "games in the last 400 days"),
    Feature("games_last_60_days", "games", 0, 60, 16.0, "games in the 60 days before"),
    Feature("rest_days", "days", 0, 400, 3.0, "days without a game before this one"),
    Feature("games_since_absence", "games", 0, 15, 6.0, "team's games since one without him; 15: none"),
    Feature("points_by_supply", "points", 0, 112, 9.7, "his part of 112 among those expected to play"),
    Feature("minutes_by_supply", "minutes", 0, 240, 21.0, "his part of 240 among those expected to play"),
    Feature("scoring_rank", "players", 0, 60, 5.3, "team-mates expected who score more"),
    Feature("minutes_rank", "players", 0, 60, 5.3, "team-mates expected who play more"),
    Feature("teammates_points", "points", 0, 600, 99.0, "usual points of team-mates expected to play"),
    Feature("teammates_minutes", "minutes", 0, 1200, 213.0, "usual minutes of team-mates expected to play"),
    Feature("similar_minutes", "minutes", 0, 1200, 93.0, "the same, by likeness of style"),
    Feature("teammates_points_change_5", "points", -600, 600, 0.0, "more than in his games, half-life 5"),
    Feature("teammates_points_change_15", "points", -600, 600, 0.0, "more than in his games, half-life 15"),
    Feature("teammates_minutes_change_5", "minutes", -1200, 1200, 0.0, "more than in his games, half-life 5"),
    Feature("similar_minutes_change_15", "minutes", -1200, 1200, 0.0, "more than in his games, half-life 15"),
    Feature("star_absent_points", "points", 0, 80, 7.9, "usual points of the likeliest loss"),
    Feature("newly_absent_minutes", "minutes", 0, 1200, 18.0, "regulars' who missed the last game or two"),
    Feature("returned_minutes", "minutes", 0, 1200, 40.0, "regulars' who came back within 5 games"),
    Feature("regulars_absent", "players", 0, 60, 1.7, "team-mates of 15 minutes expected to be absent"),
    Feature("is_back_to_back", "flag", 0, 1, 0.0, "1 if the player's team played the day before"),
    Feature("is_home", "flag", 0, 1, 0.0, "1 at home"),
    Feature("opponent_points_allowed_10", "points", 60, 170, 114.0, "per game, opponent's last 10"),
    Feature("opponent_defence_10", "points per 100 possessions", 60, 170, 112.0, "opponent's last 10"),
    Feature("opponent_defence_ewm", "points per 100 possessions", 60, 170, 112.0, "half-life 10 games"),
    Feature("opponent_pace_ewm", "possessions", 70, 130, 100.6, "per 48 minutes, half-life 10 games"),
    Feature("opponent_threes_allowed", "share", 0, 1, 0.40, "attempts allowed that are threes, half-life 10"),
    Feature("opponent_allowed_ratio", "ratio", 0, 5, 1.03, "points allowed over usual, half-life 10"),
    Feature("opponent_style_ratio", "ratio", 0, 5, 1.0, "the same to his style, drawn to 1"),
    Feature("game_pace", "possessions", 140, 260, 201.2, "of both teams, half-life 10 games"),
    Feature("team_points_expected", "points", 60, 170, 112.3, "by pace, attack and defence"),
    Feature("expected_margin", "points", -150, 150, 0.0, "by which his team should win"),
    Feature("team_win_share", "share", 0, 1, 0.5, "of its last 40 games within 200 days"),
    Feature("season_day", "days", 0, 365, 107.0, "since the last 1 October"),
)

FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
BY_NAME: Mapping[str, Feature] = {feature.name: feature for feature in FEATURES}


def out_of_range(name: str, value: float) -> bool:
    """Say whether a value breaks the contract of its feature (a NaN does)."""
    feature = BY_NAME[name]
    return not feature.minimum <= value <= feature.maximum
