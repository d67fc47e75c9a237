"""`nba-props backfill`: the features of past slates, without an event."""

from collections.abc import Iterator
from datetime import date

import click

from cli.asking import DID_NOT_WORK_OUT, NOT_NOW, reading, show
from cli.backfilling import Backfill, open_backfill
from cli.options import check_range, range_options
from cli.render import bars, readable
from cli.session import phase4_server
from cli.where import Where, precompute_option, server_options
from shared.clock import SystemClock
from shared.wording import counted


@click.command()
@range_options
@click.option(
    "--per-minute", type=click.IntRange(1, 600), default=30, show_default=True, help="Most slates a minute."
)
@click.option("--again", is_flag=True, help="Also the slates that are done already.")
@precompute_option
@server_options
def backfill(where: Where, first: date, last: date, per_minute: int, again: bool) -> None:
    """Compute the features of every slate of a range, and trigger nothing.

    Can be stopped at any time: the same command goes on with what is not done yet. A slate is done if its
    features are of this version and their run succeeded. One that fails is named at the end.
    """
    check_range(first, last)
    with phase4_server(where) as client:
        asked = client.get("/runs", **{"from": first.isoformat(), "to": last.isoformat()})
        found = client.require(asked)
        with reading(client.url):
            work = open_backfill(found, again)
        try:
            with bars(visible=not where.as_json) as progress:
                task = progress.add_task("features", total=len(work.slates))

                def step(slate: str) -> None:
                    done = len(work.computed) + len(work.failed)
                    progress.update(task, description=readable(slate), completed=done)

                work.run(client, per_minute, SystemClock(), step)
                progress.update(task, description="features", completed=len(work.slates) - work.untried)
        finally:
            show(where, work.as_dict(), _told(work, first, last))
    if work.failed:
        raise click.exceptions.Exit(NOT_NOW if work.is_unanswered else DID_NOT_WORK_OUT)


def _told(work: Backfill, first: date, last: date) -> Iterator[str]:
    if not work.slates and not work.skipped:
        yield f"There is no slate from {first} to {last}; load one with nba-props load-logs --date."
        return
    already = f", {work.skipped} done already (--again computes them too)" if work.skipped else ""
    yield f"{counted(len(work.computed), 'slate')} computed{already}."
    for slate, reason in work.failed.items():
        yield f"{slate} failed: {reason}"
    if work.untried:
        yield f"{counted(work.untried, 'slate')} not tried; the same command goes on with them."
    elif work.failed:
        yield "The same command tries again those that failed."
