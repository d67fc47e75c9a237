"""What a forecast's row holds."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from predictions.systems.base import FeatureTable
from predictions.systems.distribution import PointsDistribution
from predictions.systems.explanation import Explanation
from predictions.systems.minutes_rate_v1 import MinutesRateV1
from predictions.systems.moving_average_v1 import MovingAverageV1
from predictions.worker.drivers import main_drivers
from predictions.worker.predict import OUTCOMES, PREDICTIONS
from shared.features import BY_NAME
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

    numbers = ("mean", "p10", "p50", "p90", "p_over", "p_push", "drivers", "driver_points")
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
        "is_shadow": False,
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


def test_a_shadow_system_is_forecast_and_recommends_nothing(forecast: Make) -> None:
    rows = forecast({"systems": ("moving_average_v1",), "shadow_systems": ("minutes_rate_v1",)}, line=19.5)

    active, shadow = rows["moving_average_v1"], rows["minutes_rate_v1"]
    assert [row["is_shadow"] for row in (active, shadow)] == [False, True]
    assert [row["recommendation"] for row in (active, shadow)] == ["UNDER", "PASS"]
    assert (shadow["over_odds"], shadow["mean"]) == (-115.0, pytest.approx(15.08))


def test_a_system_that_is_active_too_is_no_shadow(forecast: Make) -> None:
    rows = forecast({"systems": ("moving_average_v1",), "shadow_systems": ("moving_average_v1",)}, line=19.5)

    row = rows["moving_average_v1"]
    assert (row["is_shadow"], row["recommendation"]) == (False, "UNDER")


def test_a_shadow_without_a_line_has_none(forecast: Make) -> None:
    rows = forecast({"systems": ("moving_average_v1",), "shadow_systems": ("minutes_rate_v1",)}, line=None)

    assert rows["minutes_rate_v1"]["recommendation"] == "NO_LINE"


def test_a_row_names_what_moved_its_forecast_biggest_first(forecast: Make) -> None:
    row = forecast()["minutes_rate_v1"]

    usual = {name: BY_NAME[name].default for name in MinutesRateV1.requires}
    moves = {
        "games_played": 29.0 * (0.52 - 0.43),
        "minutes_ewm_3": 0.9 * (30.0 - usual["minutes_ewm_3"]) * 0.52,
        "minutes_avg_10": 0.1 * (20.0 - usual["minutes_avg_10"]) * 0.52,
        "points_per_minute_ewm_15": 29.0 * 0.9 * (0.53 - usual["points_per_minute_ewm_15"]),
    }
    biggest = sorted(moves, key=lambda name: -abs(moves[name]))
    assert row["drivers"] == biggest
    assert row["driver_points"] == pytest.approx([moves[name] for name in biggest], abs=0.0006)


@pytest.mark.parametrize(
    ("points", "drivers"),
    [
        pytest.param(
            [1.0, -3.0, 2.0], [("b", -3.0), ("c", 2.0), ("a", 1.0)], id="by size, whatever the sign"
        ),
        pytest.param([0.0, 0.00049, 1.0], [("c", 1.0)], id="what rounds to zero is none"),
        pytest.param([0.12345, 0.0, 0.0], [("a", 0.123)], id="three decimals"),
        pytest.param([0.0, 0.0, 0.0], [], id="a usual player"),
        pytest.param(
            [1, 2, 3, 4, 5, 6], [("f", 6), ("e", 5), ("d", 4), ("c", 3), ("b", 2)], id="five at most"
        ),
    ],
)
def test_drivers_are_the_few_largest_moves(points: list[float], drivers: list[tuple[str, float]]) -> None:
    explained = Explanation(tuple("abcdef"[: len(points)]), np.array([points]))

    ((names, moves),) = main_drivers(explained)

    assert list(zip(names, moves, strict=True)) == drivers


class LineReader(MovingAverageV1):
    """Keeps the lines that it was given."""

    def __init__(self) -> None:
        self.lines: list[float] = []

    def forecast(self, table: FeatureTable) -> PointsDistribution:
        self.lines = table.main_lines.tolist()
        return super().forecast(table)


def test_a_system_sees_the_main_line_of_every_player(
    make_predict: Make, make_push: Make, make_player: Make
) -> None:
    reader = LineReader()
    players = (
        make_player("main", line=12.5),
        make_player("beside", line=10.5, line_offset=-2.0),
        make_player("newcomer", line=3.5, features={"games_played": 0.0}),
        make_player("without", line=None),
    )

    make_predict(resolve=lambda names: [reader]).handle(make_push(*players))

    assert reader.lines == [12.5, 12.5, pytest.approx(np.nan, nan_ok=True)]


def test_the_correlation_id_reaches_every_row(forecast: Make, warehouse: Any) -> None:
    forecast({"correlation_id": "event-42"})

    rows = [row for table_rows in warehouse.rows.values() for row in table_rows]
    assert {row["correlation_id"] for row in rows} == {"event-42"}


def test_a_message_without_a_correlation_id_takes_the_request_s(forecast: Make, warehouse: Any) -> None:
    with correlated("http-7"):
        forecast({"correlation_id": ""})

    assert warehouse.rows[OUTCOMES][0]["correlation_id"] == "http-7"
