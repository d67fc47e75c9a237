"""`nba-props replay`: a past slate again, in a folder of its own; what it is compared with stays as it is."""

import json
from datetime import date

import pytest

from cli.replay_folder import MARK, prepare_folder
from local.data_dir import DataDir
from local.loading import load_sample
from local.stack import Stack
from shared.clock import SystemClock
from shared.config import load_settings
from shared.errors import InvalidInput
from shared.logs import configure_logs
from shared.slate import morning
from shared.statements import inline_statement
from shared.warehouse.catalog import tables

SLATE, DAY = date(2025, 1, 15), "2025-01-15"
ACTIVE, SHADOW = "moving_average_v1", "minutes_rate_v1"


@pytest.fixture
def stack(monkeypatch):
    """A slate of 20 that was forecast by two systems that need no model."""
    configure_logs("CRITICAL")
    for name, value in (("ACTIVE_SYSTEMS", ACTIVE), ("HEADLINE_SYSTEM", ACTIVE), ("SHADOW_SYSTEMS", SHADOW)):
        monkeypatch.setenv(name, value)
    clock = SystemClock.starting_at(morning(SLATE))
    served = Stack(None, load_settings(log_level="CRITICAL"), clock)
    load_sample(served.warehouse, SLATE, 20, clock, history_games=25)
    served.start()
    served.client.require(served.client.post("/precompute/process", {}))
    assert served.settle(60)
    yield served
    served.stop()


def contents(stack):
    """Return the rows of every table of the source."""
    names = sorted(name for name, table in tables().items() if not table.is_view)
    found = {name: stack.warehouse.query(inline_statement("all", f"SELECT * FROM {name}")) for name in names}
    return {name: sorted(map(repr, rows)) for name, rows in found.items()}


def test_the_same_code_and_rows_say_the_same_and_the_source_is_left_as_it_is(nba_props, stack, tmp_path):
    before = contents(stack)

    code, out, err = nba_props("replay", "--date", DAY, "--url", stack.url, "--json", "--system", SHADOW)

    printed = json.loads(out)
    assert (code, err) == (0, "")
    assert contents(stack) == before
    assert (printed["state"], printed["system_id"]) == ("complete", SHADOW)
    assert printed["players_compared"] >= 19
    assert (printed["players_changed"], printed["added"], printed["lost"]) == (0, [], [])
    assert DataDir(tmp_path / ".nba-props" / "replays" / DAY).database.exists()


def test_what_stands_differently_is_told_farthest_first_and_a_replay_may_be_repeated(nba_props, stack):
    moved = (
        "UPDATE nba_predictions.player_prop_predictions SET mean = mean + 5 "
        f"WHERE game_date = '{DAY}' AND player_lookup = (SELECT MIN(player_lookup) "
        f"FROM nba_predictions.player_prop_predictions WHERE game_date = '{DAY}')"
    )
    gone = (
        "UPDATE nba_analytics.upcoming_player_game_context SET status = 'OUT' WHERE player_lookup = "
        "(SELECT MAX(player_lookup) FROM nba_predictions.player_prop_predictions)"
    )
    stack.warehouse.execute(inline_statement("moved", moved))
    words = ("replay", "--date", DAY, "--url", stack.url, "--into", "again")
    first = nba_props(*words)
    stack.warehouse.execute(inline_statement("gone", gone))

    second = nba_props(*words, "--json")

    lines = first[1].splitlines()
    (change,) = json.loads(second[1])["changes"]
    assert (first[0], second[0]) == (0, 0)
    assert any("-5.00" in line for line in lines)
    assert f"{DAY} again: complete." in lines
    assert lines[-1] == "Look around in it: nba-props serve --data-dir again"
    assert change["points"] == pytest.approx(-5.0)
    assert json.loads(second[1])["players_compared"] < 20


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--date", DAY, "--system", "nonsense"), "--system: there is no 'nonsense'; it may be "),
        (("--date", "2025-02-20"), "holds no slate of 2025-02-20"),
        (("--date", DAY, "--into", ".nba-props"), "is the data directory itself"),
        (("--date", DAY, "--into", "full"), "holds other things than a replay"),
        ((), "Missing option '--date'"),
    ],
)
def test_what_cannot_be_replayed_is_refused_and_nothing_is_written(nba_props, server, tmp_path, words, said):
    server.get("/phase3", {"box_scores": [], "slate": [{}] if DAY in words else [], "forecasts": []})
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "nba.duckdb").touch()

    code, out, err = nba_props("replay", *words, "--url", server.url)

    assert (code, out) == (2, "")
    assert said in err
    assert {path.name for path in tmp_path.iterdir()} == {"full"}
    assert (tmp_path / "full" / "nba.duckdb").read_bytes() == b""


def test_only_what_a_replay_has_made_is_removed(tmp_path):
    folder = tmp_path / "again"
    prepare_folder(folder, tmp_path, SLATE, "here")
    for name in ("nba.duckdb", "nba.duckdb.wal", "day.json", "notes.txt"):
        (folder / name).touch()

    prepare_folder(folder, tmp_path, SLATE, "here")

    assert {path.name for path in folder.iterdir()} == {MARK, "notes.txt"}


def test_a_file_and_a_served_folder_are_no_place_for_a_replay(tmp_path, server):
    (tmp_path / "file").touch()
    served = prepare_folder(tmp_path / "again", tmp_path, SLATE, "here")
    served.announce(server.url)

    for folder, said in (("file", "is no folder"), ("again", "a server runs on")):
        with pytest.raises(InvalidInput, match=said):
            prepare_folder(tmp_path / folder, tmp_path, SLATE, "here")
