"""The forecasts as a CSV file."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cli.whole_file import whole_file
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
    with open_table(path, COLUMNS) as writer:
        writer.writerows(forecasts)


@contextmanager
def open_table(path: Path, columns: Sequence[str]) -> "Iterator[csv.DictWriter[str]]":
    """Yield a writer of rows that has written the header; what is no column is left out.

    The file is there once all rows are written. Raises InvalidInput if it cannot be.
    """
    with whole_file(path) as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        yield writer
