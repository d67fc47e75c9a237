"""Graded slates made up from a seed: of a system that never changes, unless it is told to."""

from datetime import date, timedelta
from random import Random

from predictions.grading.scores import SlateScore

FIRST_DAY = date(2022, 1, 1)
ERROR, SPREAD = 4.9, 4.1
"""Points: the mean absolute error, and the spread of the absolute errors of players, as on real slates."""


def slate(day: int, mae: float, graded: int = 100, covered: float = 0.8) -> SlateScore:
    """Return a slate with this mean absolute error and this share covered; no lines, no bets."""
    sums = dict.fromkeys(SlateScore.__dataclass_fields__, 0) | {
        "system_id": "steady_v1",
        "game_date": FIRST_DAY + timedelta(days=day),
        "graded": graded,
        "absolute_error": mae * graded,
        "covered_80": covered * graded,
    }
    return SlateScore(**sums)  # type: ignore[arg-type]


def steady_slates(random: Random, slates: int, first: int = 0, times: float = 1.0) -> list[SlateScore]:
    """Return slates of 25 to 250 forecasts whose errors differ by chance alone, `times` as large as usual."""
    found = []
    for day in range(first, first + slates):
        graded = random.randint(25, 250)
        mae = ERROR + random.gauss(0, SPREAD / graded**0.5)
        covered = 0.8 + random.gauss(0, 0.4 / graded**0.5)
        found.append(slate(day, times * mae, graded, covered))
    return found
