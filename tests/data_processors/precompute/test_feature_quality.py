"""What a player's values are good for."""

import math

import pytest

from data_processors.precompute.ml_feature_store.quality import NotReady, QualityPolicy, judge_features
from shared.features import BY_NAME, FEATURE_NAMES, FEATURES
from shared.outcomes import Reason

POLICY = QualityPolicy()
GOOD = {feature.name: feature.default for feature in FEATURES} | {"games_played": 40.0}


def judged(**changes):
    return judge_features(GOOD | changes, POLICY)


def test_a_complete_row_of_a_veteran_is_ready_with_the_full_score():
    result = judged()

    assert (result.is_production_ready, result.quality_score, result.not_ready_reasons) == (True, 100, ())


def test_values_stand_in_the_order_of_the_names():
    values = {name: BY_NAME[name].minimum for name in FEATURE_NAMES} | {"games_played": 7.0}

    result = judge_features(values, POLICY)

    assert dict(zip(FEATURE_NAMES, result.features, strict=True)) == values


def test_a_missing_value_takes_the_default_and_costs_quality():
    result = judged(usage_avg_10=None, points_std_10=None)

    assert result.features[FEATURE_NAMES.index("usage_avg_10")] == 0.19
    assert result.quality_score == round(100 * 66 / 68, 1)
    assert result.is_production_ready


def test_a_player_without_an_earlier_game_has_no_history_and_no_other_reason():
    nothing = dict.fromkeys(FEATURE_NAMES) | {"games_played": 0.0, "opponent_pace_ewm": 500.0}

    result = judge_features(nothing, POLICY)

    assert result.not_ready_reasons == ("no_history",)
    assert result.quality_score == 0


def test_no_history_is_the_word_that_the_coordinator_skips_by():
    assert NotReady.NO_HISTORY.value == Reason.NO_HISTORY.value


@pytest.mark.parametrize(
    ("games", "rest", "score"),
    [
        pytest.param(1, 3, 43.0, id="one game"),
        pytest.param(5, 3, 55.0, id="five games"),
        pytest.param(20, 3, 100.0, id="full history"),
        pytest.param(21, 3, 100.0, id="more does not help"),
        pytest.param(40, 120, 100.0, id="120 days away is not stale"),
        pytest.param(40, 121, 80.0, id="121 days away is stale"),
    ],
)
def test_the_score_grows_with_history_and_shrinks_when_it_is_stale(games, rest, score):
    result = judged(games_played=float(games), rest_days=float(rest))

    assert result.quality_score == score
    assert result.is_production_ready


def test_a_newcomer_of_whom_little_is_known_is_of_low_quality():
    gaps = dict.fromkeys(FEATURE_NAMES[:24]) | {"games_played": 1.0}

    result = judged(**gaps)

    assert result.not_ready_reasons == ("low_quality",)
    assert result.quality_score == round(43 * 44 / 68, 1)


@pytest.mark.parametrize("edge", ["minimum", "maximum"])
@pytest.mark.parametrize("name", [name for name in FEATURE_NAMES if name != "games_played"])
def test_the_edges_of_a_range_are_inside_and_beyond_them_is_quarantine(name, edge):
    limit = getattr(BY_NAME[name], edge)
    beyond = limit + (1 if edge == "maximum" else -1)

    at_edge, outside = judged(**{name: limit}), judged(**{name: beyond})

    assert at_edge.is_production_ready
    assert outside.not_ready_reasons == (f"out_of_range:{name}",)
    assert outside.features[FEATURE_NAMES.index(name)] == beyond


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, "24", [24.0]],
    ids=["nan", "inf", "-inf", "text", "list"],
)
@pytest.mark.parametrize("name", ["points_avg_5", "games_played", "rest_days"])
def test_what_is_no_finite_number_quarantines_the_row_and_is_not_stored(name, value):
    result = judged(**{name: value})

    assert f"out_of_range:{name}" in result.not_ready_reasons
    assert result.features[FEATURE_NAMES.index(name)] == BY_NAME[name].default
    assert math.isfinite(result.quality_score)


@pytest.mark.parametrize("games", [-1.0, 201.0], ids=["negative", "too many"])
def test_an_impossible_count_of_games_is_a_fault_and_not_a_missing_history(games):
    result = judged(games_played=games)

    assert "out_of_range:games_played" in result.not_ready_reasons
    assert "no_history" not in result.not_ready_reasons


@pytest.mark.parametrize(
    ("gaps", "reasons"),
    [
        pytest.param(FEATURE_NAMES[:34], (), id="half of them is enough"),
        pytest.param(FEATURE_NAMES[:35], ("empty",), id="less than half"),
        pytest.param(("games_played",), ("empty",), id="how many games is unknown"),
        pytest.param(FEATURE_NAMES, ("empty",), id="all of them"),
    ],
)
def test_a_row_of_which_too_little_is_known_is_empty(gaps, reasons):
    assert judged(**dict.fromkeys(gaps)).not_ready_reasons == reasons


def test_a_row_without_any_value_is_empty_and_nothing_else():
    result = judge_features({}, POLICY)

    assert result.not_ready_reasons == ("empty",)
    assert result.quality_score == 0
    assert result.features == tuple(feature.default for feature in FEATURES)
