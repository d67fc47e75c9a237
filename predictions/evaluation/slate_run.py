"""One past slate through the worker's own code: the same request, the same systems, the same rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from predictions.evaluation.candidates import Candidates
from predictions.evaluation.walking import Stage
from predictions.systems.base import System
from predictions.systems.distribution import Distribution
from predictions.systems.model import Model
from predictions.systems.recommendation import RecommendationPolicy
from predictions.systems.registry import needs_model, resolve
from predictions.worker.forecasting import forecast_shard
from predictions.worker.rows import Stamp, prediction_rows
from shared.features import FEATURE_VERSION
from shared.messages import MOST_PLAYERS, PredictionRequest
from shared.ports import Row
from shared.slate import morning

_PLAYER = ("player_lookup", "player_id", "player_name", "game_id", "team", "opponent", "is_home", "line")
_PRICE = ("over_odds", "under_odds", "quality_score")


@dataclass(frozen=True, eq=False)
class SlateRun:
    """Who was forecast on a slate, what each system said of them in their order, and the rows of that."""

    candidates: Candidates
    by_system: Mapping[str, Distribution]
    rows: Sequence[Row]


def run_stage(stage: Stage, systems: Sequence[str], policy: RecommendationPolicy) -> Iterator[SlateRun]:
    """Forecast every slate of a stage by systems that all count as active.

    One that needs a model says nothing where there is none.
    """
    active = tuple(name for name in systems if stage.model is not None or not needs_model([name]))
    find = _resolver(stage.model)
    for day in np.unique(stage.candidates.dates):
        slate = stage.candidates.select(stage.candidates.dates == day)
        for start in range(0, len(slate), MOST_PLAYERS):
            shard = slate.select(np.arange(len(slate)) // MOST_PLAYERS == start // MOST_PLAYERS)
            yield _run(shard, _request(shard, day.item(), active), find, policy)


def _resolver(model: Model | None) -> Callable[[Sequence[str]], Sequence[System]]:
    return lambda names: resolve(names, model)


def _run(
    shard: Candidates,
    request: PredictionRequest,
    find: Callable[[Sequence[str]], Sequence[System]],
    policy: RecommendationPolicy,
) -> SlateRun:
    done = forecast_shard(request, find)
    forecast = {player.player_lookup for player in done.players}
    mask = np.array([row["player_lookup"] in forecast for row in shard.rows], dtype=bool)
    stamp = Stamp(request.correlation_id, "backtest", request.feature_run_started_at)
    return SlateRun(
        shard.select(mask),
        {name: found.points for name, found in done.by_system.items()},
        prediction_rows(request, done, policy, stamp),
    )


def _request(shard: Candidates, day: date, systems: tuple[str, ...]) -> PredictionRequest:
    return PredictionRequest(
        game_date=day,
        batch_id=f"backtest-{day}",
        feature_run_id=f"backtest-{day}",
        feature_run_started_at=morning(day),
        feature_version=FEATURE_VERSION,
        feature_names=shard.table.names,
        systems=systems,
        players=tuple(
            _player(row, features)
            for row, features in zip(shard.rows, shard.table.matrix.tolist(), strict=True)
        ),
    )


def _player(row: Row, features: list[float]) -> Row:
    ids = {"request_id": row["player_lookup"], "input_id": row["player_lookup"], "features": features}
    return {name: row[name] for name in (*_PLAYER, *_PRICE)} | ids
