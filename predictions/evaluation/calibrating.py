"""From scores that were out of sample when they were made: how points lie around such scores. Pure."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from predictions.evaluation.candidates import BoolArray
from predictions.systems.calibration import MIN_SCALE, Calibration
from predictions.systems.empirical import PROBABILITIES
from predictions.systems.normal import FloatArray
from predictions.systems.recalibration import SURE, Recalibration, logit

LEVELS = 8
_SPREADS = (np.arange(8) + 0.5) / 8 - 0.5  # a whole number of points, evenly over the unit around it
_PRIOR_LINES = 200.0  # how many lines at even odds the prior of a recalibration is worth
_STEPS = 25
_SMALLEST = 1e-4


def fit_calibration(scores: FloatArray, points: FloatArray, levels: int = LEVELS) -> Calibration:
    """Return how points (n,) lie around scores (n,), in `levels` of the same size, without recalibration.

    The scale is the mean absolute error by the root of the score, by least squares.
    """
    roots = np.sqrt(np.maximum(scores, 0.0))
    design = np.stack([np.ones_like(roots), roots], axis=1)
    intercept, slope = np.linalg.lstsq(design, np.abs(points - scores), rcond=None)[0].tolist()
    scale = np.maximum(intercept + slope * roots, MIN_SCALE)
    edges = np.unique(np.quantile(scores, np.linspace(0.0, 1.0, levels + 1)))
    edges[0], edges[-1] = -np.inf, np.inf
    masks = [(scores > low) & (scores <= high) for low, high in pairwise(edges)]
    residuals = [_spread(points[mask] - scores[mask], scale[mask]) for mask in masks]
    return Calibration(
        intercept=intercept,
        slope=slope,
        centres=tuple(float(scores[mask].mean()) for mask in masks),
        quantiles=tuple(tuple(np.quantile(part, PROBABILITIES).tolist()) for part in residuals),
    )


def centred(calibration: Calibration) -> Calibration:
    """Return the calibration moved so that the score itself is the median."""
    middle = int(np.argmin(np.abs(PROBABILITIES - 0.5)))
    levels = tuple(tuple(value - level[middle] for value in level) for level in calibration.quantiles)
    return replace(calibration, quantiles=levels)


def _spread(errors: FloatArray, scale: FloatArray) -> FloatArray:
    return np.asarray((errors[:, None] + _SPREADS) / scale[:, None]).ravel()


def fit_recalibration(p: FloatArray, happened: BoolArray, prior: Recalibration) -> Recalibration:
    """Return the straight line on the logit of p (n,) that fits best what happened, pushes left out.

    It leans on the prior, which weighs as much as 200 lines (ridge, by Newton's method); without any
    line it is the prior. A slope that would fall to zero or below stays just above.
    """
    odds = logit(np.clip(p, _SMALLEST, 1.0 - _SMALLEST))
    near = np.clip(odds, -SURE, SURE)
    design = np.stack([np.ones_like(p), near], axis=1)
    lean = _PRIOR_LINES * 0.25 * np.array([1.0, 0.1])
    start = np.array([prior.intercept, prior.slope])
    line = start.copy()
    for _ in range(_STEPS):
        said = 1.0 / (1.0 + np.exp(-(design @ line + odds - near)))
        gradient = design.T @ (said - happened) + lean * (line - start)
        curvature = (design.T * (said * (1.0 - said))) @ design + np.diag(lean)
        line -= np.linalg.solve(curvature, gradient)
    return Recalibration(float(line[0]), max(float(line[1]), _SMALLEST))


def fit_weights(forecasts: FloatArray, points: FloatArray, step: float = 0.1) -> FloatArray:
    """Return convex weights (k,) of forecasts (n, k) in steps: the least mean absolute error that a greedy
    search from the best single one finds.
    """
    count = forecasts.shape[1]
    weights = np.eye(count)[int(np.argmin(np.abs(forecasts - points[:, None]).mean(axis=0)))]
    least = float(np.abs(forecasts @ weights - points).mean())
    while True:
        moved = [
            weights + step * (np.eye(count)[to] - np.eye(count)[giver])
            for giver in range(count)
            for to in range(count)
            if giver != to and weights[giver] > step / 2
        ]
        errors = [float(np.abs(forecasts @ trial - points).mean()) for trial in moved]
        if not errors or min(errors) >= least:
            return np.asarray(np.round(np.maximum(weights, 0.0), 6), dtype=np.float64)
        least, weights = min(errors), moved[int(np.argmin(errors))]


def fit_share(
    leads: FloatArray, errors: FloatArray, prior: float = 0.25, prior_weight: float = 2000.0
) -> float:
    """Return the share s, 0 to 1, with the least sum of |errors - s * leads|, leaning on the prior.

    `errors` (n,) are points less the line, `leads` (n,) the forecast less the line. By iteratively
    reweighted least squares; the prior weighs as much as 2,000 squared points of lead.
    """
    share = prior
    for _ in range(60):
        weights = 1.0 / np.maximum(np.abs(errors - share * leads), 0.25)
        share = (np.sum(weights * leads * errors) + prior_weight * prior) / (
            np.sum(weights * leads**2) + prior_weight
        )
    return float(np.clip(share, 0.0, 1.0))
