"""`nba-props export` as somebody meets it who has no Phase 3 yet and wants a first slate in BigQuery."""

import json
import sys

import pytest

from cli.main import main
from shared.warehouse.catalog import table

SLATE = "2025-01-15"
BOX_SCORES = "nba_analytics.player_game_summary"
CONTEXT = "nba_analytics.upcoming_player_game_context"


@pytest.fixture
def run(monkeypatch, capfd, tmp_path):
    """Run a command in an empty folder; return its exit code, what it printed and what it said."""
    monkeypatch.chdir(tmp_path)

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["nba-props", *words, "--data-dir", "data"])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        return ended.value.code, out, err

    return command


@pytest.fixture
def exported(run, tmp_path):
    run("demo", "--date", SLATE, "--players", "20", "--json")
    code, out, err = run("export", "--date", SLATE, "--out", "out")
    assert (code, err) == (0, "")
    names = (BOX_SCORES, CONTEXT)
    rows = {name: (tmp_path / "out" / f"{name}.ndjson").read_text().splitlines() for name in names}
    return out.splitlines(), {name: [json.loads(line) for line in lines] for name, lines in rows.items()}


@pytest.mark.parametrize("name", [BOX_SCORES, CONTEXT])
def test_every_row_has_the_columns_of_its_table_and_all_that_must_not_be_null(exported, name):
    declared = table(name)

    rows = exported[1][name]

    assert rows
    assert all(declared.required <= row.keys() <= declared.columns.keys() for row in rows)


def test_the_slate_is_the_dates_and_the_games_are_all_before_it(exported):
    _, rows = exported

    assert {row["game_date"] for row in rows[CONTEXT]} == {SLATE}
    assert max(row["game_date"] for row in rows[BOX_SCORES]) < SLATE
    assert {row["player_lookup"] for row in rows[CONTEXT]} & {
        row["player_lookup"] for row in rows[BOX_SCORES]
    }


def test_it_prints_the_commands_that_load_the_files(exported):
    printed, _ = exported

    assert printed == [
        f"bq load --source_format=NEWLINE_DELIMITED_JSON {BOX_SCORES} out/{BOX_SCORES}.ndjson",
        f"bq load --replace --source_format=NEWLINE_DELIMITED_JSON '{CONTEXT}$20250115' out/{CONTEXT}.ndjson",
    ]


def test_json_prints_one_object_with_the_counts(run):
    run("demo", "--date", SLATE, "--players", "20", "--json")

    code, out, _ = run("export", "--date", SLATE, "--out", "out", "--json")

    printed = json.loads(out)
    assert code == 0
    assert printed["slate"] >= 20
    assert printed["box_scores"] > printed["slate"]


def test_a_date_without_a_slate_is_refused_and_nothing_is_written(run, tmp_path):
    run("demo", "--date", SLATE, "--players", "20", "--json")

    code, out, err = run("export", "--date", "2025-02-20", "--out", "out")

    assert (code, out) == (2, "")
    assert "holds no slate of 2025-02-20" in err
    assert not (tmp_path / "out").exists()


def test_an_empty_folder_is_refused_with_what_to_do(run):
    code, _, err = run("export", "--date", SLATE, "--out", "out")

    assert code == 2
    assert "begin with demo, serve or load-logs" in err
