"""The figures of a backtest, as one JSON object. Only candidates who played count: the rest are void."""

from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from predictions.evaluation.betting import bets_by_edge, returns
from predictions.evaluation.candidates import BoolArray
from predictions.evaluation.forecasts import Columns, Forecasts
from predictions.evaluation.metrics import (
    Mean,
    brier_score,
    calibration_curve,
    calibration_error,
    coverage,
    mean_of,
    root_mean_square,
    rounded,
)
from predictions.systems.normal import FloatArray
from predictions.systems.registry import USES_LINE

INTERVALS = (50, 80, 90)
LEVELS = (0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 60.0)
"""Forecast points, from and up to."""

BANDS = ((0.0, 15.0), (15.0, 24.0), (24.0, 32.0), (32.0, 60.0))
"""Minutes a game over the last ten, from and up to."""

Report = dict[str, Any]


def backtest_report(forecasts: Forecasts, first: date, last: date) -> Report:
    """Return the figures of every system.

    `mae` is of the median, which is the point forecast; `rmse` and `bias` (forecast less points) are of the
    mean, and `mean_mae` beside them. `best` is the system that does not use the line with the least `mae`
    on the regulars of whom all of them said something: some may have begun later, on games of their own.
    """
    systems = {
        name: _system(forecasts, columns, name in USES_LINE) for name, columns in forecasts.by_system.items()
    }
    return {"from": first.isoformat(), "to": last.isoformat(), "best": _best(forecasts), "systems": systems}


def _best(forecasts: Forecasts) -> str | None:
    """Return the best of the systems that do not use the line, on the same games; None without a game."""
    blind = {
        name: columns
        for name, columns in forecasts.by_system.items()
        if name not in USES_LINE and columns.said.any()
    }
    shared = forecasts.candidates.has_played & forecasts.candidates.is_regular
    for columns in blind.values():
        shared = shared & columns.said
    points = forecasts.candidates.points[shared]
    errors = {
        name: np.abs(columns.median[shared] - points).mean()
        for name, columns in blind.items()
        if shared.any()
    }
    return min(errors, key=errors.__getitem__, default=None)


def _system(forecasts: Forecasts, columns: Columns, uses_line: bool) -> Report:
    candidates = forecasts.candidates
    counts = columns.said & candidates.has_played
    regular = counts & candidates.is_regular
    with_line = counts & ~np.isnan(candidates.lines)
    return {
        "uses_line": uses_line,
        "all": _errors(forecasts, columns, counts),
        "minutes_15": _errors(forecasts, columns, regular),
        "with_line": _errors(forecasts, columns, with_line) | _against_line(forecasts, columns, with_line),
        "coverage": _coverage(forecasts, columns, regular),
        "bets_by_edge": bets_by_edge(forecasts, columns, with_line),
        "by_level": _by_level(forecasts, columns, counts),
        "by_minutes": _by_minutes(forecasts, columns, counts),
        "by_month": _by_month(forecasts, columns, regular),
    }


def _errors(forecasts: Forecasts, columns: Columns, mask: BoolArray) -> Report:
    points = forecasts.candidates.points[mask]
    absolute = mean_of(np.abs(columns.median[mask] - points))
    errors = columns.mean[mask] - points
    return {
        "n": absolute.n,
        "mae": rounded(absolute.mean),
        "mae_se": rounded(absolute.error),
        "mean_mae": rounded(mean_of(np.abs(errors)).mean),
        "rmse": rounded(root_mean_square(errors)),
        "bias": rounded(mean_of(errors).mean),
        "bias_se": rounded(mean_of(errors).error),
        "coverage": _coverage(forecasts, columns, mask),
    }


def _coverage(forecasts: Forecasts, columns: Columns, mask: BoolArray) -> Report:
    """Percentages; each interval's own share is what it should be."""
    points = forecasts.candidates.points[mask]
    ends = {percent: columns.interval(percent) for percent in INTERVALS}
    return {
        str(percent): rounded(coverage(low[mask], high[mask], points), 2)
        for percent, (low, high) in ends.items()
    }


def _against_line(forecasts: Forecasts, columns: Columns, mask: BoolArray) -> Report:
    """Against the line: its own error, and P(over) of what is no push."""
    lines, points = forecasts.candidates.lines[mask], forecasts.candidates.points[mask]
    lead = mean_of(np.abs(columns.median[mask] - points) - np.abs(lines - points))
    p, happened = settled(forecasts, columns, mask)
    return {
        "line_mae": rounded(mean_of(np.abs(lines - points)).mean),
        "mae_less_line": rounded(lead.mean),
        "mae_less_line_se": rounded(lead.error),
        "brier": rounded(brier_score(p, happened)),
        "ece": rounded(calibration_error(p, happened)),
        "calibration": [[n, rounded(said), rounded(was)] for n, said, was in calibration_curve(p, happened)],
        **_worth(forecasts, columns, mask),
    }


def _worth(forecasts: Forecasts, columns: Columns, mask: BoolArray) -> Report:
    """How often the likelier side of a line won, and what the recommended bets returned."""
    p, happened = settled(forecasts, columns, mask)
    hits = mean_of(((p >= 0.5) == happened).astype(float))
    return {
        "hit_rate": rounded(hits.mean),
        "hit_rate_se": rounded(hits.error),
        **_roi(returns(forecasts, columns, mask & (columns.side != 0))),
    }


def _roi(gains: FloatArray) -> Report:
    found: Mean = mean_of(gains)
    return {"bets": found.n, "roi": rounded(found.mean), "roi_se": rounded(found.error)}


def settled(forecasts: Forecasts, columns: Columns, mask: BoolArray) -> tuple[FloatArray, BoolArray]:
    """Return P(over) among what is no push, and whether it was over, of the lines that were no push."""
    lines, points = forecasts.candidates.lines, forecasts.candidates.points
    kept = mask & (points != lines)
    p = columns.p_over[kept] / (1.0 - columns.p_push[kept])
    return p, points[kept] > lines[kept]


def _by_level(forecasts: Forecasts, columns: Columns, mask: BoolArray) -> list[Report]:
    level = columns.median
    return [
        {"from": low, "to": high, **_errors(forecasts, columns, mask & (level >= low) & (level < high))}
        for low, high in pairwise(LEVELS)
    ]


def _by_minutes(forecasts: Forecasts, columns: Columns, mask: BoolArray) -> list[Report]:
    minutes = forecasts.candidates.table.column("minutes_avg_10")
    masks = [(low, high, mask & (minutes >= low) & (minutes < high)) for low, high in BANDS]
    return [{"from": low, "to": high, **_part(forecasts, columns, band)} for low, high, band in masks]


def _by_month(forecasts: Forecasts, columns: Columns, mask: BoolArray) -> list[Report]:
    months = forecasts.candidates.dates.astype("datetime64[M]")
    return [
        {"month": str(month), **_part(forecasts, columns, mask & (months == month))}
        for month in np.unique(months)
    ]


def _part(forecasts: Forecasts, columns: Columns, mask: BoolArray) -> Report:
    """The errors of some candidates, and what those of them with a line were worth."""
    lined = mask & ~np.isnan(forecasts.candidates.lines)
    return _errors(forecasts, columns, mask) | {"lines": int(lined.sum())} | _worth(forecasts, columns, lined)
