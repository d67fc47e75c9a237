"""Why a forecast is what it is: by how many points each feature moved it away from what is usual."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from predictions.systems.normal import FloatArray


@dataclass(frozen=True)
class Explanation:
    """Column j of `points` (n, k) says by how many points `names[j]` moved each of n forecasts."""

    names: tuple[str, ...]
    points: FloatArray

    def __post_init__(self) -> None:
        if self.points.ndim != 2 or self.points.shape[1] != len(self.names):
            raise ValueError(f"points {self.points.shape} must be (n, {len(self.names)})")


def add_up(parts: Sequence[tuple[float, Explanation]]) -> Explanation:
    """Return the weighted sum of explanations of the same players; a name they share is added up."""
    names = tuple(dict.fromkeys(name for _, part in parts for name in part.names))
    points = np.zeros((len(parts[0][1].points), len(names)))
    for weight, part in parts:
        points[:, [names.index(name) for name in part.names]] += weight * part.points
    return Explanation(names, points)
