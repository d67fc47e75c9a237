"""The served stack as its users meet it: a real process, HTTP, kill -9, and a day that goes wrong."""

import base64
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from local.client import Body, StackClient
from local.data_dir import DataDir

pytestmark = pytest.mark.e2e

PLAYERS = 40
SLATE = "2025-01-15"
SYSTEMS = 3
QUICK = {
    "BUS_MIN_BACKOFF_SECONDS": "0.05",
    "BUS_MAX_BACKOFF_SECONDS": "0.1",
    "SHARD_PLAYERS": "10",
    "PHASE4_POLL_SECONDS": "0.1",
    "PHASE4_WAIT_SECONDS": "60",
    "LOG_LEVEL": "WARNING",
}
PATIENCE_SECONDS = 60.0


class Server:
    """One `nba-props serve` process over one data directory, started and killed at will."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self.client = StackClient("http://127.0.0.1:9")

    def start(self, *options: str) -> None:
        """Start serving and wait for the line that says where."""
        command = [sys.executable, "-c", "from cli.main import main; main()", "serve"]
        command += ["--port", "0", "--data-dir", str(self._folder), *options]
        self._process = subprocess.Popen(
            command,
            env=os.environ | QUICK,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.startswith("serving "), line
        url = DataDir(self._folder).served_at
        assert url is not None
        self.client = StackClient(url)

    def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; return the exit code."""
        assert self._process is not None
        assert self._process.stdout is not None
        self.client.close()
        self._process.send_signal(number)
        code = self._process.wait(timeout=30)
        self._process.stdout.close()
        self._process = None
        return code

    def close(self) -> None:
        """End whatever still runs."""
        self.client.close()
        if self._process is not None:
            self.end(signal.SIGKILL)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    served = Server(tmp_path / "data")
    yield served
    served.close()


def wait_for(client: StackClient, condition: Callable[[Body], bool]) -> Body:
    """Ask /status until it fits the condition."""
    pause = threading.Event()
    for _ in range(int(PATIENCE_SECONDS / 0.05)):
        status, body = client.get("/status", game_date=SLATE)
        if status == 200 and condition(body):
            return body
        pause.wait(0.05)
    raise AssertionError(f"it never came to that: {body}")


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
    server: Server, tmp_path: Path
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
    moved = next(row for row in first if row["line"] is not None and row["system_id"] == "ensemble_v1")
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


def test_requests_that_no_worker_took_are_failed_and_asked_for_again(server: Server) -> None:
    server.start("--date", SLATE, "--players", str(PLAYERS), "--without-worker")
    run = server.client.require(server.client.post("/precompute/process", {}))
    wait_for(server.client, lambda body: body["wanted"] > 0 and body["batches"] != [])
    assert server.client.post("/trigger", event(run["run_id"]))[0] in (200, 202)
    server.end(signal.SIGTERM)

    server.start()
    server.client.post("/retry", {})

    wait_for(server.client, finished(run["run_id"]))
    assert_everybody_once(server.client)


def test_a_stack_killed_in_the_middle_of_a_batch_goes_on_by_itself(server: Server) -> None:
    server.start("--date", SLATE, "--players", str(PLAYERS), "--without-worker")
    run = server.client.require(server.client.post("/precompute/process", {}))
    wait_for(server.client, lambda body: body["state"] == "predicting")
    assert server.end(signal.SIGKILL) == -signal.SIGKILL

    server.start()

    wait_for(server.client, finished(run["run_id"]))
    assert_everybody_once(server.client)


def test_a_stopping_stack_ends_the_schedulers_wait_at_once(server: Server) -> None:
    server.start("--date", SLATE, "--players", str(PLAYERS))
    answers: list[tuple[int, Body]] = []
    scheduler = threading.Thread(target=lambda: answers.append(scheduler_start(server.client)))
    scheduler.start()
    wait_for(server.client, lambda body: body["state"] == "waiting")

    code = server.end(signal.SIGTERM)

    scheduler.join(timeout=PATIENCE_SECONDS)
    assert code == 0
    assert not scheduler.is_alive()


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
