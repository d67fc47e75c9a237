"""One slate through a stack: Phase 4, its event, the batch, and what came of it."""

import time
from collections.abc import Callable
from typing import Any

from local.client import Body, StackClient
from predictions.coordinator.snapshot import State
from shared.clock import Stopwatch
from shared.errors import AppError

FINISHED = tuple(state.value for state in State if state.is_finished)
POLL_SECONDS = 0.05
PATIENCE_SECONDS = 600.0

Show = Callable[[str, Body], None]


class Unfinished(AppError):
    """A slate has stopped before its end, and nothing is left that could move it."""


def run_loaded_slate(
    client: StackClient, slate: str, show: Show, publish: bool = True
) -> tuple[Body, list[Body]]:
    """Run Phase 4 on a slate that is loaded and wait for the batch; return a summary and the forecasts.

    Without `publish` it ends before the event.
    """
    show("phase4", {})
    watch = Stopwatch()
    run = client.require(client.post("/precompute/process", {"game_date": slate, "publish": publish}))
    phase4_seconds = round(watch.seconds(), 3)
    status = client.require(client.get("/status", game_date=slate))
    if publish:
        status = _wait_for_batch(client, slate, run["run_id"], show)
    found = client.require(client.get("/local/forecasts", game_date=slate))
    return _summary(status, run, found, phase4_seconds), found["forecasts"]


def require_end(summary: Body) -> None:
    """Raise Unfinished unless the slate has ended."""
    if summary["state"] not in FINISHED:
        raise Unfinished(
            f"the slate did not finish; it is {summary['state']}: `nba-props status` says what it waits for"
        )


def _wait_for_batch(client: StackClient, slate: str, run_id: str, show: Show) -> Body:
    """Follow the slate until it ends for this run, or until nothing is left that could move it."""
    watch = Stopwatch()
    while watch.seconds() < PATIENCE_SECONDS:
        was_idle = not any(client.require(client.get("/local/bus"))["pending"].values())
        status = client.require(client.get("/status", game_date=slate))
        show("predicting", status)
        has_ended = status["state"] in FINISHED and status["newest_run"]["run_id"] == run_id
        if has_ended or was_idle:
            return status
        time.sleep(POLL_SECONDS)
    raise Unfinished(f"the slate did not end within {PATIENCE_SECONDS:.0f} s; look at `nba-props status`")


def _summary(status: Body, run: Body, found: Body, phase4_seconds: float) -> dict[str, Any]:
    return {
        "game_date": status["game_date"],
        "feature_run_id": run["run_id"],
        "batch_id": status["batch_id"],
        "state": status["state"],
        "players_expected": status["expected"],
        "players_ready": status["ready"],
        "predicted": status["predicted"],
        "skipped": sum(status["skipped"].values()),
        "failed": sum(status["failed"].values()),
        "skipped_by_reason": status["skipped"],
        "failed_by_reason": status["failed"],
        "not_ready_by_reason": status["not_ready"],
        "judgement": status["judgement"],
        "predictions": sum(1 for row in found["forecasts"] if row["system_id"]),
        "duplicate_keys": found["duplicate_keys"],
        "seconds": {
            "phase4": phase4_seconds,
            "trigger_to_complete": status["seconds_from_event_to_completion"],
        },
    }
