"""`nba-props backtest`: what it prints and writes, and that the one can be worked out from the other."""

import csv
import gzip
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from small_season import FIRST, LAST, REST, Done, nba_props, write_rows, write_season

from cli.backtest import run_backtest
from cli.past import read_past
from cli.table_file import COLUMNS
from predictions.evaluation.report import backtest_report
from predictions.systems.registry import NAMES
from shared.config import Settings

FROM = FIRST + 23 * REST
FORMULAS = {"moving_average_v1", "minutes_rate_v1", "ensemble_v1"}


@dataclass(frozen=True)
class Backtest:
    """A run of the command, and what it left behind."""

    logs: Path
    lines: Path
    done: Done
    report: dict[str, Any]
    rows: list[dict[str, str]]
    page: str


@pytest.fixture(scope="module")
def backtest(tmp_path_factory: pytest.TempPathFactory) -> Backtest:
    folder = tmp_path_factory.mktemp("backtest")
    logs, lines = write_season(folder)
    out, html = folder / "forecasts.csv", folder / "backtest.html"
    options = ("--logs", logs, "--lines", lines, "--out", out, "--html", html)
    done = nba_props("backtest", *options, "--from", FROM, "--to", LAST, "--json")
    rows = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    return Backtest(logs, lines, done, json.loads(done.out), rows, html.read_text("utf-8"))


def test_json_alone_is_on_standard_output_and_how_far_it_is_on_the_other(backtest):
    assert backtest.done.code == 0
    assert backtest.done.out.lstrip().startswith("{")
    for step in ("Box scores", "Slates", "Features", "Fits and forecasts"):
        assert step in backtest.done.err


def test_the_report_is_of_the_range_and_of_every_system(backtest):
    report = backtest.report

    assert (report["from"], report["to"]) == (FROM.isoformat(), LAST.isoformat())
    assert report["systems"].keys() == set(NAMES)
    assert [name for name, found in report["systems"].items() if found["uses_line"]] == ["line_blend_v1"]
    assert report["best"] in set(NAMES) - {"line_blend_v1"}
    assert {found["all"]["n"] for found in report["systems"].values()} == {
        report["systems"][NAMES[0]]["all"]["n"]
    }


def test_out_has_the_columns_of_the_demo_and_what_happened(backtest):
    assert tuple(backtest.rows[0]) == (*COLUMNS, "actual_points")
    assert {row["outcome"] for row in backtest.rows} == {"predicted"}


def test_out_has_one_row_a_system_and_candidate_whatever_his_minutes(backtest):
    keys = Counter((row["game_date"], row["player_lookup"], row["system_id"]) for row in backtest.rows)
    systems = Counter(row["system_id"] for row in backtest.rows)
    days = {row["game_date"] for row in backtest.rows}

    assert set(keys.values()) == {1}
    assert systems.keys() == set(NAMES)
    assert len(set(systems.values())) == 1
    assert (min(days), max(days)) == (FROM.isoformat(), LAST.isoformat())
    absent = [row for row in backtest.rows if row["actual_points"] == ""]
    assert 0 < len(absent) < len(backtest.rows) / 5


def column(rows: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in rows])


def test_the_figures_can_be_worked_out_from_out(backtest):
    for name, found in backtest.report["systems"].items():
        rows = [row for row in backtest.rows if row["system_id"] == name and row["actual_points"]]
        points = column(rows, "actual_points")
        errors = column(rows, "mean") - points
        assert found["all"]["n"] == len(rows)
        assert found["all"]["mae"] == pytest.approx(np.abs(column(rows, "p50") - points).mean(), abs=1e-4)
        assert found["all"]["rmse"] == pytest.approx((errors**2).mean() ** 0.5, abs=1e-4)
        assert found["all"]["bias"] == pytest.approx(errors.mean(), abs=1e-4)
        held = (points >= column(rows, "p10")) & (points <= column(rows, "p90"))
        assert found["all"]["coverage"]["80"] == pytest.approx(100 * held.mean(), abs=0.01)


def test_the_figures_at_lines_can_be_worked_out_from_out(backtest):
    for name, found in backtest.report["systems"].items():
        rows = [r for r in backtest.rows if r["system_id"] == name and r["actual_points"] and r["line"]]
        points, lines = column(rows, "actual_points"), column(rows, "line")
        part = found["with_line"]
        assert part["n"] == len(rows) > 100
        assert part["mae"] == pytest.approx(np.abs(column(rows, "p50") - points).mean(), abs=1e-4)
        assert part["line_mae"] == pytest.approx(np.abs(lines - points).mean(), abs=1e-4)
        assert part["bets"] == sum(row["recommendation"] in ("OVER", "UNDER") for row in rows)


def test_nobody_bets_without_a_line(backtest):
    bare = [row for row in backtest.rows if not row["line"]]

    assert {(row["recommendation"], row["p_over"]) for row in bare} == {("NO_LINE", "")}


