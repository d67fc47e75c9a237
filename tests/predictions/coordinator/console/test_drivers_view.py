"""What moved a forecast is summed by what it is about, his level first, on one scale."""

import pytest

from predictions.coordinator.console.driver_groups import Group
from predictions.coordinator.console.drivers import moves


def test_his_level_comes_first_as_one_sum_and_then_what_is_special():
    found = moves(
        ["opponent_defence_ewm", "points_ewm_8", "is_home", "shots_ewm_8"],
        [-0.8, 8.0, 0.4, 3.0],
    )

    assert [(move.group.value, move.points) for move in found] == [
        (Group.USUAL.value, 11.0),
        (Group.OPPONENT.value, -0.8),
        (Group.GAME.value, 0.4),
    ]
    assert [driver.points for driver in found[0].drivers] == [8.0, 3.0]


def test_bars_begin_in_the_middle_and_share_a_scale():
    level, opponent = moves(["points_ewm_8", "opponent_defence_ewm"], [10.0, -5.0])

    assert (level.x, level.width) == (50.0, 50.0)
    assert (opponent.x, opponent.width) == (25.0, 25.0)


def test_moves_that_cancel_each_other_draw_no_bar():
    (level,) = moves(["points_ewm_8", "shots_ewm_8"], [2.0, -2.0])

    assert (level.points, level.width) == (0.0, 0.0)


@pytest.mark.parametrize("none", [None, []])
def test_a_forecast_without_drivers_has_no_moves(none):
    assert moves(none, none) == ()
