"""Candidates of slates made up from a seed: features in their ranges, and points that go with them."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from tiny_model import made_up_games

from predictions.evaluation import assembling, fitting, record, training, walking
from predictions.evaluation.candidates import Candidates
from predictions.systems.base import FeatureTable
from shared.features import FEATURE_NAMES

FIRST = date(2024, 10, 22)
SLATES, PLAYERS = 60, 20
FIRST_FIT, LEAST, WARM_UP, ROUNDS = 300, 150, 10, 8


def few_games_suffice(monkeypatch: pytest.MonkeyPatch, first_fit: int = FIRST_FIT) -> None:
    """Fit small trees, and fit them to few games."""
    for module in (walking, training):
        monkeypatch.setattr(module, "FIRST_FIT_GAMES", first_fit)
        monkeypatch.setattr(module, "LEAST_GAMES", LEAST)
    monkeypatch.setattr(walking, "WARM_UP_SLATES", WARM_UP)
    for module in (fitting, assembling):
        monkeypatch.setattr(module, "ROUNDS", ROUNDS)
    small = {**fitting.PARAMETERS, "min_data_in_leaf": 20}
    monkeypatch.setattr(fitting, "PARAMETERS", small)
    monkeypatch.setattr(record, "RECENT_DAYS", np.timedelta64(60, "D"))


def made_up_slates(slates: int = SLATES, players: int = PLAYERS, seed: int = 11) -> Candidates:
    """Return slates two days apart; one candidate in ten does not play, half of them have a line."""
    count = slates * players
    table, points = made_up_games(games=count, seed=seed)
    dice = np.random.default_rng(seed)
    matrix = table.matrix.copy()
    matrix[:, FEATURE_NAMES.index("minutes_avg_10")] = dice.uniform(8.0, 38.0, count)
    matrix[:, FEATURE_NAMES.index("games_played")] = 40.0
    lines = np.maximum(np.round(2 * (points + dice.normal(0.0, 3.0, count))) / 2, 0.5)
    lines[dice.random(count) < 0.5] = np.nan
    points[dice.random(count) < 0.1] = np.nan
    days = [FIRST + timedelta(days=2 * (at // players)) for at in range(count)]
    return Candidates(
        rows=[_row(day, at % players, lines[at], dice) for at, day in enumerate(days)],
        dates=np.array(days, dtype="datetime64[D]"),
        table=FeatureTable(table.names, matrix, lines),
        points=points,
    )


def _row(day: date, number: int, line: float, dice: np.random.Generator) -> dict[str, Any]:
    odds = {"over_odds": None, "under_odds": None}
    if line == line and number % 4:
        odds = {side: float(dice.choice([-140, -110, 105, 150])) for side in odds}
    return {
        "game_date": day,
        "player_lookup": f"player{number:03d}",
        "player_id": str(number),
        "player_name": f"Player {number}",
        "game_id": f"{day}-{number % 2}",
        "team": "BOS" if number % 2 else "NYK",
        "opponent": "NYK" if number % 2 else "BOS",
        "is_home": bool(number % 2),
        "line": line if line == line else None,
        "quality_score": 30.0 if number % 5 == 0 else 90.0,
    } | odds
