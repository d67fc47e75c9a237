"""Commands about one slate: run Phase 4, start, retry, plan, status."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from cli.options import data_dir_option, date_option, json_option
from cli.render import print_json
from cli.session import filled_stack
from local.client import Body, StackClient

Answered = tuple[int, Body]


def _ask(
    data_dir: Path, game_date: date | None, as_json: bool, call: Callable[[StackClient], Answered]
) -> None:
    """Make one call and print its answer; an answer of 400 or more ends the command with 1."""
    with filled_stack(data_dir, game_date) as client:
        status, body = call(client)
    if as_json:
        print_json(body)
    else:
        print_body(body)
    if status >= 400:
        raise click.exceptions.Exit(1)


def _slate(game_date: date | None) -> Body:
    return {"game_date": game_date.isoformat()} if game_date else {}


@click.command()
@date_option
@click.option("--backfill", is_flag=True, help="Compute the features, publish no event.")
@click.option("--hold", is_flag=True, help="Keep the event back until --republish.")
@click.option("--republish", is_flag=True, help="Only publish the events that are stored.")
@data_dir_option
@json_option
def phase4(
    game_date: date | None,
    backfill: bool,
    hold: bool,
    republish: bool,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Compute the slate's features and publish the completion event."""

    def call(client: StackClient) -> Answered:
        if republish:
            return client.post("/precompute/republish", {})
        body = _slate(game_date) | {"backfill": backfill, "publish": not hold}
        return client.post("/precompute/process", body)

    _ask(data_dir, game_date, as_json, call)


def _question_options(command: Any) -> Any:
    for option in (
        click.option("--min-minutes", type=click.FloatRange(0, 60), help="Override MIN_MINUTES."),
        click.option("--force", is_flag=True, help="Request every ready player again."),
    ):
        command = option(command)
    return command


def _question(game_date: date | None, force: bool, min_minutes: float | None) -> Body:
    minutes = {} if min_minutes is None else {"min_minutes": min_minutes}
    return _slate(game_date) | minutes | {"force": force}


@click.command()
@date_option
@_question_options
@data_dir_option
@json_option
def start(
    game_date: date | None, force: bool, min_minutes: float | None, data_dir: Path, as_json: bool
) -> None:
    """Start the slate's batch now, if Phase 4 is ready."""
    body = _question(game_date, force, min_minutes)
    _ask(data_dir, game_date, as_json, lambda client: client.post("/start", body))


@click.command()
@date_option
@_question_options
@data_dir_option
@json_option
def retry(
    game_date: date | None, force: bool, min_minutes: float | None, data_dir: Path, as_json: bool
) -> None:
    """Request whoever is ready now and has no forecast yet."""
    body = _question(game_date, force, min_minutes)
    _ask(data_dir, game_date, as_json, lambda client: client.post("/retry", body))


@click.command()
@date_option
@data_dir_option
@json_option
def plan(game_date: date | None, data_dir: Path, as_json: bool) -> None:
    """Say what a start would do now, without doing it."""
    slate = _slate(game_date).get("game_date")
    _ask(data_dir, game_date, as_json, lambda client: client.get("/plan", game_date=slate))


@click.command()
@date_option
@click.option("--check", type=click.Choice(["sla"]), help="Fail if the deadline was missed.")
@data_dir_option
@json_option
def status(game_date: date | None, check: str | None, data_dir: Path, as_json: bool) -> None:
    """Show where the slate stands."""
    slate = _slate(game_date).get("game_date")
    _ask(
        data_dir,
        game_date,
        as_json,
        lambda client: client.get("/status", game_date=slate, check=check),
    )


def print_body(body: Body) -> None:
    """Print an answer as two columns."""
    table = Table(show_header=False, box=None)
    for name, value in body.items():
        if name != "batches":
            table.add_row(name, "-" if value in (None, {}, []) else str(value))
    for batch in body.get("batches", []):
        answered = f"{batch['players_answered']} of {batch['players_requested']} answered"
        table.add_row("batch", f"{batch['batch_id']} ({batch['trigger_source']}): {answered}")
    Console().print(table)
