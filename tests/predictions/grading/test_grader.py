"""From the store's rows to the report: what is summed, and what is left out."""

from datetime import date, timedelta

import pytest
from past_games import PastGames, box_score, said
from watched_ports import WatchedWarehouse

from predictions.grading.drift import DriftPolicy, Verdict
from predictions.grading.grader import Grader
from shared.errors import DependencyUnavailable

DAY = date(2022, 3, 1)


@pytest.fixture
def grader(store):
    return Grader(store, DriftPolicy())


def a_slate(games: PastGames) -> None:
    """Five players: a win at +120, a loss, a push, one without a line, one who did not play."""
    games.forecast(
        said(DAY, "p00", over_odds=120.0),
        said(DAY, "p01"),
        said(DAY, "p02", line=20.0),
        said(DAY, "p03", line=None, p_over=None, p_push=None, recommendation="NO_LINE"),
        said(DAY, "p04"),
        said(DAY, "p00", prediction_id="beside", line=15.5, line_offset=-3.0),
    )
    games.played(
        box_score(DAY, "p00", 25.0),
        box_score(DAY, "p01", 10.0),
        box_score(DAY, "p02", 20.0),
        box_score(DAY, "p03", 21.0),
        box_score(DAY, "p04", 0.0, minutes=0.0),
    )


def test_a_slate_is_summed_at_the_main_lines_and_voids_count_as_bets_alone(grader, games):
    a_slate(games)

    (system,) = grader.report(DAY).systems

    figures = system.recent
    assert (figures.slates, figures.forecasts, figures.with_line) == (1, 4, 3)
    assert (figures.bets, figures.wins, figures.losses, figures.pushes, figures.voids) == (4, 1, 1, 1, 1)
    assert figures.hit_rate == 0.5
    assert figures.roi == pytest.approx((1.2 - 1.0) / 3, abs=1e-6)
    assert figures.mae == (5 + 10 + 0 + 1) / 4
    assert figures.rmse == pytest.approx(((25 + 100 + 0 + 1) / 4) ** 0.5)
    assert figures.bias == (-5 + 10 + 0 - 1) / 4
    assert figures.coverage_80 == 3 / 4
    assert (figures.mae_with_line, figures.line_mae) == (15 / 3, pytest.approx((6.5 + 8.5 + 0) / 3))
    assert (figures.mean_p_over, figures.share_over) == (pytest.approx(0.6), 0.5)
    assert figures.brier == pytest.approx((0.16 + 0.36) / 2)


def test_without_lines_what_is_about_lines_is_unknown_and_not_zero(grader, games):
    games.season(DAY, [5.0])

    figures = grader.report(DAY).systems[0].recent

    about_lines = ("mae_with_line", "line_mae", "mean_p_over", "share_over", "brier", "hit_rate", "roi")
    assert {name: getattr(figures, name) for name in about_lines} == dict.fromkeys(about_lines)


def test_every_system_that_has_forecasts_is_graded_whatever_was_recommended_of_it(grader, games):
    games.season(DAY, [5.0], system_id="active_v1")
    games.forecast(*(said(DAY, f"p{n:02}", system_id="shadow_v1", recommendation="PASS") for n in range(20)))

    systems = {system.system_id: system.recent.forecasts for system in grader.report(DAY).systems}

    assert systems == {"active_v1": 20, "shadow_v1": 20}


def test_the_newest_fourteen_slates_stand_apart_from_those_before(grader, games):
    last = games.season(DAY, [3.0] * 30 + [6.0] * 14)

    (system,) = grader.report(last).systems

    assert (system.recent.slates, system.recent.mae) == (14, 6.0)
    assert system.recent.first_slate == last - timedelta(days=13)
    assert system.before is not None
    assert (system.before.slates, system.before.mae) == (30, 3.0)


def test_what_came_after_the_slate_asked_about_is_not_looked_at(grader, games):
    last = games.season(DAY, [3.0] * 5 + [9.0])

    report = grader.report(last - timedelta(days=1))

    assert report.newest_slate == last - timedelta(days=1)
    assert report.systems[0].recent.mae == 3.0


def test_a_system_that_no_recent_slate_has_is_a_thing_of_the_past(grader, games):
    games.season(DAY, [5.0] * 3, system_id="retired_v1")
    last = games.season(DAY + timedelta(days=3), [5.0] * 14, system_id="present_v1")

    before, after = grader.report(last - timedelta(days=1)), grader.report(last)

    assert [system.system_id for system in before.systems] == ["present_v1", "retired_v1"]
    assert [system.system_id for system in after.systems] == ["present_v1"]


def test_a_slate_of_which_nobody_has_played_yet_is_not_graded(grader, games):
    last = games.season(DAY, [5.0])
    games.forecast(said(last + timedelta(days=1)))

    report = grader.report(last + timedelta(days=1))

    assert report.newest_slate == last


def test_a_store_without_past_games_says_so(grader):
    report = grader.report(DAY)

    assert (report.newest_slate, report.systems) == (None, ())


def test_a_read_that_fails_is_an_error_and_never_nothing_there(store):
    watched = WatchedWarehouse(store)
    watched.breaks("graded_slates")

    with pytest.raises(DependencyUnavailable):
        Grader(watched, DriftPolicy()).report(DAY)


def test_two_slates_are_too_little_history_to_say_anything(grader, games):
    last = games.season(DAY, [5.0, 50.0])

    (system,) = grader.report(last).systems

    assert system.error.verdict is system.coverage.verdict is Verdict.TOO_LITTLE_HISTORY
    assert (system.drifted_since, system.is_new) == (None, False)
