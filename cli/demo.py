"""`nba-props demo`: one slate from nothing to forecasts."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from cli.options import data_dir_option, date_option, json_option, slate_options
from cli.render import print_forecasts, print_json, slate_progress
from cli.session import stack_for
from cli.slate_loading import SlateSource, load_slate
from cli.table_file import write_forecasts
from local.client import Body, StackClient
from predictions.coordinator.snapshot import State
from shared.clock import Stopwatch
from shared.config import load_settings
from shared.errors import DependencyUnavailable, InvalidInput
from shared.slate import slate_date

FINISHED = tuple(state.value for state in State if state.is_finished)
POLL_SECONDS = 0.05
PATIENCE_SECONDS = 600.0


@dataclass(frozen=True)
class Wishes:
    """What the command line asked for."""

    game_date: date
    source: SlateSource
    until_phase4: bool


@click.command()
@date_option
@slate_options
@click.option("--until", type=click.Choice(["phase4"]), help="Stop before the event is published.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the forecasts as CSV.")
@data_dir_option
@json_option
def demo(
    game_date: date | None,
    players: int,
    logs: tuple[Path, ...],
    lines: Path | None,
    min_minutes: float | None,
    until: str | None,
    out: Path | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Run one slate from nothing to forecasts: load, Phase 4, event, batch, result."""
    overrides = {} if min_minutes is None else {"min_minutes": min_minutes}
    settings = load_settings(log_level="WARNING", **overrides)
    source = SlateSource(players, logs, lines)
    source.check(game_date)
    if out is not None and not out.parent.is_dir():
        raise InvalidInput(f"--out: there is no folder {out.parent}")
    wishes = Wishes(game_date or slate_date(datetime.now(UTC)), source, until == "phase4")
    with (
        stack_for(data_dir, settings, wishes.game_date) as client,
        slate_progress(visible=not as_json) as show,
    ):
        summary, forecasts = run_slate(client, wishes, show)
    if out is not None:
        write_forecasts(out, forecasts)
    if as_json:
        print_json(summary)
    else:
        print_forecasts(summary, forecasts, settings.headline_system)
    if not wishes.until_phase4 and summary["state"] not in FINISHED:
        raise DependencyUnavailable(f"the slate did not finish; it is {summary['state']}")


def run_slate(
    client: StackClient, wishes: Wishes, show: Callable[[str, Body], None]
) -> tuple[Body, list[Body]]:
    """Load the slate, run Phase 4, wait for the batch; return the summary and the forecasts."""
    slate = wishes.game_date.isoformat()
    replayed = client.require(client.get("/status"))["game_date"]
    if replayed != slate:
        raise InvalidInput(
            f"the server at {client.url} replays {replayed}, not {slate}: stop it, or use another --data-dir"
        )
    show("loading", {})
    load_slate(client, wishes.game_date, wishes.source)
    show("phase4", {})
    watch = Stopwatch()
    body = {"game_date": slate, "publish": not wishes.until_phase4}
    run = client.require(client.post("/precompute/process", body))
    phase4_seconds = round(watch.seconds(), 3)
    status = client.require(client.get("/status", game_date=slate))
    if not wishes.until_phase4:
        status = _wait_for_batch(client, slate, run["run_id"], show)
    found = client.require(client.get("/local/forecasts", game_date=slate))
    return _summary(status, run, found, phase4_seconds), found["forecasts"]


def _wait_for_batch(client: StackClient, slate: str, run_id: str, show: Callable[[str, Body], None]) -> Body:
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
    raise DependencyUnavailable(f"the slate did not end within {PATIENCE_SECONDS:.0f} s")


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