def test_the_page_has_three_pictures(backtest):
    assert backtest.page.count("<svg") == 3
    assert all(f"<h2>{name}</h2>" in backtest.page for name in NAMES)


def test_without_lines_a_table_is_printed_and_formulas_speak_before_there_is_a_model(backtest, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")

    done = nba_props("backtest", "--logs", backtest.logs, "--from", "2023-10-26", "--to", "2023-11-10")

    assert done.code == 0
    errors = done.out.partition(" by month")[0].splitlines()
    rows = {line.split()[0]: line for line in errors if line.strip().startswith(NAMES) and "±" in line}
    assert rows.keys() == set(NAMES)
    assert {name for name, row in rows.items() if "– ± –" not in row} == FORMULAS
    assert "Against the line" not in done.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param(
            {"--from": "2024-01-02", "--to": "2024-01-01"}, "--from 2024-01-02 is later", id="range"
        ),
        pytest.param({"--from": "2023-02-30"}, "'--from'", id="a date that does not exist"),
        pytest.param(
            {"--out": "/no/such/folder/x.csv"}, "--out: there is no folder /no/such", id="no folder"
        ),
        pytest.param(
            {"--html": "/no/such/folder/x.html"}, "--html: there is no folder", id="no folder's page"
        ),
        pytest.param({"--logs": "nowhere.csv"}, "'--logs'", id="no box scores"),
        pytest.param({"--lines": "nowhere.csv"}, "'--lines'", id="no lines"),
        pytest.param({"--logs": __file__}, "is no file of box scores", id="a file of another kind"),
        pytest.param({"--lines": __file__}, "is no file of lines", id="lines of another kind"),
        pytest.param(
            {"--from": "2024-07-01", "--to": "2024-08-01"}, "--from 2024-07-01", id="a range without games"
        ),
        pytest.param(
            {"--from": "2020-01-01", "--to": "2020-02-01"}, "no slate up to 2020-02-01", id="too early"
        ),
    ],
)
def test_wrong_input_ends_with_2_and_a_sentence(options, words, backtest):
    usual = {"--logs": backtest.logs, "--from": FROM, "--to": LAST}

    done = nba_props("backtest", *(word for pair in (usual | options).items() for word in pair))

    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert "Traceback" not in done.err


def test_what_stood_in_out_is_still_there_after_a_run_that_failed(backtest, tmp_path):
    logs = tmp_path / "logs.csv.gz"
    logs.write_bytes(backtest.logs.read_bytes())
    before = logs.read_bytes()

    done = nba_props("backtest", "--logs", logs, "--from", "2024-07-01", "--to", "2024-07-02", "--out", logs)

    assert done.code == 2
    assert logs.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [logs.name]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(backtest, tmp_path):
    tmp_path.chmod(0o500)

    done = nba_props(
        *("backtest", "--logs", backtest.logs, "--from", FROM, "--to", LAST, "--out", tmp_path / "x.csv")
    )

    assert (done.code, "--out: there is no folder" in done.err) == (2, True)


def test_a_range_and_box_scores_must_be_named():
    done = nba_props("backtest", "--from", FROM, "--to", LAST)

    assert (done.code, "--logs" in done.err) == (2, True)


# ---------------------------------------------------------------- real games


def part_of(folder: Path, pattern: str, first: str, last: str) -> Path:
    """Write those rows of a real file that are of a range of dates, and return their path."""
    source = next(Path(os.environ["NBA_REAL_DATA_DIR"]).glob(pattern))
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if first <= row["game_date"] <= last]
    return write_rows(folder / source.with_suffix("").name, rows)


@pytest.mark.real_data
@pytest.mark.skipif(not os.environ.get("NBA_REAL_DATA_DIR"), reason="NBA_REAL_DATA_DIR is not set")
def test_a_month_of_real_games_is_forecast_better_than_by_averages_and_not_too_well(tmp_path):
    season = ("2023-10-24", "2024-03-10")
    logs = part_of(tmp_path, "player_game_logs_*.csv.gz", *season)
    lines = part_of(tmp_path, "points_lines_*.csv.gz", *season)
    first, last = date(2024, 2, 10), date(2024, 3, 10)

    candidates = read_past([logs], [lines], last, lambda step, done, total: None)
    forecasts = run_backtest(candidates, first, last, Settings(), lambda step, done, total: None)
    report = backtest_report(forecasts, first, last)

    regulars = {name: found["minutes_15"] for name, found in report["systems"].items()}
    hits = [found["with_line"]["hit_rate"] for found in report["systems"].values()]
    assert {part["n"] for part in regulars.values()} == {regulars["ensemble_v2"]["n"]}
    assert 2_500 < regulars["ensemble_v2"]["n"] < 4_500
    assert 4.5 < regulars["ensemble_v2"]["mae"] < regulars["moving_average_v1"]["mae"] - 0.03
    assert max(hits) < 0.58
    assert all(found["with_line"]["n"] > 300 for found in report["systems"].values())
