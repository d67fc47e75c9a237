"""A season of a small league made up from a seed: box scores and lines as rows, and as the files of them."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

TEAMS = ("ATL", "BOS", "CHI", "DAL", "GSW", "LAL", "MIA", "NYK")
PLAYERS = 10
FIRST = date(2023, 10, 24)
REST = timedelta(days=2)

Row = dict[str, Any]


def season(slates: int, seed: int = 1, first: date = FIRST) -> list[Row]:
    """Return box scores of slates two days apart, on each of which all teams play.

    A player has a level and minutes of his own; one in ten sits a game out and has a row of 0 minutes.
    """
    dice = np.random.default_rng(seed)
    level = {(team, n): dice.gamma(6.0, 0.075) for team in TEAMS for n in range(PLAYERS)}
    return [
        row
        for number in range(slates)
        for home, away in _pairs(number)
        for row in _game(dice, level, first + number * REST, home, away)
    ]


def lines(rows: Iterable[Row], seed: int = 2) -> list[Row]:
    """Return a bookmaker's lines for half of those who played: whole or half points near what came."""
    dice = np.random.default_rng(seed)
    return [
        {name: row[name] for name in ("game_date", "player_id", "player_name", "team")}
        | {
            "book_type": "sportsbook",
            "line": max(0.5, round(2 * (row["points"] + dice.normal(0.0, 5.0))) / 2),
            "over_odds_best": int(dice.choice([-125, -110, 105, 130])),
            "under_odds_best": int(dice.choice([-125, -110, 105, 130])),
            "snapshot_last": f"{row['game_date']} 09:00:00+00:00",
        }
        for row in rows
        if row["minutes"] > 0 and dice.random() < 0.5
    ]


def write_rows(path: Path, rows: Sequence[Row]) -> Path:
    """Write rows of one kind as a CSV file, and return its path."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def _pairs(number: int) -> list[tuple[str, str]]:
    """Everybody meets everybody in turn, the first of a pair at home."""
    turned = TEAMS[1:]
    at = number % len(turned)
    order = (TEAMS[0], *turned[at:], *turned[:at])
    pairs = [(order[n], order[-1 - n]) for n in range(len(order) // 2)]
    return pairs if number // len(turned) % 2 else [(away, home) for home, away in pairs]


def _game(dice: np.random.Generator, level: dict[Any, float], day: date, home: str, away: str) -> list[Row]:
    rows = []
    for team, opponent in ((home, away), (away, home)):
        plays = dice.random(PLAYERS) > 0.1
        wanted = np.linspace(36.0, 12.0, PLAYERS) * plays + dice.normal(0.0, 3.0, PLAYERS) * plays
        minutes = np.round(240.0 * wanted / wanted.sum(), 1)
        for n in range(PLAYERS):
            shots = dice.poisson(level[team, n] * minutes[n])
            rows.append(_row(dice, day, team, opponent, n, float(minutes[n]), int(shots), team == home))
    return rows


def _row(
    dice: np.random.Generator,
    day: date,
    team: str,
    opponent: str,
    n: int,
    minutes: float,
    shots: int,
    is_home: bool,
) -> Row:
    threes = int(dice.binomial(shots, 0.4))
    fg3m, fg2m = int(dice.binomial(threes, 0.36)), int(dice.binomial(shots - threes, 0.52))
    fta = int(dice.binomial(shots, 0.2))
    ftm = int(dice.binomial(fta, 0.78))
    return {
        "game_id": f"{day:%Y%m%d}{min(team, opponent)}",
        "game_date": day,
        "player_id": f"{TEAMS.index(team) + 1}{n:02d}",
        "player_name": f"{team.title()} Man{chr(97 + n)}",
        "team": team,
        "opponent": opponent,
        "is_home": is_home,
        "minutes": minutes,
        "points": 2 * fg2m + 3 * fg3m + ftm,
        "fgm": fg2m + fg3m,
        "fga": shots,
        "fg3m": fg3m,
        "fg3a": threes,
        "ftm": ftm,
        "fta": fta,
        "oreb": 1,
        "dreb": 3,
        "assists": 2,
        "steals": 1,
        "blocks": 0,
        "turnovers": 1,
        "fouls": 2,
        "plus_minus": 0,
    }
