"""Figures of forecasts, by hand."""

import numpy as np
import pytest

from predictions.evaluation.metrics import (
    Mean,
    brier_score,
    calibration_curve,
    calibration_error,
    coverage,
    mean_of,
    payout,
    profits,
    root_mean_square,
    rounded,
)

NAN = np.nan
SAID = np.array([0.12, 0.18, 0.55, 0.55, 0.55, 1.0])
HAPPENED = np.array([False, True, True, True, False, True])


def test_a_mean_has_the_standard_error_of_a_sample():
    found = mean_of(np.array([1.0, 2.0, 6.0]))

    assert (found.n, found.mean) == (3, 3.0)
    assert found.error == pytest.approx(7.0**0.5 / 3**0.5)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([], Mean(0, None, None), id="of nothing there is no mean"),
        pytest.param([4.0], Mean(1, 4.0, None), id="of one value the error is unknown"),
    ],
)
def test_too_few_values_have_no_figure(values, expected):
    assert mean_of(np.array(values)) == expected


def test_the_root_mean_square_weighs_large_errors():
    assert root_mean_square(np.array([3.0, -4.0])) == pytest.approx(12.5**0.5)


def test_coverage_counts_the_ends_of_an_interval_in():
    low, high = np.full(4, 10.0), np.full(4, 20.0)

    assert coverage(low, high, np.array([10.0, 20.0, 9.0, 15.0])) == 75.0


def test_the_calibration_curve_has_a_point_for_each_tenth_that_was_said():
    curve = calibration_curve(SAID, HAPPENED)

    assert curve == [
        (2, pytest.approx(0.15), 0.5),
        (3, pytest.approx(0.55), pytest.approx(2 / 3)),
        (1, 1.0, 1.0),
    ]


def test_the_calibration_error_is_the_curve_s_distance_from_the_diagonal_by_frequency():
    expected = (2 * abs(0.15 - 0.5) + 3 * abs(0.55 - 2 / 3) + 1 * 0.0) / 6

    assert calibration_error(SAID, HAPPENED) == pytest.approx(expected)


def test_probabilities_that_come_true_as_often_as_said_have_no_calibration_error():
    assert calibration_error(np.full(4, 0.25), np.array([True, False, False, False])) == 0.0


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        pytest.param([1.0, 0.0], 0.0, id="certain and right"),
        pytest.param([0.0, 1.0], 1.0, id="certain and wrong"),
        pytest.param([0.5, 0.5], 0.25, id="always a half"),
        pytest.param([0.8, 0.4], (0.04 + 0.16) / 2, id="something between"),
    ],
)
def test_the_brier_score_is_the_mean_squared_distance(p, expected):
    assert brier_score(np.array(p), np.array([True, False])) == pytest.approx(expected)


def test_nothing_has_no_figures():
    empty, nobody = np.zeros(0), np.zeros(0, dtype=bool)

    found = (
        root_mean_square(empty),
        coverage(empty, empty, empty),
        calibration_error(empty, nobody),
        brier_score(empty, nobody),
        rounded(None),
    )

    assert (set(found), calibration_curve(empty, nobody)) == ({None}, [])


@pytest.mark.parametrize(
    ("odds", "gain"),
    [
        pytest.param(-110.0, 100 / 110, id="110 for 100"),
        pytest.param(-100.0, 1.0, id="even, written with a minus"),
        pytest.param(100.0, 1.0, id="even"),
        pytest.param(150.0, 1.5, id="150 for 100"),
        pytest.param(NAN, 100 / 110, id="missing odds are -110"),
    ],
)
def test_a_won_bet_pays_by_american_odds(odds, gain):
    assert payout(np.array([odds])).tolist() == [pytest.approx(gain)]


@pytest.mark.parametrize(
    ("points", "line", "is_over", "odds", "profit"),
    [
        pytest.param(21, 20.5, True, 120.0, 1.2, id="an over that came"),
        pytest.param(20, 20.5, True, 120.0, -1.0, id="an over that did not"),
        pytest.param(20, 20.5, False, -125.0, 0.8, id="an under that came"),
        pytest.param(21, 20.5, False, -125.0, -1.0, id="an under that did not"),
        pytest.param(20, 20.0, True, 120.0, 0.0, id="a push is nothing to the over"),
        pytest.param(20, 20.0, False, 120.0, 0.0, id="a push is nothing to the under"),
        pytest.param(NAN, 20.5, True, 120.0, 0.0, id="a void over is nothing"),
        pytest.param(NAN, 20.5, False, 120.0, 0.0, id="a void under is nothing"),
        pytest.param(21, 20.5, True, NAN, 100 / 110, id="missing odds are -110"),
    ],
)
def test_a_bet_wins_loses_or_comes_back(points, line, is_over, odds, profit):
    found = profits(np.array([float(points)]), np.array([line]), np.array([is_over]), np.array([odds]))

    assert found.tolist() == [pytest.approx(profit)]
