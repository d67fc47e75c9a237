"""From candidates who have played to the parts of a model: trees, a straight line and similar games."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from predictions.evaluation.candidates import Candidates
from predictions.systems.base import FeatureTable
from predictions.systems.forest import Booster
from predictions.systems.linear_v1 import LinearScore
from predictions.systems.normal import FloatArray
from predictions.systems.similar_games import SimilarGames
from shared.features import FEATURE_NAMES

UNREAD = ("minutes_avg_10", "points_per_minute_ewm_15")
TRAINED_NAMES = tuple(name for name in FEATURE_NAMES if name not in UNREAD)
"""What the model reads: without the two the error was the same."""

# Chosen walk-forward on 2023-24; docs/model.md has what else was tried.
PARAMETERS: Mapping[str, Any] = {
    "learning_rate": 0.06,
    "num_leaves": 15,
    "min_data_in_leaf": 200,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 63,
    "feature_pre_filter": False,
    "deterministic": True,
    "force_col_wise": True,
    "num_threads": 1,
    "verbose": -1,
}
ROUNDS = 200
SEEDS: Mapping[str, tuple[int, ...]] = {"trees_median_v1": (1, 2, 3), "trees_mean_v1": (1, 2, 3)}
OBJECTIVES: Mapping[str, str] = {"trees_median_v1": "regression_l1", "trees_mean_v1": "regression"}
RIDGE = 100.0
"""What the straight line's squared standardised slopes are worth, in games."""

_RARE = 0.001  # the share of games at either end whose values are drawn in
_FLATTEST = 1e-9


@dataclass(frozen=True, eq=False)
class Parts:
    """What is fitted to games that have been played."""

    medians: Sequence[Booster]
    means: Sequence[Booster]
    linear: LinearScore
    similar: SimilarGames


def fit_parts(played: Candidates) -> Parts:
    """Fit every part to candidates who have played, in order of time. The same input gives the same parts."""
    table = FeatureTable(TRAINED_NAMES, played.table.columns(TRAINED_NAMES))
    return Parts(
        medians=fit_trees(table, played.points, "trees_median_v1"),
        means=fit_trees(table, played.points, "trees_mean_v1"),
        linear=fit_linear(table, played.points),
        similar=SimilarGames.of(played.table, played.points),
    )


def fit_trees(table: FeatureTable, points: FloatArray, system_id: str) -> list[Booster]:
    """Fit one booster a seed to points (n,), in the order of SEEDS; a thread each, as many as processors.

    Each fit keeps to one thread: on a machine that does other work besides, fits that share theirs wait for
    the slowest at every split.
    """
    params = {**PARAMETERS, "objective": OBJECTIVES[system_id]}
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        fits = [threads.submit(_fit_booster, table, points, {**params, "seed": n}) for n in SEEDS[system_id]]
        return [fit.result() for fit in fits]


def _fit_booster(table: FeatureTable, points: FloatArray, params: dict[str, Any]) -> Booster:
    import lightgbm  # late: whoever only reads a model's card does not need it

    games = lightgbm.Dataset(table.matrix, points, feature_name=list(table.names), params=params)
    return lightgbm.train(params, games, ROUNDS)


def fit_linear(table: FeatureTable, points: FloatArray) -> LinearScore:
    """Fit a ridge regression to points (n,), on features drawn in to where all but one in 500 games lie."""
    lows, highs = np.quantile(table.matrix, [_RARE, 1.0 - _RARE], axis=0)
    values = np.clip(table.matrix, lows, highs)
    means, sds = values.mean(axis=0), values.std(axis=0) + _FLATTEST
    standardised = (values - means) / sds
    penalty = RIDGE * np.eye(len(table.names))
    intercept = float(points.mean())
    slopes = np.linalg.solve(standardised.T @ standardised + penalty, standardised.T @ (points - intercept))
    rounded = [tuple(np.round(part, 9).tolist()) for part in (slopes / sds, means, lows, highs)]
    return LinearScore(table.names, intercept, *rounded)
