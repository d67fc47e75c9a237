"""Commands that load data into the embedded store."""

from datetime import date
from pathlib import Path

import click

from cli.options import data_dir_option, date_option, json_option
from cli.render import print_body, print_json
from cli.session import stack_for
from local.client import Body
from shared.config import load_settings

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _load(
    data_dir: Path, game_date: date | None, as_json: bool, path: str, body: Body, then: Body | None
) -> None:
    with stack_for(data_dir, load_settings(log_level="WARNING"), game_date) as client:
        loaded = client.require(client.post(path, body))
        if then is not None:
            loaded |= client.require(client.post("/local/slate", then))
    (print_json if as_json else print_body)(loaded)


@click.command("load-logs")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@date_option
@data_dir_option
@json_option
def load_logs(files: tuple[Path, ...], game_date: date | None, data_dir: Path, as_json: bool) -> None:
    """Load box scores; with --date, also make that day's slate from them."""
    body = {"paths": [str(path.resolve()) for path in files]}
    then = {"game_date": game_date.isoformat()} if game_date else None
    _load(data_dir, game_date, as_json, "/local/logs", body, then)


@click.command("load-lines")
@click.argument("file", type=_FILE)
@date_option
@data_dir_option
@json_option
def load_lines(file: Path, game_date: date | None, data_dir: Path, as_json: bool) -> None:
    """Load points lines onto the slates that are there (or one slate, with --date)."""
    body = {"path": str(file.resolve())} | ({"game_date": game_date.isoformat()} if game_date else {})
    _load(data_dir, game_date, as_json, "/local/lines", body, None)
