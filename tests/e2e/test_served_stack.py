"""The served stack as its users meet it: a real process, HTTP, kill -9, and a day that goes wrong."""

import base64
import json
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import served_process
import urllib3
from served_process import PATIENCE_SECONDS, ServedProcess

from local.client import Body, StackClient
from shared.config import load_settings

pytestmark = pytest.mark.e2e

PLAYERS = 40
SLATE = "2025-01-15"
SYSTEMS = len(load_settings().systems)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServedProcess]:
    served = ServedProcess(tmp_path / "data")
    yield served
    served.close()


def wait_for(client: StackClient, condition: Callable[[Body], bool]) -> Body:
    return served_process.wait_for(client, SLATE, condition)


def finished(run_id: str) -> Callable[[Body], bool]:
    return lambda body: body["state"] == "complete" and body["feature_run_id"] == run_id


def event(run_id: str) -> Body:
    data = {"event_type": "phase4_complete", "processor": "ml_feature_store_v2", "game_date": SLATE}
    encoded = base64.b64encode(json.dumps(data | {"run_id": run_id}).encode()).decode()
    return {"message": {"data": encoded, "messageId": "1"}, "subscription": "s"}


def assert_everybody_once(client: StackClient) -> list[dict[str, Any]]:
    """Every expected player has one outcome, and one current forecast per system and line."""
    body = client.require(client.get("/status", game_date=SLATE))
    found = client.require(client.get("/local/forecasts", game_date=SLATE))
    forecasts = [row for row in found["forecasts"] if row["system_id"]]
    keys = {(row["player_lookup"], row["system_id"], row["line"]) for row in forecasts}
    assert body["expected"] == PLAYERS
    assert body["predicted"] + sum(body["skipped"].values()) == PLAYERS
    assert body["failed"] == {}
    assert found["duplicate_keys"] == 0
    assert len(keys) == len(forecasts) == body["predicted"] * SYSTEMS
    return forecasts


def test_a_day_of_duplicates_outages_new_runs_and_moved_lines_ends_with_everybody_once(
    server: ServedProcess, tmp_path: Path
) -> None:
    server.start("--date", SLATE, "--players", str(PLAYERS))
    client = server.client

    # Nothing is ready: a person is refused, the scheduler waits.
    assert client.post("/start", {})[0] == 503
    waited: list[tuple[int, Body]] = []
    scheduler = threading.Thread(target=lambda: waited.append(scheduler_start(client)))
    scheduler.start()
    run = client.require(client.post("/precompute/process", {}))
    wait_for(client, finished(run["run_id"]))
    scheduler.join(timeout=PATIENCE_SECONDS)
    assert waited[0][0] in (200, 202, 503)

    # The event comes again: nothing changes.
    assert client.post("/trigger", event(run["run_id"]))[0] == 204
    assert client.post("/start", {})[1]["status"] == "already_complete"
    assert client.post("/retry", {})[1]["status"] == "complete"
    first = assert_everybody_once(client)

    # A new feature run supersedes.
    second = client.require(client.post("/precompute/process", {}))
    body = wait_for(client, finished(second["run_id"]))
    assert len(body["batches"]) == 2
    assert_everybody_once(client)

    # A line moves: that player is wanted again, and only he.
    moved = next(row for row in first if row["line"] is not None and row["system_id"] == "ensemble_v2")
    lines = tmp_path / "lines.csv"
    lines.write_text(line_file(moved, moved["line"] + 1.0))
    client.require(client.post("/local/lines", {"path": str(lines), "game_date": SLATE}))
    assert client.post("/retry", {})[1]["players_published"] == 1
    wait_for(client, lambda found: found["state"] == "complete" and found["in_flight"] == 0)
    now = [row for row in assert_everybody_once(client) if row["player_lookup"] == moved["player_lookup"]]
    assert {row["line"] for row in now} == {moved["line"] + 1.0}

    # It moves back, by a quote that is older than the last: what stands on the slate counts.
    lines.write_text(line_file(moved, moved["line"], at="12:00:00"))
    client.require(client.post("/local/lines", {"path": str(lines), "game_date": SLATE}))
    assert client.post("/retry", {})[1]["players_published"] == 1
    wait_for(client, lambda found: found["state"] == "complete" and found["in_flight"] == 0)
    now = [row for row in assert_everybody_once(client) if row["player_lookup"] == moved["player_lookup"]]
    assert {row["line"] for row in now} == {moved["line"]}
    assert client.post("/retry", {})[1]["status"] == "complete"


def test_requests_that_no_worker_took_are_failed_and_asked_for_again(server: ServedProcess) -> None:
    server.start("--date", SLATE, "--players", str(PLAYERS), "--without-worker")
    run = server.client.require(server.client.post("/precompute/process", {}))
    wait_for(server.client, lambda body: body["wanted"] > 0 and body["batches"] != [])
    assert server.client.post("/trigger", event(run["run_id"]))[0] in (200, 202)
    server.end(signal.SIGTERM)

    server.start()
    server.client.post("/retry", {})

    wait_for(server.client, finished(run["run_id"]))
    assert_everybody_once(server.client)


def test_a_stack_killed_in_the_middle_of_a_batch_goes_on_by_itself(server: ServedProcess) -> None:
    server.start("--date", SLATE, "--players", str(PLAYERS), "--without-worker")
    run = server.client.require(server.client.post("/precompute/process", {}))
    wait_for(server.client, lambda body: body["state"] == "predicting")
    assert server.end(signal.SIGKILL) == -signal.SIGKILL

    server.start()

    wait_for(server.client, finished(run["run_id"]))
    assert_everybody_once(server.client)


def scheduler_start(client: StackClient) -> tuple[int, Body]:
    with urllib3.PoolManager() as http:
        headers = {"X-CloudScheduler": "true"}
        answer = http.request("POST", f"{client.url}/start", headers=headers, body=b"{}", retries=False)
        return answer.status, json.loads(answer.data)


def line_file(row: Body, line: float, at: str = "13:30:00") -> str:
    header = (
        "season,season_type,game_date,game_id,player_id,player_name,team,opponent,is_home,book_type,"
        "n_books,line,line_min,line_max,p_over_novig,over_odds_best,under_odds_best,snapshot_last"
    )
    values = ["2024-25", "Regular Season", SLATE, "g", row["player_id"], row["player_name"]]
    values += [row["team"], row["opponent"], str(row["is_home"]), "sportsbook", "4"]
    values += [str(line), str(line), str(line), "0.5", "-110", "-110", f"{SLATE} {at}+00:00"]
    return f"{header}\n{','.join(values)}\n"
