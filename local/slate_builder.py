"""Who could be on the floor that day, as far as it could have been known that morning. Pure.

Who will play is not known beforehand: the candidates are those whom the day's teams used lately. Of
rows dated on the day or later only the schedule is taken (game, team, opponent, home).
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean

from shared.ports import Row

RECENT = timedelta(days=15)
TEAM_GAMES = 10
"""So many of its last games stand in for a team that has played none recently, as on opening night."""

PLAYER_GAMES = 10
_TEAM_MEMORY = 40  # more than a team plays in 15 days


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


@dataclass(frozen=True)
class _TeamGame:
    when: tuple[date, str]
    used: set[str]


class RecentGames:
    """What box scores say about who plays for whom: the last games of each player and team, and no more."""

    def __init__(self) -> None:
        self._players: defaultdict[str, deque[Row]] = defaultdict(lambda: deque(maxlen=PLAYER_GAMES))
        self._teams: defaultdict[str, deque[_TeamGame]] = defaultdict(lambda: deque(maxlen=_TEAM_MEMORY))

    def add(self, box_scores: Iterable[Row]) -> None:
        """Take in box scores that are no earlier than any before; one of 0 minutes did not play."""
        for row in sorted((row for row in box_scores if row["minutes"] > 0), key=_when):
            self._players[row["player_lookup"]].append(row)
            games = self._teams[row["team"]]
            if not games or games[-1].when != _when(row):
                games.append(_TeamGame(_when(row), set()))
            games[-1].used.add(row["player_lookup"])

    def slate(self, day: Iterable[Row], game_date: date, observed_at: datetime) -> list[Row]:
        """Return the slate of a day, of whose own rows only the schedule is taken."""
        sides = _schedule(day)
        used = {team: self._used(team, game_date) for team in sides}
        newest = ((name, played[-1]) for name, played in sorted(self._players.items()))
        return [
            _slate_row(self._players[name], sides[row["team"]], game_date, observed_at)
            for name, row in newest
            if row["team"] in sides and name in used[row["team"]]
        ]

    def _used(self, team: str, game_date: date) -> set[str]:
        """Return the players in a team's recent games, or in its last ones if it had none."""
        games = self._teams[team]
        recent = [game for game in games if game.when[0] >= game_date - RECENT]
        return set().union(*(game.used for game in recent or list(games)[-TEAM_GAMES:]))


def build_slate(box_scores: Iterable[Row], game_date: date, observed_at: datetime) -> list[Row]:
    """Return the rows of upcoming_player_game_context for one date; without games, none.

    A player stands on it once, for the team of his newest earlier row, if that team plays and used him
    in the 15 days before (or in its last ten games, if it had none in those). `projected_minutes` is
    the mean of his last ten games, for any team.
    """
    rows = list(box_scores)
    past = RecentGames()
    past.add(row for row in rows if row["game_date"] < game_date)
    return past.slate((row for row in rows if row["game_date"] == game_date), game_date, observed_at)


def _schedule(rows: Iterable[Row]) -> dict[str, _Side]:
    """Return each team's side; one that has no row of its own is the other side of its opponent's."""
    said = {_Side(row["game_id"], row["team"], row["opponent"], row["is_home"]) for row in rows}
    sides: dict[str, _Side] = {}
    for side in sorted(said):
        sides.setdefault(side.team, side)
    for side in sorted(said):
        sides.setdefault(side.opponent, side.other)
    return sides


def _slate_row(played: deque[Row], side: _Side, game_date: date, observed_at: datetime) -> Row:
    newest = played[-1]
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
        "projected_minutes": fmean(row["minutes"] for row in played),
        "line": None,
        "over_odds": None,
        "under_odds": None,
        "line_observed_at": None,
        "observed_at": observed_at,
    }


def _when(row: Row) -> tuple[date, str]:
    return row["game_date"], row["game_id"]
