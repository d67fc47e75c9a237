"""Where a command finds its server: the one of --url, the one that serves the data directory, or its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cli.remote import AUDIENCE, PRECOMPUTE, PRECOMPUTE_AUDIENCE, precompute_url, remote
from cli.where import Where
from local.client import StackClient
from local.data_dir import DataDir
from shared.clock import SystemClock
from shared.config import Settings, load_settings
from shared.errors import DependencyUnavailable, InvalidInput

if TYPE_CHECKING:
    from local.stack import Stack

SETTLE_SECONDS = 120.0


@contextmanager
def coordinator(where: Where) -> Iterator[StackClient]:
    """Yield a client of the coordinator; raise InvalidInput if nothing is where the options point."""
    if where.url:
        with _closing(remote(where.url, AUDIENCE)) as client:
            yield client
        return
    with filled_stack(where.data_dir, where.game_date) as client:
        yield client


@contextmanager
def phase4_server(where: Where) -> Iterator[StackClient]:
    """Yield a client of Phase 4: a service of its own in the cloud, a folder of the server here."""
    if where.url or where.precompute_url:
        with _closing(remote(precompute_url(where), PRECOMPUTE_AUDIENCE)) as client:
            yield client
        return
    with filled_stack(where.data_dir, where.game_date) as client, _closing(_precompute(client)) as phase4:
        yield phase4


def running_server(where: Where) -> StackClient | None:
    """Return a client of the server that runs at this moment, None if nobody serves the data directory."""
    if where.url:
        return remote(where.url, AUDIENCE)
    served = DataDir(where.data_dir).served_at
    if served and (client := StackClient(served)).is_alive():
        return client
    return None


@contextmanager
def stack_for(data_dir: Path, settings: Settings, game_date: date | None) -> Iterator[StackClient]:
    """Yield a client: of the living server if there is one, else of a stack opened for this command.

    A stack opened here is closed once its bus has delivered everything.
    """
    if (client := running_server(Where(data_dir))) is not None:
        yield client
        return
    with own_stack(DataDir(data_dir), settings, game_date) as client:
        yield client


@contextmanager
def filled_stack(data_dir: Path, game_date: date | None) -> Iterator[StackClient]:
    """Yield the client of a directory that holds something; raise InvalidInput saying how to begin."""
    if DataDir(data_dir).is_fresh:
        raise InvalidInput(f"{data_dir} holds nothing yet; begin with demo, serve or load-logs")
    with stack_for(data_dir, load_settings(log_level="WARNING"), game_date) as client:
        yield client


@contextmanager
def own_stack(folder: DataDir, settings: Settings, game_date: date | None) -> Iterator[StackClient]:
    """Open the data directory in this process for the length of a command."""
    stack = open_stack(folder, settings, lambda: folder.clock(game_date))
    stack.start()
    try:
        yield stack.client
        stack.settle(SETTLE_SECONDS)
    finally:
        stack.stop()


def open_stack(
    folder: DataDir,
    settings: Settings,
    make_clock: Callable[[], SystemClock],
    port: int = 0,
    has_worker: bool = True,
) -> "Stack":
    """Make the stack of a directory, not started yet; raise InvalidInput saying what cannot be used."""
    from local.stack import Stack  # imported late: commands that talk to a server start faster

    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        return Stack(folder.database, settings, make_clock(), port, has_worker)
    except OSError as error:
        raise InvalidInput(f"{folder.path} or port {port} cannot be used: {error}") from error
    except DependencyUnavailable as error:
        raise InvalidInput(
            f"{folder.path} cannot be opened; another process may have it open ({error})"
        ) from error


def _precompute(client: StackClient) -> StackClient:
    return StackClient(client.url + PRECOMPUTE)


@contextmanager
def _closing(client: StackClient) -> Iterator[StackClient]:
    try:
        yield client
    finally:
        client.close()
