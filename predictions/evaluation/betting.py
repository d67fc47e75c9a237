"""What bets would have won at the odds that were offered."""

from typing import Any

import numpy as np

from predictions.evaluation.candidates import BoolArray
from predictions.evaluation.forecasts import Columns, Forecasts
from predictions.evaluation.metrics import mean_of, payout, profits, rounded
from predictions.systems.normal import FloatArray

EDGES = (0.0, 0.03, 0.06, 0.10)
"""Expected gains per unit staked, from which a bet is made."""


def expected_gains(forecasts: Forecasts, columns: Columns) -> tuple[FloatArray, BoolArray]:
    """Return each line's better expected gain per unit (n,), and whether that is the over's."""
    p_under = 1.0 - columns.p_over - columns.p_push
    over = columns.p_over * payout(forecasts.over_odds) - p_under
    under = p_under * payout(forecasts.under_odds) - columns.p_over
    return np.fmax(over, under), over >= under


def bets_by_edge(forecasts: Forecasts, columns: Columns, mask: BoolArray) -> list[dict[str, Any]]:
    """Return, for every expected gain of EDGES, the bets of at least that: their number, hits and return."""
    gains, is_over = expected_gains(forecasts, columns)
    return [{"edge": edge, **_settled(forecasts, is_over, mask & (gains >= edge))} for edge in EDGES]


def returns(forecasts: Forecasts, columns: Columns, mask: BoolArray) -> FloatArray:
    """Return the profit per unit of the bets (m,) that the systems recommended among `mask`, in order."""
    return _profits(forecasts, columns.side > 0, mask)


def _settled(forecasts: Forecasts, is_over: BoolArray, mask: BoolArray) -> dict[str, Any]:
    profit = mean_of(_profits(forecasts, is_over, mask))
    points, lines = forecasts.candidates.points, forecasts.candidates.lines
    decided = mask & (points != lines)
    hits = mean_of(((points > lines) == is_over)[decided].astype(float))
    return {
        "n": profit.n,
        "hit_rate": rounded(hits.mean),
        "hit_rate_se": rounded(hits.error),
        "roi": rounded(profit.mean),
        "roi_se": rounded(profit.error),
    }


def _profits(forecasts: Forecasts, is_over: BoolArray, mask: BoolArray) -> FloatArray:
    odds = np.where(is_over, forecasts.over_odds, forecasts.under_odds)
    candidates = forecasts.candidates
    return profits(candidates.points[mask], candidates.lines[mask], is_over[mask], odds[mask])
