"""`nba-props backfill` against a stack of its own, and against one that fails."""

import json
from datetime import date

import pytest

from local.loading import load_sample
from local.stack import Stack
from shared.clock import SystemClock
from shared.config import load_settings
from shared.logs import configure_logs
from shared.slate import morning
from shared.statements import inline_statement

FIRST, SECOND = date(2025, 1, 14), date(2025, 1, 15)
RANGE = ("backfill", "--from", "2025-01-01", "--to", "2025-01-31", "--per-minute", "600")


@pytest.fixture
def stack():
    """Two slates without features."""
    configure_logs("CRITICAL")
    clock = SystemClock.starting_at(morning(SECOND))
    served = Stack(None, load_settings(log_level="CRITICAL"), clock)
    for day in (FIRST, SECOND):
        load_sample(served.warehouse, day, 20, clock, history_games=25)
    served.start()
    yield served
    served.stop()


def test_it_computes_features_and_triggers_nothing_and_is_done_then(nba_props, stack):
    code, out, err = nba_props(*RANGE, "--url", stack.url)
    again = nba_props(*RANGE, "--url", stack.url, "--json")
    forced = nba_props(*RANGE, "--url", stack.url, "--json", "--again")

    features = stack.warehouse.query(
        inline_statement("look", "SELECT DISTINCT game_date FROM nba_predictions.ml_feature_store_v2")
    )
    status = stack.client.require(stack.client.get("/status", game_date=SECOND.isoformat()))
    assert (code, out) == (0, "2 slates computed.\n")
    assert "features" in err
    assert {row["game_date"] for row in features} == {FIRST, SECOND}
    assert not any(stack.bus.pending().values())
    assert (status["state"], status["batches"], status["generation"]) == ("waiting", [], 0)
    assert json.loads(again[1])["computed"] == []
    assert json.loads(again[1])["already_done"] == 2
    assert json.loads(forced[1])["computed"] == ["2025-01-14", "2025-01-15"]


SLATES = [{"game_date": f"2025-01-0{day}", "is_done": False} for day in (1, 2)]


def test_a_slate_that_fails_is_named_and_the_command_ends_with_1(nba_props, server):
    server.get("/precompute/runs", {"slates": SLATES})
    server.post("/precompute/process", {"status": "error", "message": "internal", "error_id": "e1"}, 500)

    code, out, _ = nba_props(*RANGE, "--url", server.url)

    assert code == 1
    assert out.splitlines() == [
        "0 slates computed.",
        "2025-01-01 failed: internal (e1)",
        "2025-01-02 failed: internal (e1)",
        "The same command tries again those that failed.",
    ]


def test_a_slate_that_somebody_else_answers_for_has_failed(nba_props, server):
    server.get("/precompute/runs", {"slates": SLATES})
    server.post("/precompute/process", {"hello": "world"})

    code, out, _ = nba_props(*RANGE, "--url", server.url)

    assert code == 1
    assert out.startswith("0 slates computed.\n2025-01-01 failed: the answer of ")


def test_ctrl_c_says_how_far_it_is_and_ends_with_130(nba_props, server, monkeypatch):
    server.get("/precompute/runs", {"slates": SLATES})
    server.post("/precompute/process", {"status": "success"})

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("shared.clock.SystemClock.sleep", interrupted)

    code, out, _ = nba_props(*RANGE, "--url", server.url)

    assert code == 130
    assert out.splitlines() == ["1 slate computed.", "1 slate not tried; the same command goes on with them."]


def test_a_range_without_a_slate_says_how_to_load_one(nba_props, server):
    server.get("/precompute/runs", {"slates": []})

    code, out, _ = nba_props(*RANGE, "--url", server.url)

    assert (code, "nba-props load-logs --date" in out) == (0, True)
    assert server.asked[-1] == ("GET", "/precompute/runs", {"from": "2025-01-01", "to": "2025-01-31"})
