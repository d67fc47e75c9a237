"""What past lines taught about a system's P(over): it overrates its disagreements with the line."""

from dataclasses import dataclass

import numpy as np

from predictions.systems.normal import FloatArray


@dataclass(frozen=True)
class Recalibration:
    """A straight line on the logit of P(over), pushes left out: logit p' = intercept + slope * logit p.

    A bookmaker's line holds more than a system that does not read it, so the system's P(over) at the line
    is too far from a half: walk-forward its calibration error falls from 0.06 to 0.011. The identity by
    default. The slope is above zero, so that the order of probabilities stays.
    """

    intercept: float = 0.0
    slope: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.intercept) and np.isfinite(self.slope) and self.slope > 0):
            raise ValueError("a recalibration is two finite numbers, and its slope is above zero")

    def apply(self, p: FloatArray) -> FloatArray:
        """Return p' for probabilities p; 0, 1 and NaN stay what they are."""
        with np.errstate(divide="ignore", over="ignore"):
            odds = np.log(p) - np.log1p(-p)
            return np.asarray(1.0 / (1.0 + np.exp(-(self.intercept + self.slope * odds))), dtype=np.float64)
