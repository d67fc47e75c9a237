"""A forecast beside what happened: the view that readers see, row by row."""

from datetime import date, timedelta

import pytest
from past_games import PastGames, box_score, said

FIRST_DAY = date(2020, 1, 1)  # the slates of other tests begin in 2021
VERDICTS = ("bet_result", "profit", "is_void", "is_over")


@pytest.fixture(scope="module")
def days():
    """A day for each case, that no other case uses."""
    return (FIRST_DAY + timedelta(days=n) for n in range(365))


@pytest.fixture
def games(session_store):
    return PastGames(session_store)


@pytest.fixture
def result(games, days):
    """Return the row of one forecast once these points, if any, are in."""

    def of(points=None, played=(), **forecast):
        day = next(days)
        games.forecast(said(day, **forecast))
        scores = [box_score(day, points=points)] if points is not None else []
        scores += [box_score(day, **row) for row in played]
        if scores:
            games.played(*scores)
        (row,) = games.results(day)
        return row

    return of


ABSENT = {"minutes": 0.0, "points": 0.0}
TEAM_MATE = {"player": "p01"}


@pytest.mark.parametrize(
    ("happened", "forecast", "expected"),
    [
        pytest.param({"points": 25}, {}, ("win", 100 / 110, False, True), id="over at no known price"),
        pytest.param({"points": 25}, {"over_odds": 120.0}, ("win", 1.2, False, True), id="over at +120"),
        pytest.param({"points": 25}, {"over_odds": -200.0}, ("win", 0.5, False, True), id="over at -200"),
        pytest.param({"points": 12}, {"over_odds": 120.0}, ("loss", -1.0, False, False), id="over, under"),
        pytest.param(
            {"points": 12},
            {"recommendation": "UNDER", "over_odds": 300.0, "under_odds": 105.0},
            ("win", 1.05, False, False),
            id="under at its own price",
        ),
        pytest.param(
            {"points": 25}, {"recommendation": "UNDER"}, ("loss", -1.0, False, True), id="under, over"
        ),
        pytest.param({"points": 20}, {"line": 20.0}, ("push", 0.0, False, None), id="a push is neither"),
        pytest.param({"played": [ABSENT]}, {}, ("void", 0.0, True, None), id="no minutes is void, not lost"),
        pytest.param({"played": [TEAM_MATE]}, {}, ("void", 0.0, True, None), id="no row is void, not lost"),
        pytest.param(
            {"played": [TEAM_MATE]}, {"recommendation": "PASS"}, (None, None, True, None), id="void, no bet"
        ),
        pytest.param(
            {"points": 25}, {"recommendation": "PASS"}, (None, None, False, True), id="pass is no bet"
        ),
        pytest.param(
            {"points": 25},
            {"recommendation": "NO_LINE", "line": None, "p_over": None},
            (None, None, False, None),
            id="without a line no bet",
        ),
        pytest.param({}, {}, (None, None, False, None), id="not played yet"),
        pytest.param(
            {"played": [{"player": "x", "team": "LAL"}]}, {}, (None, None, False, None), id="others"
        ),
    ],
)
def test_a_bet_is_won_lost_pushed_or_void(result, happened, forecast, expected):
    row = result(**happened, **forecast)

    verdicts = tuple(row[name] for name in VERDICTS)
    assert verdicts == (expected[0], pytest.approx(expected[1]), *expected[2:])


def test_the_point_forecast_is_the_median_and_an_error_above_zero_was_too_high(result):
    row = result(points=12.5, p50=20.0, mean=25.0)

    assert (row["error"], row["absolute_error"]) == (7.5, 7.5)


@pytest.mark.parametrize(("points", "is_covered"), [(11.9, False), (12.0, True), (30.0, True), (30.1, False)])
def test_points_at_the_edge_of_the_interval_are_covered(result, points, is_covered):
    assert result(points=points, p10=12.0, p90=30.0)["is_covered"] is is_covered


@pytest.mark.parametrize(
    ("points", "forecast", "p_over", "brier"),
    [
        pytest.param(25, {"p_over": 0.6}, 0.6, 0.16, id="it went over"),
        pytest.param(12, {"p_over": 0.6}, 0.6, 0.36, id="it went under"),
        pytest.param(25, {"p_over": 0.54, "p_push": 0.1, "line": 20.0}, 0.6, 0.16, id="a whole line"),
        pytest.param(20, {"p_over": 0.54, "p_push": 0.1, "line": 20.0}, None, None, id="a push"),
        pytest.param(25, {"p_over": None, "line": None}, None, None, id="no line"),
        pytest.param(25, {"p_over": 0.0, "p_push": 1.0}, None, None, id="nothing but a push was possible"),
    ],
)
def test_p_over_is_scored_as_the_chance_of_the_side_that_won(result, points, forecast, p_over, brier):
    row = result(points=points, **forecast)

    assert (row["decided_p_over"], row["brier"]) == (pytest.approx(p_over), pytest.approx(brier))


def test_until_the_box_score_is_in_nothing_is_known(result):
    row = result()

    unknown = ("actual_points", "actual_minutes", "error", "absolute_error", "is_covered", "brier", "profit")
    assert {name: row[name] for name in unknown} == dict.fromkeys(unknown)


def test_a_corrected_box_score_is_what_counts(games, days):
    day = next(days)
    first = box_score(day, points=12.0)
    games.forecast(said(day))
    games.played(first, first | {"points": 25.0, "loaded_at": first["loaded_at"] + timedelta(hours=1)})

    (row,) = games.results(day)

    assert (row["actual_points"], row["bet_result"]) == (25.0, "win")


def test_a_bet_that_was_never_released_was_never_made(result):
    row = result(points=25.0, batch_id="another")

    assert (row["recommendation"], row["bet_result"], row["absolute_error"]) == ("PASS", None, 5.0)
