"""The pictures of a backtest, as SVG that stands in a page by itself."""

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from numpy.typing import NDArray

from predictions.systems.normal import FloatArray

_STYLE: Any = {
    "svg.hashsalt": "nba-props",  # the same figures give the same bytes
    "svg.fonttype": "none",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
}
_SIZE = (7.2, 4.2)
_FEWEST = 20
"""So many lines must stand behind a point of a calibration curve."""

Curve = Sequence[tuple[int, float, float]]


def calibration_plot(curves: Mapping[str, Curve]) -> str:
    """Draw what happened over what was said, by tenths of P(over)."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color="grey", linewidth=1, linestyle="--", label="as it should be")
        for name, curve in curves.items():
            kept = [(said, was) for n, said, was in curve if n >= _FEWEST]
            axes.plot(*_columns(kept), marker="o", markersize=4, linewidth=1.2, label=name)
        axes.set(xlabel="P(over) that was said", ylabel="share of overs", xlim=(0.2, 0.8), ylim=(0.2, 0.8))

    return _svg(draw)


def level_plot(levels: Mapping[str, Sequence[tuple[float, float, float]]]) -> str:
    """Draw the mean absolute error with its standard error over the forecast, in points."""

    def draw(axes: Axes) -> None:
        for name, points in levels.items():
            at, mae, error = _columns(points, 3)
            axes.errorbar(at, mae, yerr=error, marker="o", markersize=4, linewidth=1.2, capsize=2, label=name)
        axes.set(xlabel="forecast, points", ylabel="mean absolute error, points")

    return _svg(draw)


def return_plot(returns: Mapping[str, tuple[NDArray[np.datetime64], FloatArray]]) -> str:
    """Draw what the recommended bets had won by each date, in units of one stake."""

    def draw(axes: Axes) -> None:
        axes.axhline(0, color="grey", linewidth=1)
        for name, (dates, profits) in returns.items():
            days = dates.astype("datetime64[D]").astype(object)
            axes.plot(days, np.cumsum(profits), drawstyle="steps-post", linewidth=1.2, label=name)
        locator = AutoDateLocator()
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
        axes.set(ylabel="units won")

    return _svg(draw)


def _columns(rows: Sequence[tuple[float, ...]], width: int = 2) -> list[list[float]]:
    return [[row[at] for row in rows] for at in range(width)]


def _svg(draw: Any) -> str:
    with rc_context(_STYLE):
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.subplots()
        draw(axes)
        if axes.get_legend_handles_labels()[1]:
            axes.legend(fontsize=8, frameon=False)
        text = StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()[text.getvalue().index("<svg") :]
