"""What Phase 3 writes about the simulated slate and the games before it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sim_world import Form, Player, World

from shared.ports import Row

CONTEXT = "nba_analytics.upcoming_player_game_context"
GAMES = "nba_analytics.player_game_summary"

_TEAM, _OPPONENT = "BOS", "NYK"
_DAYS_AGO = (2, 4, 7, 9, 12)
_IMPOSSIBLE_MINUTES = 400.0
_TEAM_POINTS = 96.0  # a team's points and pace have ranges too


def context_rows(world: World, players: Sequence[Player], now: datetime) -> list[Row]:
    """Return what is observed of some players now."""
    return [
        {
            "game_date": world.game_date,
            "game_id": "game1",
            "player_lookup": player.lookup,
            "player_name": player.lookup,
            "team": _TEAM,
            "opponent": _OPPONENT,
            "is_home": True,
            "status": player.status,
            "projected_minutes": player.minutes,
            "line": player.line,
            "over_odds": -110.0,
            "under_odds": -110.0,
            "line_observed_at": player.line_observed_at,
            "observed_at": now,
        }
        for player in players
    ]


def game_rows(world: World, now: datetime) -> list[Row]:
    """Return the box scores of the last two weeks as they first come in; some cannot be."""
    return [
        _game_row(world, number, days_ago, now, player.form in (Form.LATE, Form.NEVER))
        for number, player in enumerate(world.players)
        if player.form is not Form.NEWCOMER
        for days_ago in _DAYS_AGO
    ]


def corrected_rows(world: World, players: Sequence[Player], now: datetime) -> list[Row]:
    """Return the corrected box scores of some players."""
    numbers = [world.players.index(player) for player in players]
    return [_game_row(world, number, _DAYS_AGO[0], now, False) for number in numbers]


def _game_row(world: World, number: int, days_ago: int, now: datetime, is_wrong: bool) -> Row:
    have_played = sum(player.form is not Form.NEWCOMER for player in world.players)
    points = _TEAM_POINTS / have_played + (number + days_ago) % 5 - 2
    is_impossible = is_wrong and days_ago == _DAYS_AGO[0]
    return {
        "game_date": world.game_date - timedelta(days=days_ago),
        "game_id": f"{days_ago} days ago",
        "player_lookup": world.players[number].lookup,
        "player_name": world.players[number].lookup,
        "team": _TEAM,
        "opponent": _OPPONENT,
        "is_home": True,
        "minutes": _IMPOSSIBLE_MINUTES if is_impossible else 20.0 + number,
        "points": points,
        "fga": 0.85 * points,
        "fg3a": 3.0,
        "fta": 2.0,
        "oreb": 1.0,
        "turnovers": 1.0,
        "loaded_at": now,
    }
