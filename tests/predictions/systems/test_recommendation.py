"""What a forecast is worth at a price: one table of boundaries."""

import math

import pytest

from predictions.systems.recommendation import Recommendation, RecommendationPolicy, expected_gain, recommend

POLICY = RecommendationPolicy(edge=0.03, min_quality=50.0)
OVER, UNDER, PASS, NO_LINE = Recommendation


@pytest.mark.parametrize(
    ("p_over", "p_push", "over_odds", "under_odds", "quality", "expected"),
    [
        pytest.param(0.60, 0.0, -110, -110, 90, OVER, id="over is worth more than the edge"),
        pytest.param(0.40, 0.0, -110, -110, 90, UNDER, id="under is worth more than the edge"),
        pytest.param(0.50, 0.0, -110, -110, 90, PASS, id="a fair coin loses the bookmaker's share"),
        pytest.param(0.515, 0.0, 100, 100, 90, OVER, id="the edge exactly is enough"),
        pytest.param(0.514, 0.0, 100, 100, 90, PASS, id="just under the edge"),
        pytest.param(0.54, 0.0, None, None, 90, OVER, id="missing odds count as -110, worth 0.031"),
        pytest.param(0.539, 0.0, None, None, 90, PASS, id="missing odds count as -110, worth 0.029"),
        pytest.param(0.45, 0.0, 150, -180, 90, OVER, id="a long price makes the less likely side good"),
        pytest.param(0.50, 0.0, 120, 130, 90, UNDER, id="both are good: the better one"),
        pytest.param(0.50, 0.0, 120, 120, 90, OVER, id="both are equally good"),
        pytest.param(0.52, 0.06, -110, -110, 90, OVER, id="a push gives the stake back"),
        pytest.param(0.52, 0.00, -110, -110, 90, PASS, id="the same without a push"),
        pytest.param(None, None, -110, -110, 90, NO_LINE, id="no line"),
        pytest.param(math.nan, math.nan, -110, -110, 90, NO_LINE, id="no line, as a NaN"),
        pytest.param(None, None, None, None, 10, NO_LINE, id="no line, and poor quality"),
        pytest.param(0.60, 0.0, -110, -110, 50, OVER, id="quality at the minimum"),
        pytest.param(0.60, 0.0, -110, -110, 49.9, PASS, id="quality under the minimum"),
        pytest.param(0.60, 0.0, -110, -110, math.nan, PASS, id="quality is not a number"),
        pytest.param(0.60, 0.0, 50, -110, 90, PASS, id="odds that nobody quotes"),
        pytest.param(0.60, 0.0, 0, -110, 90, PASS, id="odds of zero"),
        pytest.param(0.60, 0.0, -110, 1.91, 90, PASS, id="decimal odds on the other side"),
        pytest.param(0.60, 0.0, math.nan, -110, 90, PASS, id="odds are not a number"),
        pytest.param(0.60, 0.0, math.inf, -110, 90, PASS, id="odds are infinite"),
        pytest.param(1.20, 0.0, -110, -110, 90, PASS, id="a probability over one"),
        pytest.param(0.60, 0.5, -110, -110, 90, PASS, id="probabilities over one together"),
        pytest.param(0.60, -0.2, -110, -110, 90, PASS, id="a negative probability"),
        pytest.param(0.60, None, -110, -110, 90, PASS, id="a push that nobody knows"),
    ],
)
def test_the_better_side_is_taken_if_it_is_worth_the_edge(
    p_over: float | None,
    p_push: float | None,
    over_odds: float | None,
    under_odds: float | None,
    quality: float,
    expected: Recommendation,
) -> None:
    assert recommend(p_over, p_push, over_odds, under_odds, quality, POLICY) is expected


@pytest.mark.parametrize(
    ("odds", "gain"),
    [
        pytest.param(200.0, 0.5 * 2.0 - 0.4, id="two units for one"),
        pytest.param(-200.0, 0.5 * 0.5 - 0.4, id="one unit for two"),
        pytest.param(100.0, 0.1, id="even money"),
        pytest.param(-100.0, 0.1, id="even money, written the other way"),
        pytest.param(99.0, None, id="under even money with a plus"),
    ],
)
def test_american_odds_pay_what_they_say(odds: float, gain: float | None) -> None:
    assert expected_gain(0.5, 0.4, odds) == (None if gain is None else pytest.approx(gain))
