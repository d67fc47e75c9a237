"""A small model of made-up games: all that the trained systems read, fitted in a moment, of no worth."""

from datetime import UTC, date, datetime
from pathlib import Path
from statistics import NormalDist
from typing import Any

import lightgbm
import numpy as np

from predictions.model_store import write_model
from predictions.systems.base import FeatureTable
from predictions.systems.calibration import Calibration
from predictions.systems.empirical import PROBABILITIES
from predictions.systems.linear_v1 import LinearScore
from predictions.systems.model import Model, ModelCard
from predictions.systems.normal import FloatArray
from predictions.systems.similar_games import SimilarGames
from shared.features import FEATURE_NAMES, FEATURE_VERSION, FEATURES

GAMES = 1500
WEIGHTS = {
    "trees_median_v1": 0.4,
    "trees_mean_v1": 0.3,
    "similarity_v1": 0.2,
    "minutes_rate_v1": 0.1,
    "moving_average_v1": 0.0,
}
CALIBRATED = (
    "trees_median_v1",
    "trees_mean_v1",
    "linear_v1",
    "similarity_v1",
    "ensemble_v2",
    "line_blend_v1",
)
PARAMETERS: dict[str, Any] = {
    "learning_rate": 0.3,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.5,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


def made_up_games(games: int = GAMES, seed: int = 7) -> tuple[FeatureTable, FloatArray]:
    """Return features inside their ranges, and points that go with the player's level."""
    dice = np.random.default_rng(seed)
    level = dice.gamma(4.0, 3.0, games)
    columns = []
    for feature in FEATURES:
        follows = feature.name.startswith("points_") and feature.unit == "points"
        start = level if follows else feature.default
        spread = (feature.maximum - feature.minimum) / 20
        columns.append(np.clip(start + dice.normal(0.0, spread, games), feature.minimum, feature.maximum))
    points = np.round(np.maximum(level + dice.normal(0.0, 3.0, games), 0.0))
    return FeatureTable(FEATURE_NAMES, np.stack(columns, axis=1)), points


def calibration() -> Calibration:
    """Return normal errors of three to six points."""
    normal = tuple(NormalDist().inv_cdf(p) for p in PROBABILITIES.tolist())
    return Calibration(intercept=2.0, slope=1.0, centres=(5.0, 20.0), quantiles=(normal, normal))


def tiny_model(**changes: Any) -> Model:
    """Fit a model; the card's fields can be changed by name."""
    table, points = made_up_games()
    card: dict[str, Any] = {
        "feature_version": FEATURE_VERSION,
        "feature_names": FEATURE_NAMES,
        "trained_from": date(2021, 10, 19),
        "trained_to": date(2024, 6, 17),
        "rows": len(points),
        "created_at": datetime(2024, 7, 1, tzinfo=UTC),
        "code_hash": "code",
        "data_hash": "data",
        "seeds": {"trees_median_v1": (1, 2), "trees_mean_v1": (1,)},
        "parameters": PARAMETERS,
        "metrics": {},
        "versions": {"lightgbm": lightgbm.__version__},
        "weights": WEIGHTS,
        "line_share": 0.25,
        "linear": _linear(table, points),
        "calibrations": {name: calibration() for name in CALIBRATED},
    }
    return Model(
        card=ModelCard(**card | changes),
        medians=[_fit(table, points, "regression_l1", seed) for seed in (1, 2)],
        means=[_fit(table, points, "regression", 1)],
        similar=SimilarGames.of(table, points, most=400),
    )


def write_tiny_model(folder: Path) -> ModelCard:
    """Write a model to a folder."""
    return write_model(folder, tiny_model())


def _fit(table: FeatureTable, points: FloatArray, objective: str, seed: int) -> lightgbm.Booster:
    games = lightgbm.Dataset(table.matrix, points, feature_name=list(table.names), params=PARAMETERS)
    return lightgbm.train({**PARAMETERS, "objective": objective, "seed": seed}, games, 20)


def _linear(table: FeatureTable, points: FloatArray) -> LinearScore:
    """Read one feature, as if nothing else counted."""
    slopes = tuple(1.0 if name == "points_ewm_8" else 0.0 for name in table.names)
    means, lows, highs = (
        tuple(part) for part in zip(*[(f.default, f.minimum, f.maximum) for f in FEATURES], strict=True)
    )
    return LinearScore(table.names, float(points.mean()), slopes, means, lows, highs)
