import pytest

from predictions.coordinator.gaps import GapPolicy, judge_gap

POLICY = GapPolicy()


@pytest.mark.parametrize(
    ("missing", "expected", "is_alarming"),
    [
        pytest.param(0, 450, False, id="nobody missing"),
        pytest.param(20, 450, False, id="20 of 450 is neither over 20 nor over 5%"),
        pytest.param(21, 450, True, id="21 of 450 is over 20 players, though under 5%"),
        pytest.param(5, 100, False, id="5% exactly is not over 5%"),
        pytest.param(6, 100, True, id="6% is over 5%, though under 20 players"),
        pytest.param(1, 19, False, id="one missing of 19 is not a gap"),
        pytest.param(2, 19, True, id="two missing of 19 are"),
        pytest.param(1, 1, False, id="one missing of one is not a gap"),
        pytest.param(0, 0, False, id="no slate, no gap"),
    ],
)
def test_a_gap_is_over_5_percent_or_over_20_players_and_at_least_2(missing, expected, is_alarming):
    assert judge_gap(missing, expected, POLICY).is_alarming is is_alarming


def test_the_share_of_a_gap_is_in_percent_of_the_expected():
    assert judge_gap(6, 60, POLICY).percent == 10.0
    assert judge_gap(0, 0, POLICY).percent == 0.0
