"""What the commands over past seasons share: their options, their store and their progress bars."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from cli.options import range_options
from cli.render import bars
from local.history import load_history
from predictions.evaluation.candidates import Candidates
from shared.clock import FakeClock
from shared.errors import InvalidInput
from shared.slate import morning
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

Command = TypeVar("Command", bound=Callable[..., Any])
Show = Callable[[str, int, int], None]

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


def past_options(command: Command) -> Command:
    """Add --logs, --lines, --from and --to."""
    for option in (
        range_options,
        click.option("--lines", multiple=True, type=_file, help="Points lines (CSV). May be repeated."),
        click.option(
            "--logs", multiple=True, required=True, type=_file, help="Box scores (CSV). May be repeated."
        ),
    ):
        command = option(command)
    return command


def check_target(option: str, path: Path | None) -> None:
    """Refuse a file that could not be written, before the work and not after it."""
    if path is not None and not (path.parent.is_dir() and os.access(path.parent, os.W_OK)):
        raise InvalidInput(f"{option}: there is no folder {path.parent} that can be written")


def read_past(logs: Sequence[Path], lines: Sequence[Path], last: date, show: Show) -> Candidates:
    """Return the candidates of every slate up to `last`, from a store in memory; the same for the same files.

    The store adds up in an order that depends on its threads and on when rows were observed: with two of
    them, or the machine's time, a few features in a million differ in the last digit, and so the model.
    """
    clock = FakeClock(morning(last) + timedelta(days=1))
    warehouse = DuckDBWarehouse(None, clock, threads=1)
    try:
        warehouse.create_schema()
        return load_history(warehouse, logs, lines, last, clock, show)
    finally:
        warehouse.close()


@contextmanager
def progress_bars() -> Iterator[Show]:
    """Yield a function that shows how far each step is, on standard error."""
    with bars() as progress:
        tasks: dict[str, Any] = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step.capitalize(), total=total)
            progress.update(tasks[step], completed=done, total=total)

        yield show
