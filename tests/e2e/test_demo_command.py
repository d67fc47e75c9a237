"""`nba-props demo` as a newcomer meets it, in a process of its own."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli.table_file import COLUMNS
from shared.config import load_settings

pytestmark = pytest.mark.e2e

SUMMARY_KEYS = {
    "game_date",
    "feature_run_id",
    "batch_id",
    "state",
    "players_expected",
    "players_ready",
    "predicted",
    "skipped",
    "failed",
    "predictions",
    "duplicate_keys",
    "seconds",
}


def nba_props(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from cli.main import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_demo_json_prints_one_object_in_which_everybody_is_accounted_for(tmp_path: Path) -> None:
    out = tmp_path / "forecasts.csv"

    done = nba_props("demo", "--json", "--players", 60, "--data-dir", tmp_path / "d", "--out", out)

    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary.keys() >= SUMMARY_KEYS
    assert summary["state"] == "complete"
    assert summary["players_expected"] == 60
    assert summary["predicted"] + summary["skipped"] + summary["failed"] == 60
    assert summary["skipped_by_reason"].keys() == {"no_history"}
    assert summary["predictions"] == len(load_settings().systems) * summary["predicted"]
    assert summary["duplicate_keys"] == 0
    assert set(summary["seconds"]) == {"phase4", "trigger_to_complete"}
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert len([row for row in rows if row["system_id"]]) == summary["predictions"]
    assert [row["reason"] for row in rows if not row["system_id"]] == ["no_history"] * summary["skipped"]


def test_demo_until_phase4_leaves_the_event_to_be_published(tmp_path: Path) -> None:
    folder = tmp_path / "d"

    held = nba_props("demo", "--json", "--players", 20, "--until", "phase4", "--data-dir", folder)
    sent = nba_props("phase4", "--republish", "--data-dir", folder)
    after = nba_props("status", "--json", "--data-dir", folder)

    summary = json.loads(held.stdout)
    assert (held.returncode, summary["state"], summary["predictions"]) == (0, "waiting", 0)
    assert summary["players_ready"] == 20
    assert sent.returncode == 0, sent.stderr
    assert json.loads(after.stdout)["state"] == "complete"


def test_demo_prints_a_table_and_a_summary_line_for_people(tmp_path: Path) -> None:
    done = nba_props("demo", "--players", 20, "--data-dir", tmp_path / "d", "--date", "2025-01-15")

    assert done.returncode == 0, done.stderr
    assert "Points forecasts for 2025-01-15" in done.stdout
    assert "complete: 20 expected, 20 ready, 20 predicted, 0 skipped, 0 failed" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--date", "2025-02-30"], "YYYY-MM-DD", id="a date that does not exist"),
        pytest.param(["--logs", __file__], "--logs needs --date", id="box scores without a date"),
        pytest.param(
            ["--logs", __file__, "--date", "2025-01-15"], "test_demo_command.py", id="a file of another kind"
        ),
        pytest.param(["--players", "0"], "--players", id="nobody"),
        pytest.param(["--out", "/no/such/folder/x.csv"], "/no/such/folder", id="a folder that is not there"),
        pytest.param(["--lines", __file__], "--lines needs --logs", id="lines for the sample league"),
    ],
)
def test_wrong_input_ends_with_2_and_says_what_is_wrong(
    arguments: list[str], words: str, tmp_path: Path
) -> None:
    done = nba_props("demo", "--data-dir", tmp_path / "d", *arguments)

    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_directory_that_holds_nothing_is_not_asked_about(tmp_path: Path) -> None:
    done = nba_props("status", "--data-dir", tmp_path / "mistyped")

    assert done.returncode == 2
    assert "holds nothing yet" in done.stderr
    assert not (tmp_path / "mistyped").exists()


def test_a_slate_can_be_replayed_again_after_another(tmp_path: Path) -> None:
    days = ("2025-01-15", "2025-01-16", "2025-01-15")

    runs = [
        nba_props("demo", "--json", "--players", 20, "--data-dir", tmp_path / "d", "--date", day)
        for day in days
    ]

    assert [run.returncode for run in runs] == [0, 0, 0]
    assert [json.loads(run.stdout)["state"] for run in runs] == ["complete"] * 3


def test_a_wrong_setting_stops_the_command_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIN_MINUTES", "-3")
    monkeypatch.setenv("READY_PERCENT", "many")

    done = nba_props("status")

    assert done.returncode == 2
    assert "MIN_MINUTES" in done.stderr
    assert "READY_PERCENT" in done.stderr
