"""`nba-props export`: a slate and the games before it, as files that BigQuery loads."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click
import orjson

from cli.asking import reading, show
from cli.options import SlateDate
from cli.session import coordinator
from cli.where import Where, server_options
from local.client import Body
from shared.errors import InvalidInput

BOX_SCORES = "nba_analytics.player_game_summary"
SLATE = "nba_analytics.upcoming_player_game_context"


@click.command()
@click.option("--date", "day", type=SlateDate(), required=True, help="The slate, YYYY-MM-DD.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the two files.",
)
@server_options
def export(where: Where, day: date, out: Path) -> None:
    """Write a slate and the games before it as files for `bq load`, in the place of Phase 3.

    Prints the commands that load them.
    """
    with coordinator(where) as client:
        found = client.require(client.get("/phase3", game_date=day.isoformat()))
    with reading(client.url):
        box_scores, slate = _lines(found["box_scores"]), _lines(found["slate"])
    if not slate:
        raise InvalidInput(f"{where.name} holds no slate of {day}; load one with load-logs --date")
    loads = [
        _load(_write(out, BOX_SCORES, box_scores), BOX_SCORES),
        _load(_write(out, SLATE, slate), f"--replace '{SLATE}${day:%Y%m%d}'"),
    ]
    rows = {"box_scores": len(box_scores), "slate": len(slate), "load_with": loads}
    show(where, rows, loads)


def _lines(rows: Sequence[Body]) -> list[bytes]:
    """Return each row as a line of JSON, without what is null."""
    return [orjson.dumps({name: value for name, value in row.items() if value is not None}) for row in rows]


def _write(folder: Path, table: str, lines: Sequence[bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{table}.ndjson"
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def _load(path: Path, destination: str) -> str:
    options, _, table = destination.rpartition(" ")
    flags = f"{options} " if options else ""
    return f"bq load {flags}--source_format=NEWLINE_DELIMITED_JSON {table} {path}"
