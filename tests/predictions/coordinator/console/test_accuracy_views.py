"""How the systems did: pooled over the days, and whether what was said of the lines is what happened."""

from datetime import date

import pytest

from predictions.coordinator.console.accuracy_page import system_scores
from predictions.coordinator.console.calibration import FEWEST, calibrations

COUNTS = (
    "bets",
    "wins",
    "losses",
    "pushes",
    "voids",
    "staked",
    "profit",
    "decided",
    "brier",
    "p_over",
    "overs",
)


def score(system_id, error, day=14, graded=10):
    row = {"system_id": system_id, "game_date": date(2026, 1, day), "graded": graded}
    row |= {"absolute_error": error * graded, "error": 0.0, "squared_error": 30.0 * graded}
    row |= {"covered_80": 8, "with_line": 0, "absolute_error_with_line": 0.0, "line_absolute_error": 0.0}
    return row | dict.fromkeys(COUNTS, 0)


def tenth(system_id="ensemble_v2", said=0.55, happened=0.5, lines=40):
    return {
        "system_id": system_id,
        "tenth": int(said * 10),
        "lines": lines,
        "said": said,
        "happened": happened,
    }


def test_the_headline_system_comes_first_and_then_the_least_error():
    rows = [score("worse", 6.0), score("better", 5.0), score("headline", 7.0)]

    assert [found.system_id for found in system_scores(rows, "headline")] == ["headline", "better", "worse"]


def test_each_forecast_has_the_same_weight_on_whatever_day():
    (found,) = system_scores([score("a", 4.0, 13, graded=30), score("a", 8.0, 14, graded=10)], "a")

    assert (found.accuracy.forecasts, found.accuracy.slates, found.accuracy.mae) == (40, 2, 5.0)


def test_without_bets_and_lines_nothing_is_said_of_them():
    (found,) = system_scores([score("a", 4.0)], "a")

    assert (found.accuracy.roi, found.accuracy.hit_rate, found.accuracy.line_mae, found.accuracy.brier) == (
        None,
        None,
        None,
        None,
    )


def test_without_graded_slates_there_are_no_scores_and_no_pictures():
    assert system_scores([], "a") == ()
    assert calibrations([], "a") == ()


def test_a_dot_stands_where_what_was_said_meets_what_happened_and_grows_with_its_lines():
    (found,) = calibrations(
        [tenth(said=0.55, happened=0.5, lines=100), tenth(said=0.65, happened=0.7, lines=25)], ""
    )

    first, second = found.dots
    assert ((first.x, first.y), (second.x, second.y)) == ((55.0, 50.0), (65.0, 30.0))
    assert first.radius > second.radius
    assert found.path == "55.0,50.0 65.0,30.0"
    assert first.title == "said 55%, happened 50%, 100 lines"


def test_the_distance_from_honest_is_weighted_by_lines():
    (found,) = calibrations(
        [tenth(said=0.5, happened=0.6, lines=30), tenth(said=0.7, happened=0.5, lines=10)], ""
    )

    assert found.error == pytest.approx(0.125)
    assert found.lines == 40


def test_a_tenth_with_too_few_lines_is_in_the_table_and_not_in_the_picture():
    (found,) = calibrations([tenth(said=0.5, lines=FEWEST), tenth(said=0.9, lines=FEWEST - 1)], "")

    assert (len(found.dots), len(found.rows)) == (1, 2)


def test_the_headline_systems_picture_comes_first():
    found = calibrations([tenth("a"), tenth("z"), tenth("headline")], "headline")

    assert [picture.system_id for picture in found] == ["headline", "a", "z"]
