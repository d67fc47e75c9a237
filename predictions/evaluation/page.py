"""The HTML page of a backtest: its tables and pictures in one file that needs nothing else."""

from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from predictions.evaluation.betting import returns
from predictions.evaluation.forecasts import Forecasts
from predictions.evaluation.plots import calibration_plot, level_plot, return_plot
from predictions.evaluation.wording import figure, signed

_HALF_LEVEL = 2.5  # points: half of how wide the levels are, but for the last one, which has no end


def backtest_page(report: dict[str, Any], forecasts: Forecasts) -> str:
    """Return the page of a report and of the forecasts that it counts."""
    environment = Environment(
        loader=PackageLoader("predictions.evaluation"), autoescape=True, undefined=StrictUndefined
    )
    environment.filters |= {"figure": figure, "signed": signed}
    return environment.get_template("backtest.html").render(report=report, plots=_plots(report, forecasts))


def _plots(report: dict[str, Any], forecasts: Forecasts) -> dict[str, str]:
    systems = report["systems"]
    curves = {name: found["with_line"]["calibration"] for name, found in systems.items()}
    levels = {
        name: [(part["from"] + _HALF_LEVEL, part["mae"], part["mae_se"]) for part in _known(found)]
        for name, found in systems.items()
    }
    return {
        "calibration": calibration_plot(curves),
        "level": level_plot(levels),
        "returns": return_plot({name: _returns(forecasts, name) for name in systems}),
    }


def _known(system: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in system["by_level"] if part["mae_se"] is not None]


def _returns(forecasts: Forecasts, name: str) -> tuple[Any, Any]:
    columns = forecasts.by_system[name]
    bets = (columns.side != 0) & forecasts.candidates.has_played & ~np.isnan(forecasts.candidates.lines)
    return forecasts.candidates.dates[bets], returns(forecasts, columns, bets)
