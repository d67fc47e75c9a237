"""What readers of the current views see after deliveries that repeat, run late or bring a new line."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.ports import Row
from shared.statements import inline_statement

Make = Callable[..., Any]
GAME_DATE = date(2025, 1, 15)
EARLIER, LATER = (datetime(2025, 1, 15, hour, 0, tzinfo=UTC) for hour in (10, 11))


def read(store: Any, view: str) -> list[Row]:
    sql = (
        f"SELECT * FROM nba_predictions.{view} WHERE game_date = @game_date "
        "ORDER BY player_lookup, request_id"
    )
    if "predictions" in view:
        sql += ", system_id, line_offset"
    return store.query(inline_statement(view, sql, game_date="DATE"), game_date=GAME_DATE)


def forecasts(store: Any) -> list[Row]:
    return [row for row in read(store, "player_prop_predictions_current") if row.pop("created_at")]


@pytest.fixture
def deliver(make_predict: Make, make_push: Make, make_player: Make, store: Any, clock: Any) -> Make:
    """Deliver a shard of one player to a worker on a real store."""

    def handle(push_changes: dict[str, Any] | None = None, **changes: Any) -> None:
        make_predict(warehouse=store).handle(make_push(make_player(**changes), **(push_changes or {})))
        clock.advance(5)

    return handle


def test_what_is_written_is_read_back(deliver: Make, store: Any) -> None:
    deliver()

    rows = forecasts(store)
    assert [row["system_id"] for row in rows] == ["ensemble_v1", "minutes_rate_v1", "moving_average_v1"]
    assert rows[2]["mean"] == pytest.approx(15.0)
    assert {row["recommendation"] for row in read(store, "player_prop_predictions")} == {"OVER"}
    assert [(row["recommendation"], row["is_released"]) for row in rows] == [("PASS", False)] * 3
    (outcome,) = read(store, "prediction_outcomes_current")
    assert (outcome["outcome"], outcome["reason"], outcome["detail"]) == ("predicted", None, None)


def test_a_repeated_delivery_changes_nothing_a_reader_sees(deliver: Make, store: Any) -> None:
    deliver()
    before = forecasts(store)

    deliver()

    assert forecasts(store) == before
    assert len({row["prediction_id"] for row in before}) == 3
    assert [row["outcome"] for row in read(store, "prediction_outcomes_current")] == ["predicted"]


def test_a_late_shard_of_an_older_run_never_wins(deliver: Make, store: Any) -> None:
    newer = {"feature_run_id": "run-2", "feature_run_started_at": LATER}
    older = {"feature_run_id": "run-1", "feature_run_started_at": EARLIER}
    deliver(newer, input_id="from run-2", features={"points_ewm_8": 20.0})

    deliver(older, input_id="from run-1", features={"points_ewm_8": 10.0})

    assert {row["feature_run_id"] for row in forecasts(store)} == {"run-2"}


def test_a_moved_line_supersedes_the_one_before(deliver: Make, store: Any) -> None:
    deliver(line=12.5, input_id="at 12.5", line_observed_at=EARLIER.isoformat())

    deliver(line=13.5, input_id="at 13.5", line_observed_at=LATER.isoformat())

    rows = forecasts(store)
    assert {(row["line"], row["input_id"]) for row in rows} == {(13.5, "at 13.5")}
    assert len(rows) == 3


def test_an_older_line_that_comes_late_never_wins(deliver: Make, store: Any) -> None:
    deliver(line=13.5, input_id="at 13.5", line_observed_at=LATER.isoformat())

    deliver(line=12.5, input_id="at 12.5", line_observed_at=EARLIER.isoformat())

    assert {row["line"] for row in forecasts(store)} == {13.5}


def test_lines_beside_the_main_one_stand_next_to_it(deliver: Make, store: Any) -> None:
    deliver(line=12.5)

    deliver(line=11.5, line_offset=-1.0, request_id="beside", input_id="at 11.5")

    ensemble = [row for row in forecasts(store) if row["system_id"] == "ensemble_v1"]
    assert {row["line_offset"]: row["line"] for row in ensemble} == {0.0: 12.5, -1.0: 11.5}


def test_a_forecast_that_comes_after_a_failure_is_the_outcome(deliver: Make, store: Any) -> None:
    deliver({"systems": ("magic_v9",)})

    deliver()

    assert [row["outcome"] for row in read(store, "prediction_outcomes_current")] == ["predicted"]


def test_every_ending_can_be_written(deliver: Make, store: Any) -> None:
    deliver(team=None, player_lookup=None, request_id=None, input_id=None)
    deliver(features={"games_played": 0.0})

    found = {(row["outcome"], row["reason"]) for row in read(store, "prediction_outcomes_current")}
    assert found == {("failed", "invalid_request"), ("skipped", "no_history")}
