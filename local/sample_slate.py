"""The slate of the sample league: who may play on a date, and for how long."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from local.sample_games import Schedule, draw_games
from local.sample_market import Market, make_market
from local.sample_rosters import PLAYING, REGULARS, TEAMS, Floats, Roster
from shared.ports import Row
from shared.slate import morning

MOST_EXPECTED = REGULARS - 1
"""So many players of a team can be expected; its last regular is out or doubtful."""

MIN_MINUTES = 15.0
_SLATE = 3  # keeps this stream of random numbers apart from those of rosters and games
_PLAYERS_PER_GAME = 20
_PLAYERS_PER_NEWCOMER = 150
_FEWEST_FOR_A_NEWCOMER = 50


@dataclass(frozen=True)
class Form:
    """Means of each place on each team: minutes of its last ten games, points of all; NaN without any."""

    minutes: Floats
    points: Floats


@dataclass(frozen=True)
class _Slate:
    """All that is known of one league's slate."""

    game_date: date
    roster: Roster
    schedule: Schedule
    form: Form
    market: Market
    moods: Floats

    def row(self, team: int, place: int, kind: str) -> Row:
        """Return a player's row, all columns but when it was observed."""
        lines_of = team if kind == "regular" else None
        return {
            **self.schedule.columns(team, self.roster.codes, f"{self.roster.prefix}slate-"),
            **self.roster.people[team][place],
            "status": _status(kind, float(self.moods[team, place])),
            "projected_minutes": self._minutes(team, place, kind),
            **self.market.columns(lines_of, place, morning(self.game_date)),
        }

    def _minutes(self, team: int, place: int, kind: str) -> float | None:
        """Return the mean of the last ten games, kept on the kind's side of what is expected."""
        if kind == "newcomer":
            return None
        played = round(float(np.nan_to_num(self.form.minutes[team, place], nan=MIN_MINUTES)), 2)
        return min(played, MIN_MINUTES - 0.1) if kind == "bench" else max(played, MIN_MINUTES)


def slate_rows(roster: Roster, form: Form, game_date: date, players: int, observed_at: datetime) -> list[Row]:
    """Return one league's rows of a slate, on which exactly `players` (450 at most) are expected."""
    rng = np.random.default_rng([_SLATE, roster.seed, roster.league, game_date.toordinal()])
    teams = min(TEAMS, 2 * -(-players // _PLAYERS_PER_GAME))
    schedule = draw_games(rng, teams, np.full(teams // 2, game_date.toordinal()))
    market = make_market(rng, form.points)
    slate = _Slate(game_date, roster, schedule, form, market, rng.random((TEAMS, PLAYING + 1)))
    playing = np.flatnonzero(schedule.days).tolist()
    listed = _listed(playing, players)
    return [slate.row(*who) | {"observed_at": observed_at} for who in listed]


def _listed(teams: list[int], players: int) -> Iterator[tuple[int, int, str]]:
    """Yield team, place and kind of everybody on the slate: the best regulars of each team, and others."""
    each, more = divmod(players, len(teams))
    newcomers = players // _PLAYERS_PER_NEWCOMER
    if players >= _FEWEST_FOR_A_NEWCOMER:
        newcomers = max(1, newcomers)
    for index, team in enumerate(teams):
        has_newcomer = index < newcomers
        for place in range(each + (index < more) - has_newcomer):
            yield team, place, "regular"
        yield team, MOST_EXPECTED, "out"
        for place in range(REGULARS, PLAYING):
            yield team, place, "bench"
        if has_newcomer:
            yield team, PLAYING, "newcomer"


def _status(kind: str, mood: float) -> str:
    if kind == "out":
        return "OUT" if mood < 0.7 else "DOUBTFUL"
    return "QUESTIONABLE" if mood < 0.05 else "PROBABLE" if mood < 0.12 else "ACTIVE"
