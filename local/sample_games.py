"""The games of the sample league: every two days each team plays one, on one of the two.

What happens in two days depends on the seed, the league and those days alone, so that samples of different
dates and sizes tell one story when they stand in one store.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from local.sample_rosters import TEAM_MINUTES, TEAMS, Floats, Roster
from shared.ports import Row

FEWEST_PLAYERS = 9
_GAMES = 2
_SHOTS = 88.0
_OVERTIME = 25.0
_OVERTIME_SHARE = 0.05
_HOME_EDGE = 0.012

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Schedule:
    """One game of every team; arrays have one entry a team."""

    days: Ints
    opponents: Ints
    is_home: Bools
    games: Ints

    def columns(self, team: int, codes: Sequence[str], prefix: str) -> Row:
        """Return what a row says about a team's game; both teams' rows have the same game_id."""
        day = date.fromordinal(int(self.days[team]))
        return {
            "game_date": day,
            "game_id": f"{prefix}{day:%Y%m%d}-{self.games[team]:02d}",
            "team": codes[team],
            "opponent": codes[self.opponents[team]],
            "is_home": bool(self.is_home[team]),
        }


@dataclass(frozen=True)
class Round:
    """Two days of games: who played, and the counts of each box score by column; 0 for who did not play."""

    schedule: Schedule
    played: Bools
    counts: dict[str, Floats]

    def played_before(self, game_date: date) -> Bools:
        """Return who played in those of the games that are of earlier dates."""
        return self.played & (self.schedule.days < game_date.toordinal())[:, None]


def play_round(roster: Roster, block: int) -> Round:
    """Play the games of the days with ordinals 2 x block and 2 x block + 1."""
    rng = np.random.default_rng([_GAMES, roster.seed, roster.league, block])
    schedule = _schedule(rng, block)
    played = _who_plays(roster, block)
    extra = np.where(rng.random(TEAMS) < _OVERTIME_SHARE, _OVERTIME, 0.0)[schedule.games]
    minutes = _minutes(rng, roster, played, TEAM_MINUTES + extra)
    pace = rng.normal(1.0, 0.035, TEAMS)[schedule.games] * (TEAM_MINUTES + extra) / TEAM_MINUTES
    counts = {"minutes": minutes} | _shooting(rng, roster, schedule, minutes, pace)
    for column, rate in roster.rates.items():
        counts[column] = rng.poisson(rate * minutes).astype(float)
    counts["fouls"] = np.minimum(counts["fouls"], 6)
    _settle_ties(schedule, counts)
    counts["points"] = _points(counts)
    counts["plus_minus"] = _plus_minus(rng, schedule, counts)
    return Round(schedule, played, counts)


def draw_games(rng: np.random.Generator, teams: int, days: Ints) -> Schedule:
    """Pair `teams` of the league's teams, one game on each of the days; the others have day 0."""
    drawn = rng.permutation(TEAMS)
    home, away = drawn[: teams // 2], drawn[teams // 2 : teams]
    on_day, opponents, games = np.zeros((3, TEAMS), np.int64)
    for side, other in ((home, away), (away, home)):
        on_day[side] = days
        opponents[side] = other
        games[side] = np.arange(teams // 2)
    return Schedule(on_day, opponents, np.isin(np.arange(TEAMS), home), games)


def _schedule(rng: np.random.Generator, block: int) -> Schedule:
    return draw_games(rng, TEAMS, 2 * block + rng.integers(0, 2, TEAMS // 2))


def _who_plays(roster: Roster, block: int) -> Bools:
    """Spread each player's games evenly over time; a team that would be too few gets its best."""
    share, phase = roster.availability, roster.phase
    played = np.floor((block + 1) * share + phase) > np.floor(block * share + phase)
    order = np.argsort(np.argsort(-(played + share), axis=1), axis=1)
    return np.asarray(played | (order < FEWEST_PLAYERS))


def _minutes(rng: np.random.Generator, roster: Roster, played: Bools, total: Floats) -> Floats:
    """Vary each one's minutes, regulars' less than others', and make them add up to the team's."""
    spread = np.clip(10.0 - 0.14 * roster.minutes, 5.0, 8.0)
    wanted = np.clip(roster.minutes + spread * rng.standard_normal(played.shape), 3, 44) * played
    scaled = wanted * total[:, None] / wanted.sum(axis=1, keepdims=True)
    return np.asarray(np.round(np.minimum(scaled, 46.0), 1), np.float64)


def _shooting(
    rng: np.random.Generator, roster: Roster, schedule: Schedule, minutes: Floats, pace: Floats
) -> dict[str, Floats]:
    """Share the team's shots out among those on the floor, and see which go in."""
    weight = roster.shots * minutes * rng.lognormal(0, 0.15, minutes.shape)
    share = weight / weight.sum(axis=1, keepdims=True)
    shots = np.maximum(_SHOTS * pace + rng.normal(0, 1.5, TEAMS), 60)
    fga = rng.multinomial(np.round(shots).astype(np.int64), share)
    fg3a = rng.binomial(fga, roster.three_share)
    edge = np.where(schedule.is_home, _HOME_EDGE, -_HOME_EDGE)
    luck = (roster.defence[schedule.opponents] + edge)[:, None]
    fg3m = rng.binomial(fg3a, np.clip(roster.three_percent * luck, 0, 1))
    fg2m = rng.binomial(fga - fg3a, np.clip(roster.two_percent * luck, 0, 1))
    fouled = roster.free_throw_rate * share * shots[:, None]
    fta = 2 * rng.poisson(0.46 * fouled) + rng.poisson(0.08 * fouled)
    ftm = rng.binomial(fta, roster.free_throw_percent)
    counts = {"fgm": fg2m + fg3m, "fga": fga, "fg3m": fg3m, "fg3a": fg3a, "ftm": ftm, "fta": fta}
    return {column: values.astype(float) for column, values in counts.items()}


def _points(counts: dict[str, Floats]) -> Floats:
    return 2 * counts["fgm"] + counts["fg3m"] + counts["ftm"]


def _settle_ties(schedule: Schedule, counts: dict[str, Floats]) -> None:
    """Give the home side of a tie one more free throw: no game ends level."""
    points = _points(counts).sum(axis=1)
    tied = np.flatnonzero(schedule.is_home & (points == points[schedule.opponents]))
    shooter = counts["minutes"][tied].argmax(axis=1)
    for column in ("ftm", "fta"):
        counts[column][tied, shooter] += 1


def _plus_minus(rng: np.random.Generator, schedule: Schedule, counts: dict[str, Floats]) -> Floats:
    points, minutes = counts["points"].sum(axis=1), counts["minutes"]
    margin = (points - points[schedule.opponents])[:, None]
    noise = rng.standard_normal(minutes.shape) * np.sqrt(minutes)
    return np.asarray(np.round(margin * minutes / 48 + noise) + 0.0, np.float64)  # no minus zero
