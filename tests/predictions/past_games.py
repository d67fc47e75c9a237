"""Forecasts of past slates and the box scores that came after them, in one line each."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shared.ports import Row, Warehouse
from shared.statements import inline_statement

BOX_SCORES = "nba_analytics.player_game_summary"
FORECASTS = "nba_predictions.player_prop_predictions"
RESULTS = "nba_predictions.prediction_results"

_RELEASE = inline_statement(
    "release",
    "UPDATE nba_reference.slates SET released_batches = 'b1' WHERE game_date BETWEEN @first AND @last",
    first="DATE",
    last="DATE",
)


class PastGames:
    """Puts forecasts and box scores into a store, and reads what came of them."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def forecast(self, *rows: Row) -> None:
        """Append forecasts, and release their slates, so that what was said is seen."""
        self._warehouse.append(FORECASTS, rows)
        days = [row["game_date"] for row in rows]
        self._warehouse.execute(_RELEASE, first=min(days), last=max(days))

    def played(self, *rows: Row) -> None:
        """Append box scores."""
        self._warehouse.append(BOX_SCORES, rows)

    def results(self, game_date: date) -> list[Row]:
        """Read the view of results."""
        sql = f"SELECT * FROM {RESULTS} WHERE game_date = @day ORDER BY player_lookup, system_id"
        return self._warehouse.query(inline_statement("results", sql, day="DATE"), day=game_date)

    def season(
        self, first: date, errors: Iterable[float], players: int = 20, system_id: str = "steady_v1"
    ) -> date:
        """Grade one slate a day, each with this mean absolute error; return the last day.

        Half of the players score more than was said of them and half less; none of the intervals is left.
        """
        days = [(first + timedelta(days=n), error) for n, error in enumerate(errors)]
        names = [f"p{n:02}" for n in range(players)]
        wide = {"p10": 0.0, "p50": 20.0, "p90": 60.0, "system_id": system_id, "line": None}
        self.forecast(*(said(day, name, **wide) for day, _ in days for name in names))
        self.played(
            *(
                box_score(day, name, 20.0 + (error if n % 2 else -error))
                for day, error in days
                for n, name in enumerate(names)
            )
        )
        return days[-1][0]


def said(game_date: date, player: str = "p00", **changes: Any) -> Row:
    """Return a forecast of 20 points against a line of 18.5, which says OVER."""
    made_at = datetime.combine(game_date, time(14), UTC)
    system_id = changes.get("system_id", "steady_v1")
    return {
        "game_date": game_date,
        "prediction_id": f"{game_date}-{player}-{system_id}",
        "player_lookup": player,
        "player_name": player.title(),
        "game_id": "g1",
        "team": "BOS",
        "opponent": "NYK",
        "is_home": True,
        "system_id": system_id,
        "mean": 21.0,
        "p10": 12.0,
        "p50": 20.0,
        "p90": 30.0,
        "line": 18.5,
        "line_offset": 0.0,
        "over_odds": None,
        "under_odds": None,
        "p_over": 0.6,
        "p_push": 0.0,
        "recommendation": "OVER",
        "quality_score": 90.0,
        "input_id": "i1",
        "request_id": "r1",
        "batch_id": "b1",
        "feature_run_id": "run1",
        "feature_run_started_at": made_at,
        "line_observed_at": made_at,
        "build": "test",
        "correlation_id": "c1",
        "created_at": made_at,
    } | changes


def box_score(game_date: date, player: str = "p00", points: float = 25.0, **changes: Any) -> Row:
    """Return what a player did in 30 minutes for the team of `said`."""
    return {
        "game_date": game_date,
        "game_id": "g1",
        "player_lookup": player,
        "player_name": player.title(),
        "team": "BOS",
        "opponent": "NYK",
        "is_home": True,
        "minutes": 30.0,
        "points": points,
        "loaded_at": datetime.combine(game_date + timedelta(days=1), time(8), UTC),
    } | changes
