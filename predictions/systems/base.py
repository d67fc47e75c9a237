"""What a forecasting system is: features of many players in, a distribution for each of them out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from predictions.systems.distribution import PointsDistribution
from predictions.systems.normal import FloatArray
from shared.errors import DataContractViolation


class TooFewSystems(Exception):
    """Fewer systems gave a forecast than a combination needs; that is no forecast, and never a zero."""


@dataclass(frozen=True)
class FeatureTable:
    """Features by name: column j of `matrix` (n, k) holds feature `names[j]` of n players."""

    names: tuple[str, ...]
    matrix: FloatArray

    def column(self, name: str) -> FloatArray:
        """Return one feature of every player (n,); raise DataContractViolation if it is not there."""
        if name not in self.names:
            raise DataContractViolation(f"the features lack {name}")
        return self.matrix[:, self.names.index(name)]


class System(Protocol):
    """A way to forecast points. Pure: the same table always gives the same distributions."""

    @property
    def system_id(self) -> str:
        """The name under which its forecasts are stored and requested."""

    @property
    def requires(self) -> tuple[str, ...]:
        """The features that it reads."""

    def forecast(self, table: FeatureTable) -> PointsDistribution:
        """Return the points of every player of the table, in its order."""


def required_features(systems: Sequence[System]) -> tuple[str, ...]:
    """Return every feature that one of the systems reads, once."""
    return tuple(dict.fromkeys(name for system in systems for name in system.requires))
