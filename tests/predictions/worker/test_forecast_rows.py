"""What a forecast's row holds."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from predictions.worker.predict import OUTCOMES, PREDICTIONS
from shared.ids import prediction_id, request_id
from shared.logs import correlated
from shared.warehouse.catalog import table

Make = Callable[..., Any]


@pytest.fixture
def forecast(make_predict: Make, make_push: Make, make_player: Make, warehouse: Any) -> Make:
    """Forecast one player and return his rows by system."""

    def handle(push_changes: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        make_predict().handle(make_push(make_player(**changes), **(push_changes or {})))
        return {row["system_id"]: row for row in warehouse.rows[PREDICTIONS]}

    return handle


def test_a_row_says_who_what_from_which_features_and_by_which_build(forecast: Make) -> None:
    row = forecast()["moving_average_v1"]

    numbers = ("mean", "p10", "p50", "p90", "p_over", "p_push")
    assert {name: value for name, value in row.items() if name not in numbers} == {
        "game_date": date(2025, 1, 15),
        "prediction_id": prediction_id(
            date(2025, 1, 15), "jaysontatum", "moving_average_v1", "input of jaysontatum"
        ),
        "player_lookup": "jaysontatum",
        "player_id": "1628369",
        "player_name": "Jayson Tatum",
        "game_id": "0022400001",
        "team": "BOS",
        "opponent": "NYK",
        "is_home": True,
        "system_id": "moving_average_v1",
        "line": 12.5,
        "line_offset": 0.0,
        "over_odds": -115.0,
        "under_odds": -105.0,
        "recommendation": "OVER",
        "quality_score": 92.0,
        "input_id": "input of jaysontatum",
        "request_id": request_id("batch_1", "jaysontatum"),
        "batch_id": "batch_1",
        "feature_run_id": "run-1",
        "feature_run_started_at": datetime(2025, 1, 15, 11, 0, tzinfo=UTC),
        "line_observed_at": datetime(2025, 1, 15, 12, 0, tzinfo=UTC),
        "build": "build-7",
        "correlation_id": "event-1",
        "created_at": datetime(2025, 1, 15, 13, 0, tzinfo=UTC),
    }


def test_each_system_writes_the_numbers_it_forecast(forecast: Make) -> None:
    rows = forecast()

    assert rows["moving_average_v1"]["mean"] == pytest.approx(15.0)
    assert rows["minutes_rate_v1"]["mean"] == pytest.approx(15.08)
    assert rows["ensemble_v1"]["mean"] == pytest.approx(15.056)
    for row in rows.values():
        assert 0 < row["p10"] < row["p50"] < row["mean"] < row["p90"]
        assert 0.55 < row["p_over"] < 0.65
        assert row["p_push"] == 0.0


def test_rows_have_exactly_the_columns_of_their_tables(forecast: Make, warehouse: Any) -> None:
    forecast()

    for name, rows in warehouse.rows.items():
        assert all(row.keys() == table(name).columns.keys() for row in rows)


def test_a_player_without_a_line_is_forecast_and_gets_no_line(forecast: Make) -> None:
    row = forecast(line=None, over_odds=None, under_odds=None, line_observed_at=None)["ensemble_v1"]

    assert (row["line"], row["p_over"], row["p_push"]) == (None, None, None)
    assert row["recommendation"] == "NO_LINE"
    assert row["mean"] > 0


def test_a_whole_line_can_push(forecast: Make) -> None:
    assert 0.04 < forecast(line=15.0)["ensemble_v1"]["p_push"] < 0.08


def test_a_line_beside_the_main_one_has_no_known_price_and_no_bet(forecast: Make) -> None:
    row = forecast(line=10.5, line_offset=-2.0)["ensemble_v1"]

    assert (row["recommendation"], row["over_odds"], row["under_odds"]) == ("PASS", None, None)
    assert row["p_over"] > 0.65


@pytest.mark.parametrize(
    ("changes", "recommendation"),
    [
        pytest.param({"line": 19.5}, "UNDER", id="a high line"),
        pytest.param({"line": 14.5}, "PASS", id="a fair line"),
        pytest.param({"quality_score": 49.0}, "PASS", id="poor quality"),
        pytest.param({"over_odds": 3.0}, "PASS", id="nonsense odds"),
    ],
)
def test_the_policy_decides_what_is_recommended(
    changes: dict[str, Any], recommendation: str, forecast: Make
) -> None:
    assert forecast(**changes)["ensemble_v1"]["recommendation"] == recommendation


def test_the_correlation_id_reaches_every_row(forecast: Make, warehouse: Any) -> None:
    forecast({"correlation_id": "event-42"})

    rows = [row for table_rows in warehouse.rows.values() for row in table_rows]
    assert {row["correlation_id"] for row in rows} == {"event-42"}


def test_a_message_without_a_correlation_id_takes_the_request_s(forecast: Make, warehouse: Any) -> None:
    with correlated("http-7"):
        forecast({"correlation_id": ""})

    assert warehouse.rows[OUTCOMES][0]["correlation_id"] == "http-7"
