"""What past lines taught about a system's P(over): it overrates its disagreements with the line."""

from dataclasses import dataclass

import numpy as np

from predictions.systems.normal import FloatArray

SURE = 2.0
"""A logit: P(over) of 12 or 88%. Past lines say nothing about a system that is surer than that."""


@dataclass(frozen=True)
class Recalibration:
    """A straight line on the logit of P(over) at the main line, pushes left out: intercept + slope * logit.

    A bookmaker's line holds more than a system that does not read it, so the system's P(over) at the line
    is too far from a half: walk-forward its calibration error falls from 0.06 to 0.014. The identity by
    default. Beyond SURE the logit goes on as it was, so that a line that was mistyped stays out of reach.
    The slope is above zero, so that the order of probabilities stays.
    """

    intercept: float = 0.0
    slope: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.intercept) and np.isfinite(self.slope) and self.slope > 0):
            raise ValueError("a recalibration is two finite numbers, and its slope is above zero")

    def lean(self, p: FloatArray) -> FloatArray:
        """Return what recalibrating adds to the logit of each p (n,); nothing for a NaN."""
        added = self.intercept + (self.slope - 1.0) * np.clip(logit(p), -SURE, SURE)
        return np.where(np.isnan(added), 0.0, added)

    def apply(self, p: FloatArray) -> FloatArray:
        """Return p' for probabilities p; 0, 1 and NaN stay what they are."""
        return leaned(p, self.lean(p))


def logit(p: FloatArray) -> FloatArray:
    """Return the logarithm of the odds of p; minus and plus infinity for 0 and 1."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(p) - np.log1p(-p), dtype=np.float64)


def leaned(p: FloatArray, lean: FloatArray) -> FloatArray:
    """Return the probabilities whose logits are those of p plus `lean`."""
    with np.errstate(over="ignore"):
        return np.asarray(1.0 / (1.0 + np.exp(-(logit(p) + lean))), dtype=np.float64)
