"""Commands that ask about a slate's batch: plan, start, retry, refresh."""

from typing import Any

import click

from cli.asking import ask
from cli.telling import told_answer, told_refreshed
from cli.where import Where, slate_options
from local.client import Body


def _question_options(command: Any) -> Any:
    for option in (
        click.option("--min-minutes", type=click.FloatRange(0, 60), help="Override MIN_MINUTES."),
        click.option("--force", is_flag=True, help="Request every ready player again."),
    ):
        command = option(command)
    return command


def _question(where: Where, force: bool, min_minutes: float | None) -> Body:
    minutes = {} if min_minutes is None else {"min_minutes": min_minutes}
    return where.slate | minutes | {"force": force}


@click.command()
@slate_options
def plan(where: Where) -> None:
    """Say what a start would do now, without doing it."""
    ask(where, lambda client: client.get("/plan", **where.slate), told_answer)


@click.command()
@_question_options
@slate_options
def start(where: Where, force: bool, min_minutes: float | None) -> None:
    """Start the slate's batch now, if Phase 4 is ready."""
    body = _question(where, force, min_minutes)
    ask(where, lambda client: client.post("/start", body), told_answer)


@click.command()
@_question_options
@slate_options
def retry(where: Where, force: bool, min_minutes: float | None) -> None:
    """Request whoever is ready now and has no forecast yet."""
    body = _question(where, force, min_minutes)
    ask(where, lambda client: client.post("/retry", body), told_answer)


@click.command()
@slate_options
def refresh(where: Where) -> None:
    """Request again whoever has news: a line that moved, a new status, a team-mate ruled out."""
    ask(where, lambda client: client.post("/refresh", where.slate), told_refreshed)
