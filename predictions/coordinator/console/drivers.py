"""What moved a forecast, in words: what the player usually does, then what is special today. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from predictions.coordinator.console.driver_groups import Group, told

LEAST_SCALE = 4.0
"""Points that half a picture stands for at least, so that small moves look small."""


@dataclass(frozen=True)
class Driver:
    """One feature in words, and by how many points it moved the forecast."""

    words: str
    points: float


@dataclass(frozen=True)
class Move:
    """The features of one group: their sum in points, and its bar, in percent of the picture's width."""

    group: Group
    points: float
    x: float
    width: float
    drivers: tuple[Driver, ...]


def moves(names: Sequence[str] | None, points: Sequence[float] | None) -> tuple[Move, ...]:
    """Group the drivers of one forecast; the bars share a scale, in whose middle nothing moves."""
    grouped: dict[Group, list[Driver]] = {}
    for name, moved in zip(names or (), points or (), strict=False):
        feature = told(name)
        grouped.setdefault(feature.group, []).append(Driver(feature.words, moved))
    sums = {group: sum(driver.points for driver in grouped[group]) for group in Group if group in grouped}
    most = max([LEAST_SCALE, *map(abs, sums.values())])
    return tuple(_move(group, total, most, grouped[group]) for group, total in sums.items())


def _move(group: Group, total: float, most: float, drivers: Sequence[Driver]) -> Move:
    width = round(50 * abs(total) / most, 1)
    return Move(group, total, 50.0 if total >= 0 else round(50 - width, 1), width, tuple(drivers))
