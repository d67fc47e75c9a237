"""`nba-props serve`: the stack, kept up for curl."""

import os
import signal
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import click

from cli.options import data_dir_option, date_option, slate_options
from cli.session import open_stack
from cli.slate_loading import SlateSource, holds_no_slate, load_slate_here
from local.data_dir import DataDir
from shared.clock import SystemClock
from shared.config import load_settings
from shared.errors import DependencyUnavailable
from shared.slate import slate_date


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True)
@click.option("--live", is_flag=True, help="Use the machine's clock, and load no slate.")
@click.option("--without-worker", is_flag=True, help="Leave the worker out, to rehearse its outage.")
@date_option
@slate_options
@data_dir_option
def serve(
    port: int,
    live: bool,
    without_worker: bool,
    game_date: date | None,
    players: int,
    logs: tuple[Path, ...],
    lines: Path | None,
    min_minutes: float | None,
    data_dir: Path,
) -> None:
    """Keep the stack up until SIGTERM or Ctrl-C. A fresh directory begins with a sample slate.

    The coordinator answers at the root, the worker under /worker, Phase 4 under /precompute.
    """
    overrides = {} if min_minutes is None else {"min_minutes": min_minutes}
    settings = load_settings(**overrides)
    source = SlateSource(players, logs, lines)
    source.check(game_date)
    folder = DataDir(data_dir)
    if folder.is_fresh and not live and game_date is None:
        game_date = slate_date(datetime.now(UTC))
    stopped = threading.Event()
    threading.excepthook = end_with_the_thread
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    stack = open_stack(
        folder,
        settings,
        lambda: SystemClock() if live else folder.clock(game_date),
        port,
        has_worker=not without_worker,
    )
    clock = stack.clock
    try:
        if not live and (logs or holds_no_slate(stack.warehouse)):
            load_slate_here(stack.warehouse, clock, slate_date(clock.now()), source)
        stack.start()  # only now: until then callers wait for their answer
        stack.resume()
        _announce(folder, stack.url)
        click.echo(f"serving {folder.path} at {stack.url}, slate {slate_date(clock.now())}")
        stopped.wait()
    finally:
        folder.retract()
        stack.stop()


def end_with_the_thread(failed: threading.ExceptHookArgs) -> None:
    """End the process, at once and with 1, when one of its threads has ended by an error.

    Without it nobody would deliver, or answer, any more. Out of memory is the likely cause, after which
    nothing here can be trusted; a start repairs what is left, as after kill -9.
    """
    threading.__excepthook__(failed)
    os._exit(1)


def _announce(folder: DataDir, url: str) -> None:
    try:
        folder.announce(url)
    except OSError as error:
        raise DependencyUnavailable(f"{folder.path} cannot be written: {error}") from error
