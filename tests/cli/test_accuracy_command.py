"""`nba-props accuracy`: from a slate's forecasts, through its box scores, to what a person reads."""

import csv
import json
import sys
from pathlib import Path

import pytest

from cli.accuracy import told_report
from cli.main import main
from cli.session import filled_stack
from cli.telling import tell
from local.client import Body

SLATE, DAY_AFTER = "2025-01-15", "2025-01-16"
ACTIVE, SHADOW = "moving_average_v1", "minutes_rate_v1"


@pytest.fixture
def run(monkeypatch, capfd, tmp_path):
    """Run a command in an empty folder, with two systems that need no model; return its code and output."""
    monkeypatch.chdir(tmp_path)
    for name, value in (("ACTIVE_SYSTEMS", ACTIVE), ("HEADLINE_SYSTEM", ACTIVE), ("SHADOW_SYSTEMS", SHADOW)):
        monkeypatch.setenv(name, value)

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["nba-props", *words, "--data-dir", "data"])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        return ended.value.code, out, err

    return command


@pytest.fixture
def played(run, tmp_path):
    """A slate that was forecast, and the box scores of that night: 20 points each, one player absent."""
    run("demo", "--date", SLATE, "--players", "20", "--json", "--out", "forecasts.csv")
    with (tmp_path / "forecasts.csv").open(encoding="utf-8") as file:
        forecasts = [row for row in csv.DictReader(file) if row["system_id"] == ACTIVE]
    fields = (
        *("game_id", "game_date", "player_id", "player_name", "team", "opponent", "is_home"),
        *("minutes", "points"),
    )
    with (tmp_path / "night.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, extrasaction="ignore")
        writer.writeheader()
        for number, row in enumerate(forecasts):
            game = {"game_id": "-".join(sorted((row["team"], row["opponent"])))}
            game |= {"is_home": row["team"] < row["opponent"], "minutes": 30 if number else 0, "points": 20}
            writer.writerow(row | game)
    assert run("load-logs", "night.csv")[0] == 0
    return forecasts


def test_a_forecast_slate_is_graded_once_its_box_scores_have_come(run, played):
    code, out, err = run("accuracy", "--date", SLATE, "--json")
    with filled_stack(Path("data"), None) as client:
        graded = client.post("/grade", {"game_date": SLATE})

    assert (code, err) == (0, "")
    report = json.loads(out)
    assert graded == (200, report)
    systems = {system["system_id"]: system for system in report["systems"]}
    errors = [abs(float(row["p50"]) - 20.0) for row in played[1:]]
    assert report["newest_slate"] == SLATE
    assert systems.keys() == {ACTIVE, SHADOW}
    assert systems[ACTIVE]["recent"]["forecasts"] == len(played) - 1
    assert systems[ACTIVE]["recent"]["mae"] == pytest.approx(sum(errors) / len(errors), abs=0.01)
    assert systems[ACTIVE]["error"]["verdict"] == "too_little_history"


def test_on_the_day_after_nobody_has_to_name_the_slate(run, played, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    run("demo", "--date", DAY_AFTER, "--players", "20", "--json")

    code, out, _ = run("accuracy")

    assert code == 0
    assert all(text in out for text in (f"Accuracy up to {SLATE}", ACTIVE, SHADOW, "0 slates are too few"))


def test_before_any_box_score_has_come_it_says_so(run):
    run("demo", "--date", SLATE, "--players", "20", "--json")

    code, out, _ = run("accuracy", "--date", SLATE)

    assert (code, out) == (0, f"No slate up to {SLATE} has both forecasts and box scores.\n")


def test_a_directory_that_holds_nothing_is_not_asked(run):
    code, _, err = run("accuracy")

    assert (code, "holds nothing yet" in err) == (2, True)


def figures(**changes) -> Body:
    return {
        "slates": 14,
        "forecasts": 2800,
        "mae": 4.9,
        "coverage_80": 0.8,
        "bias": -0.3,
        "mean_p_over": 0.48,
        "share_over": 0.49,
        "brier": 0.2499,
        "bets": 120,
        "hit_rate": 0.53,
        "roi": 0.012,
    } | changes


def test_a_drift_is_shown_beside_its_band_and_since_when_it_is_there(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    error = {"verdict": "drifted", "low": 4.6, "high": 5.2, "history_slates": 180}
    coverage = error | {"verdict": "steady"}
    system = {"system_id": "trees_v1", "recent": figures(mae=5.51), "before": figures(), "error": error}
    system |= {"coverage": coverage, "drifted_since": "2025-01-10"}

    tell(*told_report({"game_date": SLATE, "newest_slate": SLATE, "systems": [system]}))

    out = capsys.readouterr().out
    row = next(line for line in out.splitlines() if "trees_v1" in line)
    assert row.split() == [
        *("trees_v1", "14", "2800", "5.51", "drifted", "4.90", "4.60-5.20", "-0.30", "80%"),
        *("48.0%", "49.0%", "0.250", "120", "53.0%", "1.2%"),
    ]
    assert "trees_v1 has drifted since 2025-01-10." in out
