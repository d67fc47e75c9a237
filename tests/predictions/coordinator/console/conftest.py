"""Rows as the console's reads return them, changed as a test needs it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.ports import Row

_AT = datetime(2025, 1, 15, 13, tzinfo=UTC)
_FORECAST: Row = {
    "player_lookup": "lebronjames",
    "player_name": "LeBron James",
    "team": "LAL",
    "opponent": "BOS",
    "is_home": True,
    "status": "ACTIVE",
    "system_id": "ensemble_v2",
    "mean": 24.0,
    "p10": 12.0,
    "p50": 23.5,
    "p90": 36.0,
    "line": 22.5,
    "line_offset": 0.0,
    "p_over": 0.56,
    "over_odds": -110.0,
    "under_odds": -110.0,
    "recommendation": "OVER",
    "edge": 0.07,
    "quality_score": 92.5,
    "feature_run_id": "run1",
    "batch_id": "b1",
    "line_observed_at": _AT,
    "created_at": _AT,
    "is_shadow": False,
    "is_current": True,
    "is_released": True,
    "shown_as": "OVER",
    "drivers": ["points_ewm_8", "opponent_defence_ewm"],
    "driver_points": [11.0, -0.8],
}


@pytest.fixture
def make_forecast() -> Callable[..., Row]:
    """Make a row that has the columns of both reads of forecasts, changed as a test needs it."""

    def make(**changes: Any) -> Row:
        return _FORECAST | changes

    return make
