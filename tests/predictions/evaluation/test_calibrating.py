"""What out-of-sample scores teach: how points lie around them, what they weigh, what P(over) is worth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from predictions.evaluation.calibrating import (
    LEVELS,
    centred,
    fit_calibration,
    fit_recalibration,
    fit_share,
    fit_weights,
)
from predictions.systems.calibration import MIN_SCALE
from predictions.systems.empirical import PROBABILITIES
from predictions.systems.recalibration import Recalibration

PRIOR = Recalibration(0.1, 0.5)


def scored_games(games, seed=1):
    """Scores, and whole points that lie around them askew and the wider the higher the score."""
    dice = np.random.default_rng(seed)
    scores = dice.uniform(3.0, 28.0, games)
    spread = 1.5 + 1.2 * np.sqrt(scores)
    return scores, np.round(np.maximum(scores + spread * (dice.gamma(4.0, 0.5, games) - 1.8), 0.0))


@pytest.fixture(scope="module")
def calibration():
    return fit_calibration(*scored_games(20_000))


@pytest.mark.parametrize("share", [0.5, 0.8, 0.9])
@pytest.mark.parametrize(("low", "high"), [(3.0, 10.0), (10.0, 20.0), (20.0, 28.0)])
def test_intervals_hold_their_share_of_later_games_at_every_level(calibration, share, low, high):
    scores, points = scored_games(20_000, seed=2)
    is_level = (scores >= low) & (scores < high)

    around = calibration.around(scores[is_level])
    held = (points[is_level] >= around.quantile((1 - share) / 2)) & (
        points[is_level] <= around.quantile((1 + share) / 2)
    )

    # A whole number on the end of an interval is held wholly though half of it lies outside: a bit too many.
    assert share - 0.015 < held.mean() < share + 0.05


@pytest.mark.parametrize("offset", [-6.0, -0.5, 0.0, 4.5])
def test_p_over_comes_true_as_often_as_it_is_said(calibration, offset):
    scores, points = scored_games(20_000, seed=3)
    lines = np.maximum(np.round(scores + offset), 0.0) + 0.5

    said = calibration.around(scores).p_over(lines)

    assert said.mean() == pytest.approx((points > lines).mean(), abs=0.01)


def test_a_whole_number_of_points_is_spread_over_the_unit_around_it():
    scores = np.random.default_rng(1).uniform(9.9, 10.1, 2_000)

    around = fit_calibration(scores, np.full(2_000, 10.0)).around(np.array([10.0]))

    assert [around.quantile(q)[0] for q in (0.1, 0.5, 0.9)] == pytest.approx([9.6, 10.0, 10.4], abs=0.05)
    assert around.p_push(np.array([10.0])) == pytest.approx(1.0, abs=0.1)


def test_levels_are_of_the_same_size_and_their_centres_are_the_means_of_their_scores():
    scores, points = np.arange(1.0, 17.0), np.arange(1.0, 17.0) + 2.0

    found = fit_calibration(scores, points, levels=4)

    assert found.centres == (2.5, 6.5, 10.5, 14.5)


def test_there_are_eight_levels_unless_fewer_scores_differ(calibration):
    scores = np.repeat([5.0, 10.0, 20.0], 100)

    few = fit_calibration(scores, scores + np.tile([-2.0, 2.0], 150))

    assert len(calibration.centres) == LEVELS
    assert 2 <= len(few.centres) <= 3


def test_nobody_is_known_better_than_the_smallest_scale():
    scores = np.linspace(1.0, 20.0, 400)

    found = fit_calibration(scores, scores)

    assert found.scale(scores).tolist() == [MIN_SCALE] * 400


def test_a_calibration_begins_without_recalibration(calibration):
    assert calibration.recalibration == Recalibration()


def test_a_centred_calibration_makes_the_score_the_median(calibration):
    scores = np.array([2.0, 8.3, 15.0, 40.0])

    found = centred(calibration)

    assert calibration.around(scores).quantile(0.5) != pytest.approx(scores, abs=0.2)
    assert found.around(scores).quantile(0.5) == pytest.approx(scores)
    moved = np.array(calibration.quantiles) - np.array(found.quantiles)
    assert moved == pytest.approx(np.repeat(moved[:, :1], len(PROBABILITIES), axis=1))


# ---------------------------------------------------------------- P(over) at past lines


def past_lines(count, slope=1.0, seed=4, low=0.1):
    """Probabilities that were said, and what happened if only `slope` of their logits was true."""
    dice = np.random.default_rng(seed)
    p = dice.uniform(low, 1.0 - low, count)
    return p, dice.random(count) < Recalibration(0.0, slope).apply(p)


def test_without_lines_a_recalibration_is_the_prior():
    assert fit_recalibration(np.zeros(0), np.zeros(0, dtype=bool), PRIOR) == PRIOR


def test_with_few_lines_it_stays_near_the_prior():
    found = fit_recalibration(*past_lines(20, low=0.35), PRIOR)

    assert found.intercept == pytest.approx(PRIOR.intercept, abs=0.1)
    assert found.slope == pytest.approx(PRIOR.slope, abs=0.2)


@pytest.mark.parametrize("slope", [1.0, 0.3])
def test_many_lines_say_what_probabilities_were_worth_whatever_the_prior(slope):
    found = fit_recalibration(*past_lines(50_000, slope), PRIOR)

    assert found.intercept == pytest.approx(0.0, abs=0.04)
    assert found.slope == pytest.approx(slope, abs=0.04)


def test_probabilities_that_were_the_wrong_way_round_keep_their_order():
    p, happened = past_lines(5_000)

    found = fit_recalibration(p, ~happened, PRIOR)

    assert 0.0 < found.slope < 0.001


def test_certainties_are_no_infinities():
    found = fit_recalibration(np.array([0.0, 1.0]), np.array([True, False]), PRIOR)

    assert np.isfinite([found.intercept, found.slope]).all()


# ---------------------------------------------------------------- weights and the line's share

members = st.integers(1, 5).flatmap(
    lambda count: st.lists(
        st.lists(st.floats(0.0, 40.0), min_size=count + 1, max_size=count + 1), min_size=1, max_size=12
    )
)


@settings(max_examples=150, deadline=None)
@given(games=members)
def test_weights_are_shares_and_never_worse_than_the_best_member_alone(games):
    forecasts, points = np.array(games)[:, 1:], np.array(games)[:, 0]

    weights = fit_weights(forecasts, points)

    alone = np.abs(forecasts - points[:, None]).mean(axis=0).min()
    assert (weights >= 0.0).all()
    assert weights.sum() == pytest.approx(1.0)
    assert weights * 10 == pytest.approx(np.round(weights * 10), abs=1e-4)
    assert np.abs(forecasts @ weights - points).mean() <= alone + 1e-4


def test_members_that_err_in_opposite_ways_share_the_weight():
    points = np.linspace(5.0, 25.0, 100)
    forecasts = np.stack([points - 3.0, points + 2.0, points + 9.0], axis=1)

    assert fit_weights(forecasts, points).tolist() == [0.4, 0.6, 0.0]


def leads_and_errors(count, share, seed=5):
    dice = np.random.default_rng(seed)
    leads = dice.normal(0.0, 2.0, count)
    return leads, share * leads + dice.laplace(0.0, 4.0, count)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.8, 1.0])
def test_many_lines_give_the_share_away(share):
    found = fit_share(*leads_and_errors(60_000, share))

    assert found == pytest.approx(share, abs=0.05)


@pytest.mark.parametrize(("truth", "expected"), [(-1.0, 0.0), (2.0, 1.0)])
def test_a_share_is_never_beyond_the_line_or_the_forecast(truth, expected):
    assert fit_share(*leads_and_errors(60_000, truth)) == expected


def test_without_lines_the_share_is_the_prior():
    assert fit_share(np.zeros(0), np.zeros(0), prior=0.4) == 0.4


def test_few_lines_move_the_share_a_little():
    found = fit_share(*leads_and_errors(50, 1.0), prior=0.25)

    assert 0.2 < found < 0.35
