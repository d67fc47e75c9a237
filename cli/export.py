"""`nba-props export`: a slate and the games before it, as files that BigQuery loads."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click
import orjson

from cli.options import SlateDate, data_dir_option, json_option
from cli.render import print_json
from cli.session import filled_stack
from local.client import Body
from shared.errors import InvalidInput

BOX_SCORES = "nba_analytics.player_game_summary"
SLATE = "nba_analytics.upcoming_player_game_context"


@click.command()
@click.option("--date", "game_date", type=SlateDate(), required=True, help="The slate, YYYY-MM-DD.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the two files.",
)
@data_dir_option
@json_option
def export(game_date: date, out: Path, data_dir: Path, as_json: bool) -> None:
    """Write a slate and the games before it as files for `bq load`, in the place of Phase 3.

    Prints the commands that load them.
    """
    with filled_stack(data_dir, game_date) as client:
        found = client.require(client.get("/local/phase3", game_date=game_date.isoformat()))
    if not found["slate"]:
        raise InvalidInput(f"{data_dir} holds no slate of {game_date}; load one with load-logs --date")
    loads = [
        _load(_write(out, BOX_SCORES, found["box_scores"]), BOX_SCORES),
        _load(_write(out, SLATE, found["slate"]), f"--replace '{SLATE}${game_date:%Y%m%d}'"),
    ]
    rows = {"box_scores": len(found["box_scores"]), "slate": len(found["slate"]), "load_with": loads}
    if as_json:
        print_json(rows)
    else:
        click.echo("\n".join(loads))


def _write(folder: Path, table: str, rows: Sequence[Body]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{table}.ndjson"
    lines = (orjson.dumps({name: value for name, value in row.items() if value is not None}) for row in rows)
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def _load(path: Path, destination: str) -> str:
    options, _, table = destination.rpartition(" ")
    flags = f"{options} " if options else ""
    return f"bq load {flags}--source_format=NEWLINE_DELIMITED_JSON {table} {path}"
