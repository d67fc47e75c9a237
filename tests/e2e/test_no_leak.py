"""Nothing of the slate's own date or later may reach a forecast, from the files to the table."""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from cli.slate_loading import SlateSource, load_slate
from local.sample_league import generate_league
from local.stack import Stack
from shared.clock import SystemClock
from shared.config import load_settings
from shared.ports import Row
from shared.slate import morning

pytestmark = pytest.mark.e2e

SLATE = date(2025, 1, 15)
COLUMNS = [
    "game_id",
    "game_date",
    "player_id",
    "player_name",
    "team",
    "opponent",
    "is_home",
    "minutes",
    "points",
    "fgm",
    "fga",
    "fg3m",
    "fg3a",
    "ftm",
    "fta",
    "oreb",
    "dreb",
    "assists",
    "steals",
    "blocks",
    "turnovers",
    "fouls",
    "plus_minus",
]
FORECAST = ("player_lookup", "system_id", "mean", "p10", "p50", "p90", "line", "p_over", "recommendation")


def league() -> list[Row]:
    """A league whose last games are on the slate's date and the two days after it."""
    rows = generate_league(SLATE + timedelta(days=3), players=60).box_scores
    return [dict(row) for row in rows if SLATE - row["game_date"] < timedelta(days=40)]


def write(path: Path, rows: list[Row]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def forecasts(path: Path) -> dict[tuple[str, str], Row]:
    """Run the slate from this file, in memory, and return what its readers see."""
    settings = load_settings(log_level="ERROR")
    stack = Stack(None, settings, SystemClock.starting_at(morning(SLATE)))
    stack.start()
    try:
        load_slate(stack.client, SLATE, SlateSource(players=1, logs=(path,)))
        day = SLATE.isoformat()
        stack.client.require(stack.client.post("/precompute/process", {"game_date": day}))
        assert stack.settle(60)
        found = stack.client.require(stack.client.get("/local/forecasts", game_date=day))
    finally:
        stack.stop()
    return {
        (row["player_lookup"], row["system_id"]): {name: row[name] for name in FORECAST}
        for row in found["forecasts"]
        if row["system_id"]
    }


def one_row_a_team(rows: list[Row]) -> list[Row]:
    seen: set[tuple[date, str]] = set()
    kept = []
    for row in rows:
        key = (row["game_date"], row["team"])
        if row["game_date"] < SLATE or (row["game_date"] == SLATE and key not in seen):
            kept.append(row)
        seen.add(key)
    return kept


def with_other_scores(rows: list[Row]) -> list[Row]:
    wild = {"minutes": 47.0, "points": 70.0, "fga": 50.0, "fgm": 30.0, "turnovers": 0.0}
    return [row if row["game_date"] < SLATE else row | wild for row in rows]


def with_nobody_playing(rows: list[Row]) -> list[Row]:
    return [row if row["game_date"] < SLATE else row | {"minutes": 0.0, "points": 0.0} for row in rows]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(with_other_scores, id="box scores of that date and later are changed"),
        pytest.param(with_nobody_playing, id="nobody has a minute on that date or later"),
        pytest.param(one_row_a_team, id="all but one row a team of that date, and all later ones, are gone"),
    ],
)
def test_box_scores_of_the_date_and_later_change_no_forecast(
    change: Callable[[list[Row]], list[Row]], tmp_path: Path
) -> None:
    rows = league()

    before = forecasts(write(tmp_path / "before.csv", rows))
    after = forecasts(write(tmp_path / "after.csv", change(rows)))

    assert len(before) > 60
    assert after == before


def test_box_scores_of_earlier_dates_do_change_forecasts(tmp_path: Path) -> None:
    rows = league()
    more = [row if row["game_date"] >= SLATE else row | {"points": row["points"] + 2.0} for row in rows]

    before = forecasts(write(tmp_path / "before.csv", rows))
    after = forecasts(write(tmp_path / "after.csv", more))

    assert after.keys() == before.keys()
    assert after != before
