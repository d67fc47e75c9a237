"""A seeded, plausible sample league: box scores up to a date, and the slate of that date.

The same date, number of players and seed give the same league. Fictional teams and people come in leagues of
30 teams; as many leagues are made as the players need, and each plays for itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from local.sample_games import Bools, Round, play_round
from local.sample_rosters import SAMPLE_GAMES, TEAMS, Floats, Roster, make_roster
from local.sample_slate import MOST_EXPECTED, Form, slate_rows
from shared.errors import InvalidInput
from shared.ports import Row
from shared.slate import morning

__all__ = ["SAMPLE_GAMES", "SAMPLE_REACH", "SampleLeague", "generate_league", "sample_leagues"]

PLAYERS_PER_LEAGUE = TEAMS * MOST_EXPECTED
PROJECTED_GAMES = 10
_SEED = 7
_MOST_GAMES, _FEWEST_GAMES = 32, 6
_GAMES_TIMES_PLAYERS = 120_000

SAMPLE_REACH = timedelta(days=2 * _MOST_GAMES + 2)
"""No box score of a sample is older than this, unless longer histories are asked for."""


@dataclass(frozen=True)
class SampleLeague:
    """Rows of player_game_summary before a date, and of upcoming_player_game_context for it."""

    box_scores: list[Row]
    slate: list[Row]


def generate_league(
    game_date: date, players: int, seed: int = _SEED, history_games: int | None = None
) -> SampleLeague:
    """Return a league on whose slate exactly `players` are expected to play 15 minutes or more.

    `history_games` is how many games each team has played; without it 32 for up to 3,750 players (a player
    then has 15 to 25 of them) and fewer beyond. Times are the morning of the slate, 05:00 Pacific.
    """
    leagues = list(sample_leagues(game_date, players, morning(game_date), seed, history_games))
    return SampleLeague(
        [row for league in leagues for row in league.box_scores],
        [row for league in leagues for row in league.slate],
    )


def sample_leagues(
    game_date: date, players: int, at: datetime, seed: int = _SEED, history_games: int | None = None
) -> Iterator[SampleLeague]:
    """Yield the same 30 teams at a time, so that nobody has to hold it all; `at` is when it is observed."""
    if players < 1:
        raise InvalidInput(f"a sample slate needs at least one player, not {players}")
    games = default_games(players) if history_games is None else history_games
    for number, first in enumerate(range(0, players, PLAYERS_PER_LEAGUE)):
        roster = make_roster(seed, number)
        rounds = _rounds(roster, game_date, games)
        form = _form(rounds, game_date)
        expected = min(PLAYERS_PER_LEAGUE, players - first)
        yield SampleLeague(
            box_scores=[row for played in rounds for row in _box_scores(roster, played, game_date, at)],
            slate=slate_rows(roster, form, game_date, expected, at),
        )


def default_games(players: int) -> int:
    """Return how long a history is: shorter for many players, so that the rows stay near 100,000."""
    return min(_MOST_GAMES, max(_FEWEST_GAMES, _GAMES_TIMES_PLAYERS // players))


def _rounds(roster: Roster, game_date: date, games: int) -> list[Round]:
    """Return the last rounds that began before the date; of the newest only some games may be over."""
    newest = (game_date.toordinal() - 1) // 2
    return [play_round(roster, block) for block in range(newest - games + 1, newest + 1)]


def _form(rounds: Sequence[Round], game_date: date) -> Form:
    newest_first = rounds[::-1]
    played = np.stack([a_round.played_before(game_date) for a_round in newest_first])
    minutes = np.stack([a_round.counts["minutes"] for a_round in newest_first])
    points = np.stack([a_round.counts["points"] for a_round in newest_first])
    is_recent = played & (np.cumsum(played, axis=0) <= PROJECTED_GAMES)
    return Form(minutes=_mean(minutes, is_recent), points=_mean(points, played))


def _mean(values: Floats, counted: Bools) -> Floats:
    games = counted.sum(axis=0)
    return np.where(games, (values * counted).sum(axis=0) / np.maximum(games, 1), np.nan)


def _box_scores(roster: Roster, played: Round, game_date: date, loaded_at: datetime) -> Iterator[Row]:
    games = [played.schedule.columns(team, roster.codes, roster.prefix) for team in range(TEAMS)]
    teams, places = np.nonzero(played.played_before(game_date))
    counts = [values[teams, places].tolist() for values in played.counts.values()]
    for team, place, *values in zip(teams.tolist(), places.tolist(), *counts, strict=True):
        box_score = dict(zip(played.counts, values, strict=True))
        yield {**games[team], **roster.people[team][place], **box_score, "loaded_at": loaded_at}
