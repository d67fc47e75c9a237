"""What each feature is about, and its words for people. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """What features are about, in the order in which they are read: first his level, then what is special."""

    USUAL = "What he usually does"
    TEAM = "Who plays beside him"
    OPPONENT = "The opponent"
    GAME = "The game"
    REST = "Rest and season"
    LINE = "The bookmaker's line"
    OTHER = "Features of another version"


@dataclass(frozen=True)
class Told:
    """A feature as people read it."""

    group: Group
    words: str


_USUAL = {
    "points_avg_5": "points in the last 5 games",
    "points_ewm_3": "points in the last few games",
    "points_ewm_8": "points of late",
    "points_ewm_15": "points in recent weeks",
    "points_ewm_30": "points over the season",
    "points_last": "points in the last game",
    "points_std_10": "how much his points vary",
    "points_by_attempts_8": "points that his attempts are usually worth",
    "minutes_avg_5": "minutes in the last 5 games",
    "minutes_avg_10": "minutes in the last 10 games",
    "minutes_ewm_3": "minutes in the last few games",
    "minutes_ewm_30": "minutes over the season",
    "minutes_last": "minutes in the last game",
    "minutes_last_2": "minutes in the game before the last",
    "minutes_std_10": "how much his minutes vary",
    "minutes_trend": "minutes rising or falling",
    "minutes_close_8": "minutes in close games",
    "margin_last": "how his team's last game ended",
    "margin_abs_ewm_3": "how close his team's games were",
    "points_per_minute_ewm_15": "points per minute in recent weeks",
    "points_per_minute_ewm_60": "points per minute over the long run",
    "usage_avg_10": "share of the plays in the last 10 games",
    "usage_ewm_2": "share of the plays in the last two games or so",
    "usage_ewm_5": "share of the plays of late",
    "usage_ewm_30": "share of the plays over the season",
    "shots_per_minute_10": "shots per minute",
    "shots_ewm_5": "shots in the last few games",
    "shots_ewm_8": "shots of late",
    "free_throws_ewm_8": "free throws of late",
    "three_point_share_10": "how many of his shots are threes",
    "three_point_accuracy": "accuracy at threes",
    "two_point_accuracy": "accuracy at twos",
    "true_shooting_10": "points from his attempts",
    "points_share_10": "share of his team's points",
    "playing_style": "guard, wing or big man",
    "games_played": "games behind these figures",
    "games_last_60_days": "games in the last 60 days",
    "points_by_supply": "his part of the team's points",
    "minutes_by_supply": "his part of the team's minutes",
    "scoring_rank": "his place among the team's scorers",
    "minutes_rank": "his place in the rotation",
}
_TEAM = {
    "teammates_points": "points of the team-mates who play",
    "teammates_minutes": "minutes of the team-mates who play",
    "similar_minutes": "minutes of team-mates of his kind",
    "teammates_points_change_5": "more or fewer scorers beside him than lately",
    "teammates_points_change_15": "more or fewer scorers beside him than in recent weeks",
    "teammates_minutes_change_5": "more or fewer team-mates than lately",
    "similar_minutes_change_15": "more or fewer team-mates of his kind than usual",
    "star_absent_points": "a leading scorer who may be out",
    "newly_absent_minutes": "regulars who have just dropped out",
    "returned_minutes": "regulars who are just back",
    "regulars_absent": "regulars expected to be out",
}
_OPPONENT = {
    "opponent_points_allowed_10": "points that the opponent allows",
    "opponent_defence_10": "the opponent's defence in the last 10 games",
    "opponent_defence_ewm": "the opponent's defence of late",
    "opponent_pace_ewm": "the opponent's pace",
    "opponent_threes_allowed": "threes that the opponent allows",
    "opponent_allowed_ratio": "what the opponent allows against what is usual",
    "opponent_style_ratio": "what the opponent allows players of his kind",
}
_GAME = {
    "is_home": "at home or away",
    "game_pace": "the pace of both teams",
    "team_points_expected": "points that his team should score",
    "expected_margin": "who should win, and by how much",
    "team_win_share": "how often his team wins",
    "similar_games": "how games like this one ended",  # similarity_v1's correction, no feature
}
_REST = {
    "rest_days": "days of rest",
    "is_back_to_back": "a game on the day before",
    "games_since_absence": "games since he was last out",
    "season_day": "time of the season",
}
_LINE = {"line": "the line"}  # of systems that read it, no feature

TOLD: Mapping[str, Told] = {
    name: Told(group, words)
    for group, features in (
        (Group.USUAL, _USUAL),
        (Group.TEAM, _TEAM),
        (Group.OPPONENT, _OPPONENT),
        (Group.GAME, _GAME),
        (Group.REST, _REST),
        (Group.LINE, _LINE),
    )
    for name, words in features.items()
}


def told(name: str) -> Told:
    """Return what people read of a feature; of one that is no longer computed only the name is known."""
    return TOLD.get(name) or Told(Group.OTHER, name.replace("_", " "))
