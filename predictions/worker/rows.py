"""The rows and the announcement that a shard leaves behind."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from predictions.systems.normal import FloatArray
from predictions.systems.recommendation import Recommendation, RecommendationPolicy, recommend
from predictions.worker.drivers import main_drivers
from predictions.worker.forecasting import ShardForecast, SystemForecast
from predictions.worker.players import Ending, Player
from shared.ids import prediction_id
from shared.messages import PlayerOutcome, PredictionReady, PredictionRequest
from shared.ports import Row


@dataclass(frozen=True)
class Stamp:
    """What every row of a delivery carries: which event, which code, when."""

    correlation_id: str
    build: str
    created_at: datetime


def prediction_rows(
    request: PredictionRequest, shard: ShardForecast, policy: RecommendationPolicy, stamp: Stamp
) -> list[Row]:
    """Return one row per player and system, all of `player_prop_predictions`' columns in each."""
    common = [_player_columns(request, player, stamp) for player in shard.players]
    lines = np.array([np.nan if player.line is None else player.line for player in shard.players])
    return [
        columns | numbers | _verdict(player, numbers, policy)
        for system_id, forecast in shard.by_system.items()
        for player, columns, numbers in zip(
            shard.players, common, _numbers(request, shard, system_id, forecast, lines), strict=True
        )
    ]


def outcome_rows(request: PredictionRequest, shard: ShardForecast, stamp: Stamp) -> list[Row]:
    """Return one row per request of the shard, of `prediction_outcomes`."""
    return [
        {
            "game_date": request.game_date,
            "request_id": end.request_id,
            "batch_id": request.batch_id,
            "player_lookup": end.player_lookup,
            "input_id": end.input_id,
            "outcome": end.outcome.value,
            "reason": end.reason,
            "detail": end.detail,
            "correlation_id": stamp.correlation_id,
            "created_at": stamp.created_at,
        }
        for end in shard.endings
    ]


def announcement(request: PredictionRequest, shard: ShardForecast, stamp: Stamp) -> PredictionReady:
    """Return the message that says how every request of the shard ended."""
    return PredictionReady(
        game_date=request.game_date,
        correlation_id=stamp.correlation_id,
        batch_id=request.batch_id,
        outcomes=tuple(_outcome(end) for end in shard.endings),
    )


def _outcome(end: Ending) -> PlayerOutcome:
    return PlayerOutcome(
        request_id=end.request_id, player_lookup=end.player_lookup, outcome=end.outcome, reason=end.reason
    )


def _player_columns(request: PredictionRequest, player: Player, stamp: Stamp) -> Row:
    return {
        "game_date": request.game_date,
        "player_lookup": player.player_lookup,
        "player_id": player.player_id,
        "player_name": player.player_name,
        "game_id": player.game_id,
        "team": player.team,
        "opponent": player.opponent,
        "is_home": player.is_home,
        "line": player.line,
        "line_offset": player.line_offset,
        "line_observed_at": player.line_observed_at,
        "quality_score": player.quality_score,
        "input_id": player.input_id,
        "request_id": player.request_id,
        "batch_id": request.batch_id,
        "feature_run_id": request.feature_run_id,
        "feature_run_started_at": request.feature_run_started_at,
        "build": stamp.build,
        "correlation_id": stamp.correlation_id,
        "created_at": stamp.created_at,
    }


def _numbers(
    request: PredictionRequest,
    shard: ShardForecast,
    system_id: str,
    forecast: SystemForecast,
    lines: FloatArray,
) -> Iterator[Row]:
    """Yield each player's numbers from one system; numpy computes them for all players at once."""
    points = forecast.points
    quantiles = (points.quantile(0.1), points.quantile(0.5), points.quantile(0.9))
    columns = (points.mean, *quantiles, points.p_over(lines), points.p_push(lines))
    by_player = zip(
        shard.players, np.stack(columns, axis=1).tolist(), main_drivers(forecast.explanation), strict=True
    )
    for player, (mean, p10, p50, p90, p_over, p_push), (drivers, driver_points) in by_player:
        has_line = player.line is not None
        yield {
            "prediction_id": prediction_id(
                request.game_date, player.player_lookup, system_id, player.input_id
            ),
            "system_id": system_id,
            "mean": mean,
            "p10": p10,
            "p50": p50,
            "p90": p90,
            "p_over": p_over if has_line else None,
            "p_push": p_push if has_line else None,
            "is_shadow": forecast.is_shadow,
            "drivers": drivers,
            "driver_points": driver_points,
        }


def _verdict(player: Player, numbers: Row, policy: RecommendationPolicy) -> Row:
    """The price that came belongs to the main line; beside it nothing is known and nothing is bet.

    Nor is anything bet on what a shadow system says.
    """
    if player.line_offset != 0 and player.line is not None:
        return {"over_odds": None, "under_odds": None, "recommendation": Recommendation.PASS}
    over, under = player.over_odds, player.under_odds
    p_over, p_push = numbers["p_over"], numbers["p_push"]
    verdict = recommend(p_over, p_push, over, under, player.quality_score, policy)
    if numbers["is_shadow"] and verdict is not Recommendation.NO_LINE:
        verdict = Recommendation.PASS
    return {"over_odds": over, "under_odds": under, "recommendation": verdict}
