"""A forecast against its line, as a picture: from p10 to p90, the part over the line set apart. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from predictions.coordinator.console.wording import figure
from predictions.coordinator.console.wording import line as written
from shared.ports import Row

_STEP = 10
_LEAST_TOP = 30.0


@dataclass(frozen=True)
class Distribution:
    """Places in percent of the width, where 0 is no points and 100 the top of the scale.

    `under` and `over` are the start and the width of the two parts of p10 to p90; without a line all of it
    is `under`. `alt` says the same in words.
    """

    under: tuple[float, float]
    over: tuple[float, float] | None
    p50: float
    mean: float
    line: float | None
    alt: str


def scale_top(rows: Iterable[Row]) -> float:
    """Return the top of a scale that all of these forecasts fit on, so that their pictures compare."""
    highest = max((max(row["p90"], row["mean"], row["line"] or 0.0) for row in rows), default=0.0)
    return max(_LEAST_TOP, _STEP * -(-highest // _STEP))


def scale_ticks(top: float) -> list[tuple[float, int]]:
    """Return where the round numbers of points stand, and which they are."""
    step = _STEP if top <= 6 * _STEP else 2 * _STEP
    return [(round(100 * points / top, 2), points) for points in range(0, int(top) + 1, step)]


def distribution(row: Row, top: float) -> Distribution:
    """Draw a row that has p10, p50, p90, mean and line, on a scale from 0 to `top` points."""

    def x(points: float) -> float:
        return round(min(max(100 * points / top, 0.0), 100.0), 1)

    low, high = x(row["p10"]), x(row["p90"])
    at = None if row["line"] is None else x(row["line"])
    cut = high if at is None else min(max(at, low), high)
    return Distribution(
        under=(low, round(cut - low, 1)),
        over=None if at is None else (cut, round(high - cut, 1)),
        p50=x(row["p50"]),
        mean=x(row["mean"]),
        line=at,
        alt=_alt(row),
    )


def _alt(row: Row) -> str:
    against = "no line" if row["line"] is None else f"line {written(row['line'])}"
    return f"{figure(row['p10'])} to {figure(row['p90'])}, median {figure(row['p50'])}, {against}"
