"""How many points players may score: a distribution for each of n players at once.

The two-thirds power of points is taken as normal, cut off at zero, where the mass that falls below
stays. Walk-forward on 2022-23 and 2023-24 this fits better than a normal, a square root or a gamma (the
log loss of a game's points is 3.17 against 3.18, 3.20 and 3.26). In 2024-25, held out, 5.6, 10.4, 24.1,
48.9, 74.3, 90.4 and 95.2% of games lie under the 5, 10, 25, 50, 75, 90 and 95% quantiles of ensemble_v1.
"""

from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import Protocol

import numpy as np

from predictions.systems.normal import FloatArray, normal_cdf

POWER = 1.5  # the inverse of two thirds
_NARROWEST = 1e-9
_LEAST = 1e-6  # points; a smaller mean is none, and would overflow as a divisor
_MOST = 1e6  # points; nobody scores more, and a nonsense line must not overflow either


def _shapes() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Tabulate max(1 + width * Z, 0) ** POWER: its width, its mean, its spread over its mean."""
    widths = np.linspace(0.0, 4.0, 401)
    z = np.linspace(-8.0, 8.0, 641)
    weights = np.exp(-0.5 * z * z)
    weights /= weights.sum()
    values = np.maximum(1.0 + widths[:, None] * z, 0.0) ** POWER
    means = values @ weights
    variances = np.maximum((values * values) @ weights - means * means, 0.0)
    return widths, means, np.sqrt(variances) / means


_WIDTHS, _MEANS, _RATIOS = _shapes()


class Distribution(Protocol):
    """The points of n players. Points are whole and never negative; a NaN line (none) stays a NaN.

    At every line p_over + p_push + p_under is 1, and p_push is 0 unless the line is whole.
    """

    @property
    def mean(self) -> FloatArray:
        """The mean points (n,)."""

    def quantile(self, q: float) -> FloatArray:
        """Return the points (n,) under which each player stays with probability `q`, 0 < q < 1."""

    def p_over(self, lines: FloatArray) -> FloatArray:
        """Return P(more points than the line)."""

    def p_under(self, lines: FloatArray) -> FloatArray:
        """Return P(fewer points than the line)."""

    def p_push(self, lines: FloatArray) -> FloatArray:
        """Return P(exactly the line)."""


@dataclass(frozen=True)
class PointsDistribution:
    """Points of n players: `mean` and `spread` (standard deviation), both (n,), finite and not negative.

    A mean of zero is a player who certainly scores nothing. A spread of more than 1.56 means, which this
    shape cannot have, counts as that. Raises ValueError for anything else.
    """

    mean: FloatArray
    spread: FloatArray

    def __post_init__(self) -> None:
        if self.mean.ndim != 1 or self.mean.shape != self.spread.shape:
            raise ValueError(f"mean {self.mean.shape} and spread {self.spread.shape} must be (n,)")
        for name, values in (("mean", self.mean), ("spread", self.spread)):
            if not (np.isfinite(values) & (values >= 0)).all():
                raise ValueError(f"every {name} must be finite and not negative")

    def quantile(self, q: float) -> FloatArray:
        """Return the points (n,) under which each player stays with probability `q`, 0 < q < 1."""
        scale, width = self._shape
        root = np.maximum(1.0 + width * NormalDist().inv_cdf(q), 0.0)
        return np.asarray(scale * root**POWER, dtype=np.float64)

    def p_over(self, lines: FloatArray) -> FloatArray:
        """Return P(more points than the line); points are whole, so over 20 and over 20.5 mean 21 or more."""
        return 1.0 - self._below(np.floor(lines) + 0.5)

    def p_under(self, lines: FloatArray) -> FloatArray:
        """Return P(fewer points than the line)."""
        return self._below(np.ceil(lines) - 0.5)

    def p_push(self, lines: FloatArray) -> FloatArray:
        """Return P(exactly the line), which is zero unless the line is whole."""
        return self._below(np.floor(lines) + 0.5) - self._below(np.ceil(lines) - 0.5)

    @cached_property
    def _shape(self) -> tuple[FloatArray, FloatArray]:
        """The unit of points and the width of the normal that give each player his mean and spread."""
        ratio = self.spread / np.maximum(self.mean, _LEAST)
        width = np.interp(ratio, _RATIOS, _WIDTHS)
        return self.mean / np.interp(width, _WIDTHS, _MEANS), width

    def _below(self, points: FloatArray) -> FloatArray:
        """P(X <= points) of the continuous distribution; a NaN (no line) stays a NaN."""
        scale, width = self._shape
        root = (np.clip(points, 0.0, _MOST) / np.maximum(scale, _LEAST)) ** (1.0 / POWER)
        cdf = normal_cdf((root - 1.0) / np.maximum(width, _NARROWEST))
        cdf = np.where((self.mean < _LEAST) & (points >= 0), 1.0, cdf)
        return np.where(points < 0, 0.0, cdf)
