"""The laws that every distribution of points keeps."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from predictions.systems.distribution import PointsDistribution
from predictions.systems.normal import normal_cdf
from predictions.systems.spread import points_around, spread_around

LINES = np.array([-1e300, *np.arange(-1.0, 61.0, 0.25), 1e300])
QUANTILES = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)

means = st.one_of(st.just(0.0), st.floats(0, 60), st.floats(0, 1e-6))
spreads = st.one_of(st.just(0.0), st.floats(0, 60))


def one_player(mean: float, spread: float) -> PointsDistribution:
    return PointsDistribution(np.array([mean]), np.array([spread]))


def same_player(mean: float, spread: float) -> PointsDistribution:
    """One player, once per line, so that a whole ladder of lines is asked at once."""
    return PointsDistribution(np.full(len(LINES), mean), np.full(len(LINES), spread))


@settings(max_examples=40, deadline=None)
@given(mean=means, spread=spreads)
def test_a_higher_quantile_is_never_fewer_points(mean: float, spread: float) -> None:
    player = one_player(mean, spread)

    points = np.concatenate([player.quantile(q) for q in QUANTILES])

    assert np.isfinite(points).all()
    assert (points >= 0).all()
    assert (np.diff(points) >= 0).all()


@settings(max_examples=40, deadline=None)
@given(mean=means, spread=spreads)
def test_a_higher_line_is_never_likelier_to_be_beaten(mean: float, spread: float) -> None:
    p_over = same_player(mean, spread).p_over(LINES)

    assert ((p_over >= 0) & (p_over <= 1)).all()
    assert (np.diff(p_over) <= 1e-12).all()


@settings(max_examples=40, deadline=None)
@given(mean=means, spread=spreads)
def test_over_push_and_under_are_all_that_can_happen(mean: float, spread: float) -> None:
    player = same_player(mean, spread)

    p_over, p_push, p_under = player.p_over(LINES), player.p_push(LINES), player.p_under(LINES)

    assert (p_push >= 0).all()
    assert np.allclose(p_over + p_push + p_under, 1.0, atol=1e-12)


@settings(max_examples=10, deadline=None)
@given(mean=st.floats(1, 60), ratio=st.floats(0.05, 1.5))
def test_the_mean_and_spread_are_those_asked_for(mean: float, ratio: float) -> None:
    player = one_player(mean, mean * ratio)

    sample = np.concatenate([player.quantile((i + 0.5) / 1000) for i in range(1000)])

    assert sample.mean() == pytest.approx(mean, rel=0.005)
    assert sample.std() == pytest.approx(mean * ratio, rel=0.02)


def test_points_are_skewed_to_the_right() -> None:
    player = points_around(np.array([12.0]))

    low, middle, high = (player.quantile(q)[0] for q in (0.1, 0.5, 0.9))

    assert middle < 12.0
    assert high - middle > middle - low


@pytest.mark.parametrize(
    ("line", "equal_line"),
    [
        pytest.param(20.0, 20.5, id="over a whole line means one more"),
        pytest.param(20.25, 20.5, id="points are whole"),
        pytest.param(0.0, 0.5, id="over nothing means a point"),
    ],
)
def test_over_counts_whole_points(line: float, equal_line: float) -> None:
    player = points_around(np.array([18.0]))

    assert player.p_over(np.array([line])) == player.p_over(np.array([equal_line]))


def test_only_a_whole_line_can_push() -> None:
    player = points_around(np.array([18.0, 18.0, 18.0]))

    at_whole, at_half, at_quarter = player.p_push(np.array([20.0, 20.5, 20.25])).tolist()

    assert 0.04 < at_whole < 0.08
    assert (at_half, at_quarter) == (0.0, 0.0)


def test_a_push_is_what_lies_between_the_neighbouring_halves() -> None:
    player = points_around(np.array([18.0]))

    between = player.p_over(np.array([19.5])) - player.p_over(np.array([20.5]))

    assert player.p_push(np.array([20.0])) == pytest.approx(between)


@pytest.mark.parametrize("spread", [0.0, 3.0], ids=["no spread", "some spread"])
def test_a_mean_of_zero_is_a_player_who_scores_nothing(spread: float) -> None:
    player = one_player(0.0, spread)

    assert player.quantile(0.9) == 0.0
    assert player.p_over(np.array([0.5])) == 0.0
    assert player.p_push(np.array([0.0])) == 1.0


def test_no_line_has_no_probability() -> None:
    players = PointsDistribution(np.array([10.0, 0.0]), np.array([5.0, 0.0]))

    assert np.isnan(players.p_over(np.array([np.nan, np.nan]))).all()
    assert np.isnan(players.p_push(np.array([np.nan, np.nan]))).all()


@pytest.mark.parametrize(
    ("mean", "spread"),
    [
        pytest.param([np.nan], [1.0], id="mean is not a number"),
        pytest.param([np.inf], [1.0], id="mean is infinite"),
        pytest.param([-0.1], [1.0], id="mean is negative"),
        pytest.param([1.0], [-1.0], id="spread is negative"),
        pytest.param([1.0], [np.nan], id="spread is not a number"),
        pytest.param([1.0, 2.0], [1.0], id="shapes differ"),
        pytest.param([[1.0]], [[1.0]], id="a matrix"),
    ],
)
def test_what_is_no_distribution_is_refused(mean: list[float], spread: list[float]) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        PointsDistribution(np.array(mean), np.array(spread))


def test_the_normal_distribution_is_right_to_seven_digits() -> None:
    z = np.linspace(-9, 9, 1801)

    error = np.abs(normal_cdf(z) - np.array([NormalDist().cdf(value) for value in z]))

    assert error.max() < 1e-7


def test_the_spread_grows_with_the_mean_and_never_vanishes() -> None:
    spread = spread_around(np.array([0.0, 10.0, 20.0]))

    assert spread == pytest.approx([8.8**0.5, 33.8**0.5, 58.8**0.5])
