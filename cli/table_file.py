"""The forecasts as a CSV file."""

import csv
from collections.abc import Sequence
from pathlib import Path

from local.client import Body

COLUMNS = (
    "player_lookup",
    "player_id",
    "player_name",
    "game_date",
    "team",
    "opponent",
    "system_id",
    "mean",
    "p10",
    "p50",
    "p90",
    "line",
    "p_over",
    "recommendation",
    "outcome",
    "reason",
)


def write_forecasts(path: Path, forecasts: Sequence[Body]) -> None:
    """Write one row a current forecast; a player who ended without any has a row with his reason."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(forecasts)
