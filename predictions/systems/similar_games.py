"""Earlier games of players who were about to play under similar circumstances, and how those went."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from predictions.systems.base import FeatureTable
from predictions.systems.normal import FloatArray

SIMILAR: Mapping[str, float] = {
    "points_by_supply": 3.0,
    "points_ewm_8": 2.0,
    "points_ewm_30": 1.5,
    "minutes_by_supply": 1.5,
    "minutes_ewm_3": 1.5,
    "minutes_last": 0.7,
    "points_by_attempts_8": 1.5,
    "usage_ewm_5": 0.7,
    "teammates_points_change_15": 1.0,
    "teammates_minutes_change_5": 0.7,
    "opponent_allowed_ratio": 0.5,
    "team_points_expected": 0.5,
    "minutes_std_10": 0.5,
}
"""What makes games similar, and how much it weighs in the distance once standardised: set by hand."""

BASE: Mapping[str, float] = {"points_by_supply": 0.5, "points_ewm_15": 0.25, "points_by_attempts_8": 0.25}
"""The simple forecast that the games correct: shares of features, in points."""

NEAREST = 300
MOST_GAMES = 8_000
_BLOCK = 512  # players at once: 16 MB of distances
_FLATTEST = 1e-9

Halves = np.ndarray[Any, np.dtype[np.float16]]
Singles = np.ndarray[Any, np.dtype[np.float32]]


def base_points(table: FeatureTable) -> FloatArray:
    """Return the simple forecast of every player (n,)."""
    return np.asarray(table.columns(tuple(BASE)) @ np.array(list(BASE.values())), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class SimilarGames:
    """m games: `matrix` (m, k) holds the features of SIMILAR, standardised by `mean` and `sd` (k,) and
    weighted; `corrections` (m,) are the points of those games less their simple forecasts.

    Raises ValueError for shapes that do not fit and numbers that are not finite.
    """

    matrix: Halves
    corrections: Halves
    mean: FloatArray
    sd: FloatArray

    def __post_init__(self) -> None:
        width = len(SIMILAR)
        shapes = (self.matrix.shape[1:], self.mean.shape, self.sd.shape)
        if shapes != ((width,),) * 3 or self.corrections.shape != self.matrix.shape[:1]:
            raise ValueError(f"similar games must have {width} features and a correction each")
        parts = (self.matrix, self.corrections, self.mean, self.sd)
        if not len(self.matrix) or not all(np.isfinite(part).all() for part in parts):
            raise ValueError("there must be similar games, and every number of theirs must be finite")

    @classmethod
    def of(cls, table: FeatureTable, points: FloatArray, most: int = MOST_GAMES) -> Self:
        """Keep the last `most` games of a table that is in order of time, whose `points` (n,) are known.

        All of the table's games make the mean and the standard deviation.
        """
        features = table.columns(tuple(SIMILAR))
        mean, sd = features.mean(axis=0), features.std(axis=0) + _FLATTEST
        corrections = points - base_points(table)
        return cls(
            matrix=_standardised(features[-most:], mean, sd).astype(np.float16),
            corrections=corrections[-most:].astype(np.float16),
            mean=mean,
            sd=sd,
        )

    def correct(self, table: FeatureTable) -> FloatArray:
        """Return each player's median correction (n,), over the games most similar to the one ahead."""
        wanted = _standardised(table.columns(tuple(SIMILAR)), self.mean, self.sd).astype(np.float32)
        blocks = [self._correct(wanted[at : at + _BLOCK]) for at in range(0, len(wanted), _BLOCK)]
        return np.concatenate(blocks).astype(np.float64) if blocks else np.zeros(0)

    def _correct(self, wanted: Singles) -> Singles:
        games, lengths = self._games
        distances = lengths - 2.0 * (wanted @ games)  # less the length of `wanted`, which changes no order
        nearest = min(NEAREST, len(self.corrections))
        chosen = np.argpartition(distances, nearest - 1, axis=1)[:, :nearest]
        return np.asarray(np.median(self.corrections.astype(np.float32)[chosen], axis=1))

    @cached_property
    def _games(self) -> tuple[Singles, Singles]:
        """The games as columns, in the precision of the arithmetic, and their squared lengths."""
        games = self.matrix.astype(np.float32)
        return np.ascontiguousarray(games.T), (games * games).sum(axis=1)


def _standardised(features: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    return np.asarray((features - mean) / sd * np.array(list(SIMILAR.values())))
