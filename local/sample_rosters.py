"""The teams and players of the sample league: who they are and how they play, the same on every date.

A league has 30 teams. Arrays have one row a team and one column a place on its roster: the regulars, best
first, then the bench. A place has the same player for ever.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from local.player_lookup import player_lookup
from local.sample_names import person_name, team_codes
from shared.ports import Row

Floats = NDArray[np.float64]

SAMPLE_GAMES = "sample-"
"""What the ids of all games of all sample leagues begin with."""

TEAMS = 30
REGULARS = 16
BENCH = 3
NEWCOMERS = 1
PLAYING = REGULARS + BENCH
PLACES = PLAYING + NEWCOMERS
TEAM_MINUTES = 240.0
_TRAITS = 1  # keeps this stream of random numbers apart from those of games and slates


@dataclass(frozen=True)
class Roster:
    """One league's teams; rates are per minute on the floor, shares and percentages from 0 to 1."""

    seed: int
    league: int
    codes: list[str]
    people: list[list[Row]]
    minutes: Floats
    availability: Floats
    phase: Floats
    shots: Floats
    three_share: Floats
    two_percent: Floats
    three_percent: Floats
    free_throw_rate: Floats
    free_throw_percent: Floats
    rates: dict[str, Floats]
    defence: Floats

    @property
    def prefix(self) -> str:
        """Return what the ids of this league's games begin with."""
        return f"{SAMPLE_GAMES}{self.seed}-{self.league}-"


def make_roster(seed: int, league: int) -> Roster:
    """Return a league's roster, made to resemble the NBA's box scores of 2021 to 2025."""
    rng = np.random.default_rng([_TRAITS, seed, league])
    shape = (TEAMS, PLAYING)
    minutes, availability = _playing_time(rng)
    talent = np.clip((minutes - 17) / 19, 0, 1)
    is_big = rng.beta(2.0, 3.0, shape)
    return Roster(
        seed=seed,
        league=league,
        codes=team_codes((league + 1) * TEAMS)[-TEAMS:],
        people=[[_person(league, team, place) for place in range(PLACES)] for team in range(TEAMS)],
        minutes=minutes,
        availability=availability,
        phase=rng.random(shape),
        shots=(0.27 + 0.21 * talent) * rng.lognormal(0, 0.16, shape),
        three_share=np.clip(0.78 - 0.95 * is_big + rng.normal(0, 0.08, shape), 0, 0.9),
        two_percent=np.clip(0.455 + 0.20 * is_big + rng.normal(0, 0.02, shape), 0.35, 0.75),
        three_percent=np.clip(rng.normal(0.36, 0.02, shape), 0.28, 0.43),
        free_throw_rate=rng.gamma(6.0, 0.235 / 6.0, shape) * (0.85 + 0.4 * talent),
        free_throw_percent=np.clip(rng.normal(0.78, 0.07, shape), 0.5, 0.95),
        rates=_rates(rng, is_big, talent),
        defence=rng.normal(1.0, 0.02, TEAMS),
    )


def _person(league: int, team: int, place: int) -> Row:
    number = (league * TEAMS + team) * PLACES + place
    name = person_name(number)
    return {"player_lookup": player_lookup(name), "player_id": f"S{number:07d}", "player_name": name}


def _playing_time(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return minutes in a game he plays, and the share of games he plays: 240 minutes a team and game."""
    place = np.linspace(0, 1, REGULARS)
    regulars = 17.0 + 19.0 * (1 - place) ** 1.7 + rng.normal(0, 0.8, (TEAMS, REGULARS))
    bench = rng.uniform(4.0, 9.0, (TEAMS, BENCH))
    minutes = np.concatenate([np.maximum(regulars, 16.5), bench], axis=1)
    wanted = np.concatenate([0.9 - 0.4 * place, np.full(BENCH, 0.4)])
    scale = TEAM_MINUTES / (minutes * wanted).sum(axis=1, keepdims=True)
    return minutes, np.clip(wanted * scale, 0.2, 0.97)


def _rates(rng: np.random.Generator, is_big: Floats, talent: Floats) -> dict[str, Floats]:
    def rate(mean: float, lean: Floats) -> Floats:
        skill = rng.lognormal(0, 0.25, lean.shape)
        return np.asarray(mean * lean / lean.mean() * skill, np.float64)

    small = 1 - is_big
    return {
        "oreb": rate(0.044, 0.1 + is_big**1.5),
        "dreb": rate(0.138, 0.4 + is_big),
        "assists": rate(0.088, (0.2 + small) * (0.6 + talent)),
        "steals": rate(0.032, 0.6 + small),
        "blocks": rate(0.020, 0.1 + is_big**2),
        "turnovers": rate(0.048, 0.8 + 0.6 * talent),
        "fouls": rate(0.080, 0.8 + 0.4 * is_big),
    }
