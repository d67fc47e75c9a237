"""`nba-props replay`: a past slate forecast again, by today's code and model, beside what stands."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.console import RenderableType
from rich.table import Table

from cli.asking import reading, show
from cli.options import SlateDate
from cli.render import as_text, slate_progress
from cli.replay_diff import Change, Difference, difference
from cli.replay_folder import prepare_folder
from cli.session import coordinator, open_stack
from cli.slate_run import Show, require_end, run_loaded_slate
from cli.where import Where, server_options
from local.client import Body
from local.data_dir import DataDir
from shared.config import Settings, load_settings
from shared.errors import InvalidInput
from shared.wording import counted

ROWS_SHOWN = 10


@click.command()
@click.option("--date", "day", type=SlateDate(), required=True, help="The slate, YYYY-MM-DD.")
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    help="Folder of the replay's dataset.  [default: replays/DATE in the data directory]",
)
@click.option("--system", help="The system whose forecasts are compared. Default: HEADLINE_SYSTEM.")
@server_options
def replay(where: Where, day: date, into: Path | None, system: str | None) -> None:
    """Forecast a past slate again at 05:00 Pacific of its date, and say what differs from what stands.

    What it reads is left as it is; the dataset of the replay can be served like any other.
    """
    settings = load_settings(log_level="WARNING")
    system_id = _known_system(system, settings)
    target = into or where.data_dir / "replays" / day.isoformat()
    source = _read_source(where, day)
    folder = prepare_folder(target, where.data_dir, day, where.name)
    with slate_progress(visible=not where.as_json) as progress:
        progress("loading", {})
        summary, forecasts = _forecast_again(folder, day, source, settings, progress)
    require_end(summary)
    with reading(where.name):
        found = difference(source["forecasts"], forecasts, system_id)
    report = {"game_date": day, "source": where.name, "into": str(target), "state": summary["state"]}
    body = report | found.as_dict()
    show(where, body, told_replay(body, found))


def _known_system(system: str | None, settings: Settings) -> str:
    if system is not None and system not in settings.systems:
        raise InvalidInput(f"--system: there is no {system!r}; it may be {', '.join(settings.systems)}")
    return system or settings.headline_system


def _read_source(where: Where, day: date) -> Body:
    with coordinator(where) as client:
        found = client.require(client.get("/phase3", game_date=day.isoformat()))
    with reading(where.name):
        source = {name: list(found[name]) for name in ("box_scores", "slate", "forecasts")}
    if not source["slate"]:
        raise InvalidInput(f"{where.name} holds no slate of {day}; load one with nba-props load-logs --date")
    return source


def _forecast_again(
    folder: DataDir, day: date, source: Body, settings: Settings, progress: Show
) -> tuple[Body, list[Body]]:
    """Put the rows into a dataset of their own and run the slate there, in this process."""
    from local.loading import load_phase3  # late: with --help nobody waits for it

    stack = open_stack(folder, settings, lambda: folder.clock(day))
    try:
        load_phase3(stack.warehouse, day, source["box_scores"], source["slate"])
        stack.start()
        return run_loaded_slate(stack.client, day.isoformat(), progress)
    finally:
        stack.stop()


def told_replay(body: dict[str, Any], found: Difference) -> Iterator[RenderableType]:
    """Tell whose forecast moved farthest, then what came of the replay and where it is."""
    if found.changed:
        yield _table(found)
    compared = counted(body["players_compared"], "player")
    same = body["players_compared"] - body["players_changed"]
    by = f"; {body['mean_change']:.2f} points on average" if found.changed else ""
    yield f"{body['game_date']} again: {body['state']}."
    yield f"{found.system_id}: {compared} compared, {same} the same{by}."
    yield f"Added: {', '.join(found.added)}." if found.added else ""
    yield f"Lost: {', '.join(found.lost)}." if found.lost else ""
    yield f"Look around in it: nba-props serve --data-dir {body['into']}"


def _table(found: Difference) -> Table:
    hidden = len(found.changed) - ROWS_SHOWN
    caption = f"… and {hidden} more; --json has all of them" if hidden > 0 else None
    table = Table(title="Largest changes", caption=caption, box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0))
    for name in ("player", "stands", "again", "change", "line", "recommendation"):
        table.add_column(name, justify="left" if name in ("player", "recommendation") else "right")
    for change in found.changed[:ROWS_SHOWN]:
        table.add_row(*_cells(change))
    return table


def _cells(change: Change) -> tuple[RenderableType, ...]:
    before, after = change.before, change.after
    said = [before["recommendation"], after["recommendation"]]
    return (
        as_text(after["player_name"]),
        f"{before['mean']:.1f}",
        f"{after['mean']:.1f}",
        f"{change.points:+.2f}",
        "-" if after["line"] is None else f"{after['line']:g}",
        as_text(" -> ".join(dict.fromkeys(said))),
    )
