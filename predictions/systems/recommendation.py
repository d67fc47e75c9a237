"""OVER, UNDER, PASS or NO_LINE: what a forecast is worth at the bookmaker's price."""

import math
from dataclasses import dataclass
from enum import StrEnum

ASSUMED_ODDS = -110.0
"""The usual price of a points line, taken where a line came without one."""

_ROUNDING = 1e-9


class Recommendation(StrEnum):
    """What to do with a line."""

    OVER = "OVER"
    UNDER = "UNDER"
    PASS = "PASS"
    NO_LINE = "NO_LINE"


@dataclass(frozen=True)
class RecommendationPolicy:
    """The least expected gain per unit staked (0.03 is 3%) and the least quality (0 to 100) for a bet."""

    edge: float
    min_quality: float


def recommend(
    p_over: float | None,
    p_push: float | None,
    over_odds: float | None,
    under_odds: float | None,
    quality_score: float,
    policy: RecommendationPolicy,
) -> Recommendation:
    """Return the side whose expected gain reaches the policy's edge, the better one if both do.

    Without a line there is no probability (None or NaN) and the answer is NO_LINE. Odds are American;
    missing ones count as -110. Quality under the policy's minimum, probabilities that are none and odds
    that nobody quotes (between -100 and +100) are a PASS: in doubt, no bet.
    """
    if p_over is None or math.isnan(p_over):
        return Recommendation.NO_LINE
    push = math.nan if p_push is None else p_push
    p_under = 1.0 - p_over - push
    gain_over = expected_gain(p_over, p_under, over_odds)
    gain_under = expected_gain(p_under, p_over, under_odds)
    is_sound = quality_score >= policy.min_quality and _are_probabilities(p_over, push, p_under)
    if gain_over is None or gain_under is None or not is_sound:
        return Recommendation.PASS
    if max(gain_over, gain_under) < policy.edge:
        return Recommendation.PASS
    return Recommendation.OVER if gain_over >= gain_under else Recommendation.UNDER


def expected_gain(p_win: float, p_loss: float, odds: float | None) -> float | None:
    """Return the mean gain per unit staked at American odds, or None for odds that nobody quotes."""
    quoted = ASSUMED_ODDS if odds is None else odds
    if not math.isfinite(quoted) or abs(quoted) < 100.0:
        return None
    payout = quoted / 100.0 if quoted > 0 else 100.0 / -quoted
    return p_win * payout - p_loss


def _are_probabilities(*values: float) -> bool:
    return all(-_ROUNDING <= value <= 1.0 + _ROUNDING for value in values)
