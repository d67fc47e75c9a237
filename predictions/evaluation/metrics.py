"""How good forecasts were: pure numbers from arrays of what was said and what happened."""

from dataclasses import dataclass

import numpy as np

from predictions.evaluation.candidates import BoolArray
from predictions.systems.normal import FloatArray
from predictions.systems.recommendation import ASSUMED_ODDS

BINS = 10


@dataclass(frozen=True)
class Mean:
    """A mean over n values, and its standard error (their deviation over the root of n); None for none."""

    n: int
    mean: float | None
    error: float | None


def mean_of(values: FloatArray) -> Mean:
    """Return the mean of values (n,)."""
    n = len(values)
    if not n:
        return Mean(0, None, None)
    return Mean(n, float(values.mean()), float(values.std(ddof=1) / np.sqrt(n)) if n > 1 else None)


def root_mean_square(errors: FloatArray) -> float | None:
    """Return the root of the mean square of errors (n,), or None for none."""
    return float(np.sqrt(np.mean(errors**2))) if len(errors) else None


def coverage(low: FloatArray, high: FloatArray, points: FloatArray) -> float | None:
    """Return the percentage of points (n,) that lie from `low` to `high`, inclusive; None for none."""
    return float(100.0 * np.mean((points >= low) & (points <= high))) if len(points) else None


def calibration_curve(p: FloatArray, happened: BoolArray) -> list[tuple[int, float, float]]:
    """Return, for each tenth of probability that was ever said, how often, its mean and what happened."""
    places = np.minimum((p * BINS).astype(int), BINS - 1)
    masks = [places == place for place in range(BINS)]
    return [
        (int(mask.sum()), float(p[mask].mean()), float(happened[mask].mean())) for mask in masks if mask.any()
    ]


def calibration_error(p: FloatArray, happened: BoolArray) -> float | None:
    """Return the expected calibration error: the curve's distances from the diagonal, by frequency."""
    if not len(p):
        return None
    return sum(n * abs(said - was) for n, said, was in calibration_curve(p, happened)) / len(p)


def brier_score(p: FloatArray, happened: BoolArray) -> float | None:
    """Return the mean squared distance of probabilities from what happened; None for none."""
    return float(np.mean((p - happened) ** 2)) if len(p) else None


def payout(odds: FloatArray) -> FloatArray:
    """Return the gain of a won bet per unit staked at American odds; missing ones count as -110."""
    quoted = np.where(np.isnan(odds), ASSUMED_ODDS, odds)
    return np.where(quoted > 0, quoted / 100.0, 100.0 / np.abs(quoted))


def profits(points: FloatArray, lines: FloatArray, is_over: BoolArray, odds: FloatArray) -> FloatArray:
    """Return what bets (n,) won or lost per unit staked; a push is nothing, and so is a NaN (void)."""
    wins = np.where(is_over, points > lines, points < lines)
    settled = np.where(wins, payout(odds), -1.0)
    return np.where((points == lines) | np.isnan(points), 0.0, settled)


def rounded(value: float | None, digits: int = 4) -> float | None:
    """Round what there is."""
    return None if value is None else round(value, digits)
