"""Is P(over) honest? What happened over what was said, by tenths, as a small picture a system. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from predictions.coordinator.console.wording import percent
from shared.ports import Row

FEWEST = 10
"""So many lines must stand behind a point of the picture; the table has them all."""

_LARGEST = 7.0
_SMALLEST = 2.5


@dataclass(frozen=True)
class Dot:
    """One tenth: places on a picture of 100 by 100 with its origin above on the left, and a radius."""

    x: float
    y: float
    radius: float
    title: str


@dataclass(frozen=True)
class Calibration:
    """One system's picture and the rows behind it; `error` is the mean distance from honest, by lines."""

    system_id: str
    lines: int
    error: float
    dots: tuple[Dot, ...]
    rows: tuple[Row, ...]

    @property
    def path(self) -> str:
        """Return the dots' centres as the points of a polyline."""
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)


def calibrations(rows: Sequence[Row], headline_system: str) -> tuple[Calibration, ...]:
    """Draw the rows of calibration.sql, the headline system first."""
    systems = sorted({row["system_id"] for row in rows}, key=lambda name: (name != headline_system, name))
    return tuple(_of(name, [row for row in rows if row["system_id"] == name]) for name in systems)


def _of(system_id: str, rows: Sequence[Row]) -> Calibration:
    lines = sum(row["lines"] for row in rows)
    error = sum(row["lines"] * abs(row["said"] - row["happened"]) for row in rows) / lines
    most = max(row["lines"] for row in rows)
    kept = [row for row in rows if row["lines"] >= FEWEST]
    return Calibration(system_id, lines, error, tuple(_dot(row, most) for row in kept), tuple(rows))


def _dot(row: Row, most: int) -> Dot:
    title = f"said {percent(row['said'])}, happened {percent(row['happened'])}, {row['lines']} lines"
    radius = _SMALLEST + (_LARGEST - _SMALLEST) * sqrt(row["lines"] / most)
    return Dot(round(100 * row["said"], 1), round(100 - 100 * row["happened"], 1), round(radius, 1), title)
