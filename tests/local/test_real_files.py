"""Real files, where there are some: NBA_REAL_DATA_DIR names their folder."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from local.box_scores import read_box_scores
from local.lines import read_lines
from local.slate_builder import build_slate

FOLDER = os.environ.get("NBA_REAL_DATA_DIR")
NOW = datetime(2025, 6, 1, tzinfo=UTC)
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not FOLDER, reason="NBA_REAL_DATA_DIR is not set"),
]


def find(pattern):
    return next(Path(FOLDER or ".").glob(pattern))


@pytest.fixture(scope="module")
def box_scores():
    return read_box_scores(find("player_game_logs_*.csv.gz"), NOW)


def test_both_styles_of_file_hold_the_same_season(box_scores):
    season = read_box_scores(find("nba_api_player_game_logs_*.csv.gz"), NOW)

    tidy = {(row["game_id"], row["player_lookup"]): row for row in box_scores}
    assert season
    assert all(tidy[row["game_id"], row["player_lookup"]] == row for row in season)


@pytest.mark.parametrize(
    ("day", "teams"),
    [
        pytest.param(date(2024, 10, 22), 4, id="opening night"),
        pytest.param(date(2025, 2, 7), 14, id="the day after the trade deadline"),
        pytest.param(date(2025, 2, 19), 2, id="after the All-Star break"),
        pytest.param(date(2024, 12, 17), 0, id="a day without games"),
    ],
)
def test_a_slate_has_every_team_that_plays_and_nobody_twice(box_scores, day, teams):
    slate = build_slate(box_scores, day, NOW)

    assert len({row["team"] for row in slate}) == teams
    assert len({row["player_lookup"] for row in slate}) == len(slate)


def test_lines_are_read_whole():
    quotes = read_lines(find("points_lines_*.csv.gz"))

    assert {quote.book_type for quote in quotes} == {"sportsbook", "dfs"}
