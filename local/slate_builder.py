"""The slate of a date, made from box scores as it could have been known that morning. Pure.

Who will play is not known beforehand: the candidates are those whom the day's teams used lately. Of
rows dated on the day or later only the schedule is taken (game, team, opponent, home).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean

from shared.ports import Row

RECENT = timedelta(days=15)
TEAM_GAMES = 10
"""So many of its last games stand in for a team that has played none recently, as on opening night."""

PLAYER_GAMES = 10


@dataclass(frozen=True, order=True)
class _Side:
    """One team's part in a game of the day."""

    game_id: str
    team: str
    opponent: str
    is_home: bool

    @property
    def other(self) -> "_Side":
        return _Side(self.game_id, self.opponent, self.team, not self.is_home)


def build_slate(box_scores: Iterable[Row], game_date: date, observed_at: datetime) -> list[Row]:
    """Return the rows of upcoming_player_game_context for one date; without games, none.

    A player stands on it once, for the team of his newest earlier row, if that team plays and used him
    in the 15 days before (or in its last ten games, if it had none in those). `projected_minutes` is
    the mean of his last ten games, for any team.
    """
    rows = list(box_scores)
    sides = _schedule(row for row in rows if row["game_date"] == game_date)
    past = [row for row in rows if row["game_date"] < game_date and row["minutes"] > 0]
    games = _grouped(past, "player_lookup")
    by_team = _grouped(past, "team")
    used = {team: _used(by_team[team], game_date) for team in sides}
    newest = (played[0] for _, played in sorted(games.items()))
    return [
        _slate_row(games[row["player_lookup"]], sides[row["team"]], game_date, observed_at)
        for row in newest
        if row["team"] in sides and row["player_lookup"] in used[row["team"]]
    ]


def _schedule(rows: Iterable[Row]) -> dict[str, _Side]:
    """Return each team's side; one that has no row of its own is the other side of its opponent's."""
    said = {_Side(row["game_id"], row["team"], row["opponent"], row["is_home"]) for row in rows}
    sides: dict[str, _Side] = {}
    for side in sorted(said):
        sides.setdefault(side.team, side)
    for side in sorted(said):
        sides.setdefault(side.opponent, side.other)
    return sides


def _grouped(past: Iterable[Row], key: str) -> defaultdict[str, list[Row]]:
    """Return the rows of each player or team, the newest first."""
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in sorted(past, key=_when, reverse=True):
        groups[row[key]].append(row)
    return groups


def _used(own: Sequence[Row], game_date: date) -> set[str]:
    """Return the players in a team's recent games, or in its last ones if it had none."""
    recent = [row for row in own if row["game_date"] >= game_date - RECENT]
    if not recent:
        last_games = sorted({_when(row) for row in own})[-TEAM_GAMES:]
        recent = [row for row in own if _when(row) in last_games]
    return {row["player_lookup"] for row in recent}


def _slate_row(played: Sequence[Row], side: _Side, game_date: date, observed_at: datetime) -> Row:
    newest = played[0]
    return {
        "game_date": game_date,
        "game_id": side.game_id,
        "player_lookup": newest["player_lookup"],
        "player_id": newest["player_id"],
        "player_name": newest["player_name"],
        "team": side.team,
        "opponent": side.opponent,
        "is_home": side.is_home,
        "status": "ACTIVE",
        "projected_minutes": fmean(row["minutes"] for row in played[:PLAYER_GAMES]),
        "line": None,
        "over_odds": None,
        "under_odds": None,
        "line_observed_at": None,
        "observed_at": observed_at,
    }


def _when(row: Row) -> tuple[date, str]:
    return row["game_date"], row["game_id"]
