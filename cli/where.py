"""Which server a command talks to, about which slate, and how it prints: options that commands share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from cli.options import data_dir_option, date_option, json_option
from shared.errors import InvalidInput

URL, PRECOMPUTE_URL = "NBA_PROPS_URL", "NBA_PROPS_PRECOMPUTE_URL"
_GIVEN = (ParameterSource.COMMANDLINE,)

Command = Callable[..., Any]


@dataclass(frozen=True)
class Where:
    """What the options and the environment say. With a `url` the data directory is not touched."""

    data_dir: Path
    url: str | None = None
    precompute_url: str | None = None
    game_date: date | None = None
    as_json: bool = False

    @property
    def slate(self) -> dict[str, str]:
        """Return the slate as bodies and queries name it; nothing means today's."""
        return {"game_date": self.game_date.isoformat()} if self.game_date else {}

    @property
    def name(self) -> str:
        """Return how messages call the place."""
        return self.url or str(self.data_dir)


def server_options(command: Command) -> Command:
    """Add --url, --data-dir and --json; the command gets `where`, into which a --date of its own goes."""

    @wraps(command)
    def run(*args: Any, data_dir: Path, as_json: bool, **options: Any) -> Any:
        urls = {name: options.pop(name, None) for name in ("url", "precompute_url")}
        where = Where(data_dir, **_chosen(urls), game_date=options.pop("game_date", None), as_json=as_json)
        return command(*args, where=where, **options)

    for option in (
        json_option,
        data_dir_option,
        click.option("--url", envvar=URL, help=f"A coordinator, instead of a data directory.  [env: {URL}]"),
    ):
        run = option(run)
    return run


def slate_options(command: Command) -> Command:
    """Add --date to the options that say which server."""
    return date_option(server_options(command))


def precompute_option(command: Command) -> Command:
    """Add --precompute-url; stands above `server_options` or `slate_options`."""
    help_text = f"Phase 4, where it is a service of its own.  [env: {PRECOMPUTE_URL}]"
    return click.option("--precompute-url", envvar=PRECOMPUTE_URL, help=help_text)(command)


def _chosen(urls: dict[str, str | None]) -> dict[str, str | None]:
    """Return the URLs that count: a data directory on the command line goes before the environment's URLs."""
    source = click.get_current_context().get_parameter_source
    if source("data_dir") not in _GIVEN:
        return urls
    if any(url and source(name) in _GIVEN for name, url in urls.items()):
        raise InvalidInput("--url and --data-dir name two places; give one of them")
    return dict.fromkeys(urls)
