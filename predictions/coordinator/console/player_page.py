"""One player of a slate: the systems' forecasts, what moved them, and those superseded. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from predictions.coordinator.console.distribution import Distribution, distribution, scale_ticks, scale_top
from predictions.coordinator.console.drivers import Move, moves
from shared.ports import Row


@dataclass(frozen=True)
class SystemForecast:
    """One system's current forecast at the main line, its picture, and what moved it."""

    row: Row
    picture: Distribution
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class PlayerForecasts:
    """The headline system comes first, shadows last; `superseded` are older ones of it, newest first."""

    headline: SystemForecast | None
    systems: tuple[SystemForecast, ...]
    beside_the_line: tuple[Row, ...]
    superseded: tuple[Row, ...]
    ticks: Sequence[tuple[float, int]]


def player_forecasts(rows: Sequence[Row], headline_system: str) -> PlayerForecasts:
    """Arrange the rows of player_forecasts.sql, which come newest first."""
    main = [row for row in rows if row["line_offset"] == 0]
    current = sorted(
        (row for row in main if row["is_current"]),
        key=lambda row: (row["system_id"] != headline_system, row["is_shadow"], row["system_id"]),
    )
    top = scale_top(current)
    systems = tuple(
        SystemForecast(row, distribution(row, top), moves(row["drivers"], row["driver_points"]))
        for row in current
    )
    first = current[0]["system_id"] if current else headline_system
    return PlayerForecasts(
        headline=systems[0] if systems else None,
        systems=systems,
        beside_the_line=_beside_the_line([row for row in rows if row["system_id"] == first]),
        superseded=tuple(row for row in main if not row["is_current"] and row["system_id"] == first),
        ticks=scale_ticks(top),
    )


def _beside_the_line(rows: Sequence[Row]) -> tuple[Row, ...]:
    beside = [row for row in rows if row["is_current"] and row["line_offset"] != 0]
    return tuple(sorted(beside, key=lambda row: row["line_offset"]))
