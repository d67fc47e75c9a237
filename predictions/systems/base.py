"""What a forecasting system is: features of many players in, a distribution for each of them out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from predictions.systems.distribution import Distribution
from predictions.systems.explanation import Explanation
from predictions.systems.normal import FloatArray
from shared.errors import DataContractViolation


class TooFewSystems(Exception):
    """Fewer systems gave a forecast than a combination needs; that is no forecast, and never a zero."""


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """Features by name: column j of `matrix` (n, k) holds feature `names[j]` of n players.

    `lines` (n,) are their main lines in points, NaN for a player without one. A table is equal to itself
    alone, so that what was computed of it can be kept beside it.
    """

    names: tuple[str, ...]
    matrix: FloatArray
    lines: FloatArray | None = None

    @property
    def main_lines(self) -> FloatArray:
        """Return each player's main line (n,), NaN where there is none."""
        return np.full(len(self.matrix), np.nan) if self.lines is None else self.lines

    def column(self, name: str) -> FloatArray:
        """Return one feature of every player (n,); raise DataContractViolation if it is not there."""
        return self.matrix[:, self._position(name)]

    def columns(self, names: Sequence[str]) -> FloatArray:
        """Return features of every player, (n, len(names)), in the order of `names`."""
        return self.matrix[:, [self._position(name) for name in names]]

    def replace(self, name: str, value: float) -> "FeatureTable":
        """Return the table with one feature the same for everybody."""
        matrix = self.matrix.copy()
        matrix[:, self._position(name)] = value
        return FeatureTable(self.names, matrix, self.lines)

    def _position(self, name: str) -> int:
        if name not in self.names:
            raise DataContractViolation(f"the features lack {name}")
        return self.names.index(name)


class System(Protocol):
    """A way to forecast points. Pure: the same table always gives the same distributions."""

    @property
    def system_id(self) -> str:
        """The name under which its forecasts are stored and requested."""

    @property
    def requires(self) -> tuple[str, ...]:
        """The features that it reads."""

    @property
    def uses_line(self) -> bool:
        """Whether it reads the bookmaker's line; such a system says nothing against that line."""

    def forecast(self, table: FeatureTable) -> Distribution:
        """Return the points of every player of the table, in its order."""

    def explain(self, table: FeatureTable) -> Explanation:
        """Return what moved each player's forecast away from what is usual, in points."""


def required_features(systems: Sequence[System]) -> tuple[str, ...]:
    """Return every feature that one of the systems reads, once."""
    return tuple(dict.fromkeys(name for system in systems for name in system.requires))
