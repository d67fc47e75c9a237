"""Real slates, where there are some: the guards keep next to nobody from use."""

import os
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from data_processors.precompute.ml_feature_store.guards import GuardPolicy
from data_processors.precompute.ml_feature_store.judging import RunPolicy
from data_processors.precompute.ml_feature_store.quality import QualityPolicy
from data_processors.precompute.ml_feature_store.rows import slate_features
from data_processors.precompute.runs import Run, RunOptions
from local.box_scores import read_box_scores
from local.slate_builder import build_slate
from shared.clock import FakeClock
from shared.statements import load_statement
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

FOLDER = os.environ.get("NBA_REAL_DATA_DIR")
NOW = datetime(2025, 6, 1, tzinfo=UTC)
REACH = timedelta(days=430)
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not FOLDER, reason="NBA_REAL_DATA_DIR is not set"),
]

PERIODS = [
    pytest.param(date(2024, 10, 22), date(2024, 11, 4), id="opening night and the two weeks after it"),
    pytest.param(date(2025, 1, 5), date(2025, 1, 20), id="two postponed games of one team"),
    pytest.param(date(2025, 2, 10), date(2025, 2, 24), id="the All-Star break"),
    pytest.param(date(2025, 4, 6), date(2025, 4, 13), id="the last week"),
]


@pytest.fixture(scope="module")
def box_scores():
    return read_box_scores(next(Path(FOLDER or ".").glob("player_game_logs_*.csv.gz")), NOW)


def stored_rows(box_scores, first, last):
    """Return what Phase 4 stores for every slate of a period, with the period's own past slates known."""
    store = DuckDBWarehouse(None, FakeClock(NOW))
    store.create_schema()
    games = [row for row in box_scores if first - REACH <= row["game_date"] <= last]
    store.append("nba_analytics.player_game_summary", games)
    for day in sorted({row["game_date"] for row in games if first <= row["game_date"]}):
        known = [row for row in games if row["game_date"] <= day]
        store.append("nba_analytics.upcoming_player_game_context", build_slate(known, day, NOW))
    statement = load_statement("data_processors.precompute.ml_feature_store", "features")
    slates = defaultdict(list)
    for raw in store.query(statement, first_date=first, last_date=last):
        slates[raw["game_date"]].append(raw)
    store.close()
    policies = (RunPolicy(), QualityPolicy(), GuardPolicy())
    return [
        row
        for day, extracted in slates.items()
        for row in slate_features(Run("run", NOW, RunOptions(day)), extracted, NOW, *policies).rows
    ]


@pytest.mark.parametrize(("first", "last"), PERIODS)
def test_the_guards_keep_next_to_nobody_of_a_real_slate_from_use(box_scores, first, last):
    rows = stored_rows(box_scores, first, last)

    reasons = {reason for row in rows for reason in row["not_ready_reasons"]}
    kept_back = [row for row in rows if not row["is_production_ready"]]
    assert len(rows) > 500
    assert not [reason for reason in reasons if reason.startswith(("duplicated", "stale", "empty"))]
    assert len(kept_back) <= len(rows) / 1000
