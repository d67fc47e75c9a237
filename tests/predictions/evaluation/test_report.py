"""The figures of a backtest: who counts, what is counted, and the page and the tables that show it."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from made_up_slates import FIRST, made_up_slates
from tiny_model import tiny_model

from cli.render_backtest import print_backtest
from predictions.evaluation.betting import EDGES, expected_gains, returns
from predictions.evaluation.candidates import Candidates
from predictions.evaluation.forecasts import QUANTILES, Collector, Columns, Forecasts
from predictions.evaluation.page import backtest_page
from predictions.evaluation.report import Report, backtest_report
from predictions.evaluation.slate_run import run_stage
from predictions.evaluation.walking import Stage
from predictions.systems.base import FeatureTable
from predictions.systems.recommendation import RecommendationPolicy
from predictions.systems.registry import NAMES

LAST = FIRST + timedelta(days=60)
NAN = np.nan
FIGURES = {"n", "mae", "rmse", "bias"}
OF_LINES = {"line_mae", "hit_rate", "brier", "ece", "roi"}


def made_up(candidates: Candidates) -> Forecasts:
    """Return what every system says of them with a small model."""
    policy = RecommendationPolicy(edge=0.03, min_quality=50.0)
    collector = Collector(NAMES)
    for run in run_stage(Stage(FIRST, tiny_model(), candidates), NAMES, policy):
        collector.add(run)
    return collector.forecasts()


def bare(candidates: Candidates) -> Candidates:
    """Return the candidates without lines."""
    rows = [{**row, "line": None, "over_odds": None, "under_odds": None} for row in candidates.rows]
    table = replace(candidates.table, lines=np.full(len(candidates), NAN))
    return replace(candidates, rows=rows, table=table)


@pytest.fixture(scope="module")
def slates() -> Candidates:
    return made_up_slates(slates=25)


@pytest.fixture(scope="module")
def with_lines(slates: Candidates) -> Forecasts:
    return made_up(slates)


@pytest.fixture(scope="module")
def without_lines(slates: Candidates) -> Forecasts:
    return made_up(bare(slates))


def report_of(forecasts: Forecasts) -> Report:
    return backtest_report(forecasts, FIRST, LAST)


# ---------------------------------------------------------------- by hand

POINTS = (10.0, 20.0, NAN, 12.0, 7.0)
LINES = (NAN, 20.0, 14.5, 10.5, 9.5)
MINUTES = (10.0, 30.0, 30.0, 15.0, 14.9)
MEDIANS = (12.0, 22.0, 30.0, 9.0, 8.0)
MEANS = (13.0, 23.0, 31.0, 10.0, 9.0)
P_OVER = (NAN, 0.6, 0.9, 0.4, 0.3)
P_PUSH = (NAN, 0.2, 0.0, 0.0, 0.0)
OVER_ODDS = (NAN, 100.0, 100.0, -110.0, NAN)
UNDER_ODDS = (NAN, -120.0, 100.0, 150.0, NAN)
SIDES = (0.0, 1.0, 1.0, -1.0, -1.0)
DAYS = [date(2025, 1, 30), date(2025, 1, 30), date(2025, 1, 30), date(2025, 2, 1), date(2025, 2, 1)]


def columns(**changes: Any) -> Columns:
    parts = {"median": MEDIANS, "mean": MEANS, "p_over": P_OVER, "p_push": P_PUSH, "side": SIDES} | changes
    found = {name: np.array(part) for name, part in parts.items()}
    steps = np.array([-6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0])
    return Columns(quantiles=found.pop("median")[:, None] + steps, **found)


def by_hand(**systems: Columns) -> Forecasts:
    """Return five candidates: no regular, a push, one who sat out, a regular just so and one just not."""
    table = FeatureTable(("minutes_avg_10",), np.array(MINUTES)[:, None], np.array(LINES))
    dates = np.array(DAYS, dtype="datetime64[D]")
    candidates = Candidates([{}] * 5, dates, table, np.array(POINTS))
    return Forecasts(candidates, np.array(OVER_ODDS), np.array(UNDER_ODDS), systems)


@pytest.fixture
def found() -> Report:
    return report_of(by_hand(trees_mean_v1=columns()))["systems"]["trees_mean_v1"]


def test_only_players_who_played_count(found):
    assert [found[part]["n"] for part in ("all", "minutes_15", "with_line")] == [4, 2, 3]


def test_the_absolute_error_is_of_the_median_and_the_others_are_of_the_mean(found):
    assert found["all"]["mae"] == pytest.approx((2 + 2 + 3 + 1) / 4)
    assert found["all"]["mean_mae"] == pytest.approx((3 + 3 + 2 + 2) / 4)
    assert found["all"]["rmse"] == pytest.approx(((9 + 9 + 4 + 4) / 4) ** 0.5, abs=1e-4)
    assert found["all"]["bias"] == pytest.approx((3 + 3 - 2 + 2) / 4)
    assert found["minutes_15"]["mae"] == pytest.approx((2 + 3) / 2)


def test_coverage_is_of_regulars_and_of_intervals_around_the_median(found):
    assert found["coverage"] == {"50": 50.0, "80": 100.0, "90": 100.0}
    assert found["all"]["coverage"] == {"50": 75.0, "80": 100.0, "90": 100.0}


def test_against_the_line_pushes_are_left_out_of_what_is_said_of_sides(found):
    part = found["with_line"]

    assert part["line_mae"] == pytest.approx((0 + 1.5 + 2.5) / 3, abs=1e-4)
    assert part["mae_less_line"] == pytest.approx((2 + 3 + 1) / 3 - 4 / 3, abs=1e-4)
    assert part["hit_rate"] == 0.5
    assert part["brier"] == pytest.approx((0.36 + 0.09) / 2)
    assert part["ece"] == pytest.approx((0.6 + 0.3) / 2)
    assert part["calibration"] == [[1, 0.3, 0.0], [1, 0.4, 1.0]]


def test_the_return_is_that_of_recommended_bets_at_the_odds_offered(found):
    part = found["with_line"]

    assert (part["bets"], part["roi"]) == (3, pytest.approx((0.0 - 1.0 + 100 / 110) / 3, abs=1e-4))


def test_bets_by_edge_are_those_whose_expected_gain_reaches_it(found):
    gains = [0.6 - 0.2, 0.6 * 1.5 - 0.4, 0.7 * 100 / 110 - 0.3]
    edges = {part["edge"]: part for part in found["bets_by_edge"]}

    assert edges.keys() == set(EDGES)
    assert edges[0.10]["n"] == sum(gain >= 0.10 for gain in gains)
    assert edges[0.10]["roi"] == pytest.approx((0.0 - 1.0 + 100 / 110) / 3, abs=1e-4)
    assert edges[0.10]["hit_rate"] == 0.5


def test_expected_gains_are_of_the_better_side_at_its_odds():
    forecasts = by_hand(trees_mean_v1=columns())

    gains, is_over = expected_gains(forecasts, forecasts.by_system["trees_mean_v1"])

    expected = [0.6 - 0.2, 0.9 - 0.1, 0.6 * 1.5 - 0.4, 0.7 * 100 / 110 - 0.3]
    assert np.isnan(gains[0])
    assert gains[1:] == pytest.approx(expected)
    assert is_over[1:].tolist() == [True, True, False, False]


def test_a_void_bet_comes_back():
    forecasts = by_hand(trees_mean_v1=columns())

    found = returns(forecasts, forecasts.by_system["trees_mean_v1"], ~np.isnan(forecasts.candidates.lines))

    assert found.tolist() == [0.0, 0.0, -1.0, pytest.approx(100 / 110)]


def test_bands_and_months_part_all_and_regulars(found):
    levels = [part["n"] for part in found["by_level"]]
    bands = {part["from"]: part["n"] for part in found["by_minutes"]}
    months = {part["month"]: part["n"] for part in found["by_month"]}

    assert levels == [0, 2, 1, 0, 1, 0, 0]
    assert bands == {0.0: 2, 15.0: 1, 24.0: 1, 32.0: 0}
    assert months == {"2025-01": 1, "2025-02": 1}


def test_a_month_and_a_band_say_what_their_lines_were_worth(found):
    february, short = found["by_month"][1], found["by_minutes"][0]

    assert (february["lines"], february["bets"], february["hit_rate"]) == (1, 1, 0.0)
    assert (february["roi"], february["roi_se"]) == (-1.0, None)
    assert (short["lines"], short["bets"], short["roi"]) == (1, 1, pytest.approx(100 / 110, abs=1e-4))


def test_the_best_never_uses_the_line():
    perfect = columns(median=tuple(np.nan_to_num(POINTS)))

    report = report_of(
        by_hand(trees_mean_v1=columns(), linear_v1=columns(median=MEANS), line_blend_v1=perfect)
    )

    regulars = {name: part["minutes_15"]["mae"] for name, part in report["systems"].items()}
    assert regulars == {"trees_mean_v1": 2.5, "linear_v1": 2.5, "line_blend_v1": 0.0}
    assert report["best"] == "trees_mean_v1"
    assert {name for name, part in report["systems"].items() if part["uses_line"]} == {"line_blend_v1"}


def test_the_best_is_found_on_the_games_of_which_all_systems_said_something():
    """linear_v1 speaks of one regular only, a hard one, and is better there than the other."""
    late = tuple(median if day == DAYS[-1] else NAN for median, day in zip(MEDIANS, DAYS, strict=True))
    early_is_easy = columns(median=(12.0, 20.0, 30.0, 8.5, 8.0))

    report = report_of(by_hand(trees_mean_v1=early_is_easy, linear_v1=columns(median=late, mean=late)))

    regulars = {name: part["minutes_15"]["mae"] for name, part in report["systems"].items()}
    assert regulars == {"trees_mean_v1": 1.75, "linear_v1": 3.0}
    assert report["best"] == "linear_v1"


def test_where_nobody_said_anything_nobody_is_best():
    silent = columns(**dict.fromkeys(("median", "mean", "p_over", "p_push"), (NAN,) * 5), side=(0.0,) * 5)

    report = report_of(by_hand(trees_mean_v1=silent))

    assert report["best"] is None
    assert report["systems"]["trees_mean_v1"]["all"]["n"] == 0
    assert "<svg" in backtest_page(report, by_hand(trees_mean_v1=silent))
    print_backtest(report)


@pytest.mark.parametrize(
    ("line", "hit_rate"), [pytest.param(11.5, 0.0, id="one line"), pytest.param(12.0, None, id="one push")]
)
def test_a_single_line_is_shown_too(line, hit_rate, capsys):
    lines = np.array([NAN, NAN, NAN, line, NAN])
    forecasts = by_hand(trees_mean_v1=columns())
    candidates = replace(forecasts.candidates, table=replace(forecasts.candidates.table, lines=lines))
    forecasts = replace(forecasts, candidates=candidates)

    report = report_of(forecasts)

    print_backtest(report)
    assert report["systems"]["trees_mean_v1"]["with_line"]["hit_rate"] == hit_rate
    assert "trees_mean_v1" in backtest_page(report, forecasts)
    assert "Against the line" in capsys.readouterr().out


# ---------------------------------------------------------------- the shape


def test_the_report_has_the_shape_that_programs_read(with_lines):
    report = report_of(with_lines)

    assert report.keys() == {"from", "to", "best", "systems"}
    assert (report["from"], report["to"]) == (FIRST.isoformat(), LAST.isoformat())
    assert report["systems"].keys() == set(NAMES)
    assert report["best"] in report["systems"]
    for system in report["systems"].values():
        assert system.keys() >= {"uses_line", "all", "minutes_15", "with_line", "coverage"}
        assert all(system[part].keys() >= FIGURES for part in ("all", "minutes_15", "with_line"))
        assert system["with_line"].keys() >= OF_LINES
        assert system["coverage"].keys() == {"50", "80", "90"}
        assert all(
            isinstance(system["with_line"][name], float) for name in FIGURES | OF_LINES - {"n"} if name != "n"
        )
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_without_lines_what_is_said_of_them_is_null(without_lines):
    report = report_of(without_lines)

    for system in report["systems"].values():
        part = system["with_line"]
        assert (part["n"], part["bets"], part["calibration"]) == (0, 0, [])
        assert {part[name] for name in (FIGURES | OF_LINES) - {"n"}} == {None}
        assert all(edge["n"] == 0 for edge in system["bets_by_edge"])
    assert report["best"] in NAMES


def test_lines_change_nothing_of_what_systems_say_that_do_not_use_them(with_lines, without_lines):
    read, blind = report_of(with_lines), report_of(without_lines)

    for name in set(NAMES) - {"line_blend_v1"}:
        for part in ("all", "minutes_15", "coverage"):
            assert blind["systems"][name][part] == read["systems"][name][part]


def test_all_systems_are_counted_over_the_same_games(with_lines):
    report = report_of(with_lines)

    candidates = with_lines.candidates
    played, regular = candidates.has_played, candidates.is_regular
    lined = ~np.isnan(candidates.lines)
    expected = [int(mask.sum()) for mask in (played, played & regular, played & lined)]
    for system in report["systems"].values():
        assert [system[part]["n"] for part in ("all", "minutes_15", "with_line")] == expected
        assert sum(part["n"] for part in system["by_level"]) == expected[0]
        assert sum(part["n"] for part in system["by_minutes"]) == expected[0]
        assert sum(part["n"] for part in system["by_month"]) == expected[1]


def test_the_quantiles_rise(with_lines):
    assert list(QUANTILES) == sorted(QUANTILES)
    for columns in with_lines.by_system.values():
        assert (np.diff(columns.quantiles, axis=1) >= 0).all()


# ---------------------------------------------------------------- page and tables


def test_the_page_has_three_pictures_and_every_system(with_lines):
    report = report_of(with_lines)

    page = backtest_page(report, with_lines)

    assert page.count("<svg") == page.count("</svg>") == 3
    assert page.count("<figure>") == 3
    for name, system in report["systems"].items():
        assert f"<h2>{name}</h2>" in page
        assert f"{system['minutes_15']['mae']:.3f}" in page
    assert f'<tr class="best"><td>{report["best"]}</td>' in page
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page)


def test_the_same_figures_give_the_same_page(with_lines):
    report = report_of(with_lines)

    assert backtest_page(report, with_lines) == backtest_page(report, with_lines)


def test_without_lines_the_page_says_so_and_has_its_pictures(without_lines):
    page = backtest_page(report_of(without_lines), without_lines)

    assert "no lines in these files" in page
    assert page.count("<svg") == 3


@pytest.mark.parametrize("which", ["with_lines", "without_lines"])
def test_the_tables_show_every_system(which, request, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    report = report_of(request.getfixturevalue(which))

    print_backtest(report)

    out = capsys.readouterr().out
    assert all(name in out for name in NAMES)
    assert ("Against the line" in out) == (which == "with_lines")
    assert "line_blend_v1 (uses the line)" in out
    assert f"{report['best']} by month and by minutes" in out
