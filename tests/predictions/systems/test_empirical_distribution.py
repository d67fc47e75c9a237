"""The laws of distributions that are past games: the same as every distribution's, recalibrated or not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from predictions.systems.calibration import Calibration
from predictions.systems.empirical import PROBABILITIES, EmpiricalDistribution
from predictions.systems.recalibration import SURE, Recalibration, logit

WIDTH = len(PROBABILITIES)
HALVES = np.array([-1e300, *np.arange(-1.5, 61.0), 1e300])
LINES = np.array([-1e300, *np.arange(-1.0, 61.0, 0.25), 1e300])

quantiles = arrays(np.float64, WIDTH, elements=st.floats(-20, 60)).map(np.sort)
leans = st.floats(-6, 6)
recalibrations = st.builds(Recalibration, st.floats(-2, 2), st.floats(0.05, 3))
levels = quantiles.map(lambda level: tuple((level / 10).tolist()))
calibrations = st.builds(
    lambda intercept, slope, low, high, recalibration: Calibration(
        intercept, slope, (5.0, 20.0), (low, high), recalibration
    ),
    st.floats(-2, 5),
    st.floats(-1, 3),
    levels,
    levels,
    recalibrations,
)


def same_player(points: np.ndarray, lines: np.ndarray, lean: float | None = None) -> EmpiricalDistribution:
    """One player, once per line, so that a whole ladder of lines is asked at once."""
    leans = None if lean is None else np.full(len(lines), lean)
    return EmpiricalDistribution(np.tile(points, (len(lines), 1)), leans)


def evenly(low: float, high: float) -> np.ndarray:
    """Quantiles of somebody who scores anything from low to high equally often."""
    return low + (high - low) * PROBABILITIES


@settings(max_examples=30, deadline=None)
@given(calibration=calibrations, score=st.floats(0, 50))
def test_a_higher_quantile_is_never_fewer_points_and_none_is_negative(
    calibration: Calibration, score: float
) -> None:
    player = calibration.around(np.array([score]))

    points = np.concatenate([player.quantile(q) for q in (0.0001, 0.01, 0.123, 0.5, 0.9, 0.997, 0.9999)])

    assert np.isfinite(points).all()
    assert (points >= 0).all()
    assert (np.diff(points) >= -1e-12).all()


@settings(max_examples=30, deadline=None)
@given(points=quantiles, lean=leans)
def test_a_higher_half_line_is_never_likelier_to_be_beaten(points: np.ndarray, lean: float) -> None:
    p_over = same_player(points, HALVES, lean).p_over(HALVES)

    assert ((p_over >= 0) & (p_over <= 1)).all()
    assert (np.diff(p_over) <= 1e-12).all()


@settings(max_examples=30, deadline=None)
@given(points=quantiles)
def test_without_recalibration_no_higher_line_is_likelier_to_be_beaten(points: np.ndarray) -> None:
    assert (np.diff(same_player(points, LINES).p_over(LINES)) <= 1e-12).all()


@settings(max_examples=30, deadline=None)
@given(points=quantiles, lean=leans)
def test_over_push_and_under_are_all_that_can_happen(points: np.ndarray, lean: float) -> None:
    player = same_player(points, LINES, lean)

    p_over, p_push, p_under = player.p_over(LINES), player.p_push(LINES), player.p_under(LINES)

    assert all(((part >= -1e-12) & (part <= 1.0)).all() for part in (p_over, p_push, p_under))
    assert np.allclose(p_over + p_push + p_under, 1.0, atol=1e-12)
    assert not p_push[np.floor(LINES) != LINES].any()


@settings(max_examples=30, deadline=None)
@given(points=quantiles, lean=leans)
def test_nobody_scores_less_than_nothing(points: np.ndarray, lean: float) -> None:
    player = same_player(points, np.array([-0.5, -1.0]), lean)

    assert player.p_over(np.array([-0.5, -1.0])).tolist() == [1.0, 1.0]
    assert player.p_push(np.array([-0.5, -1.0])).tolist() == [0.0, 0.0]


def test_the_mean_is_that_of_games_whose_negative_points_count_as_none() -> None:
    players = EmpiricalDistribution(np.stack([evenly(10.0, 30.0), evenly(-10.0, 10.0)]))

    assert players.mean == pytest.approx([20.0, 2.5], abs=0.01)


def test_quantiles_and_probabilities_are_read_off_the_straight_lines_between_the_known_ones() -> None:
    player = EmpiricalDistribution(evenly(0.0, 40.0)[None, :])

    assert player.quantile(0.5) == pytest.approx([20.0])
    assert player.quantile(0.255) == pytest.approx([10.2])
    assert player.p_over(np.array([20.5])) == pytest.approx([1 - 20.5 / 40])
    assert player.p_push(np.array([20.0])) == pytest.approx([1 / 40])
    assert player.p_under(np.array([20.0])) == pytest.approx([19.5 / 40])


def test_over_a_whole_line_means_one_more() -> None:
    player = EmpiricalDistribution(evenly(0.0, 40.0)[None, :])

    assert player.p_over(np.array([20.0])) == player.p_over(np.array([20.5]))


@pytest.mark.parametrize(("line", "p_over"), [(80.5, 0.0005), (0.5, 0.9995)], ids=["far above", "far below"])
def test_what_never_happened_may_still_happen(line: float, p_over: float) -> None:
    player = EmpiricalDistribution(evenly(20.0, 40.0)[None, :])

    assert player.p_over(np.array([line])) == pytest.approx([p_over])


def test_no_line_has_no_probability() -> None:
    player = EmpiricalDistribution(evenly(0.0, 40.0)[None, :], np.array([0.3]))
    none = np.array([np.nan])

    assert all(np.isnan(part(none)).all() for part in (player.p_over, player.p_push, player.p_under))


def test_a_lean_moves_the_logit_of_what_is_no_push() -> None:
    players = same_player(evenly(0.0, 40.0), np.zeros(2), 0.2)

    p_half, p_whole = players.p_over(np.array([10.5, 10.0])).tolist()

    over, push = 1 - 10.5 / 40, 1 / 40
    assert p_half == pytest.approx(1 / (1 + np.exp(-0.2) * (1 - over) / over))
    under = 1 - over - push
    assert p_whole == pytest.approx((1 - push) / (1 + np.exp(-0.2) * under / over))
    assert players.p_push(np.array([10.0, 10.0])) == pytest.approx([push] * 2)


def test_a_recalibration_is_a_straight_line_on_the_logit_and_goes_on_as_it_was_beyond_what_is_sure() -> None:
    odds = np.array([-6.0, -SURE, -0.5, 0.0, 1.0, SURE, 7.0])

    recalibrated = Recalibration(0.2, 0.5).apply(1 / (1 + np.exp(-odds)))

    assert logit(recalibrated) == pytest.approx([-4.8, -0.8, -0.05, 0.2, 0.7, 1.2, 6.2])


def test_the_usual_recalibration_changes_nothing() -> None:
    p = np.array([0.0, 1e-9, 0.25, 0.5, 1.0])

    assert Recalibration().apply(p) == pytest.approx(p)


@pytest.mark.parametrize(
    ("intercept", "slope"),
    [
        pytest.param(0.0, 0.0, id="a slope of zero"),
        pytest.param(0.0, -1.0, id="a slope that turns the order round"),
        pytest.param(np.nan, 1.0, id="an intercept that is no number"),
        pytest.param(0.0, np.inf, id="an endless slope"),
    ],
)
def test_a_recalibration_that_loses_the_order_is_refused(intercept: float, slope: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Recalibration(intercept, slope)


@pytest.mark.parametrize(
    ("points", "fault"),
    [
        pytest.param(np.zeros(WIDTH), "must be", id="no matrix"),
        pytest.param(np.zeros((2, WIDTH - 1)), "must be", id="a quantile too few"),
        pytest.param(np.full((1, WIDTH), np.nan), "finite", id="not a number"),
        pytest.param(np.full((1, WIDTH), np.inf), "finite", id="endless"),
        pytest.param(evenly(40.0, 0.0)[None, :], "not less", id="falling"),
    ],
)
def test_what_is_no_distribution_is_refused(points: np.ndarray, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        EmpiricalDistribution(points)
