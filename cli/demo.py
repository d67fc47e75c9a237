"""`nba-props demo`: one slate from nothing to forecasts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import click

from cli.options import data_dir_option, date_option, json_option, slate_options
from cli.render import print_forecasts, print_json, slate_progress
from cli.session import stack_for
from cli.slate_loading import SlateSource, load_slate
from cli.slate_run import Show, require_end, run_loaded_slate
from cli.table_file import write_forecasts
from local.client import Body, StackClient
from shared.config import load_settings
from shared.errors import InvalidInput
from shared.slate import slate_date


@dataclass(frozen=True)
class Wishes:
    """What the command line asked for."""

    game_date: date
    source: SlateSource
    until_phase4: bool


@click.command()
@date_option
@slate_options
@click.option("--until", type=click.Choice(["phase4"]), help="Stop before the event is published.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the forecasts as CSV.")
@data_dir_option
@json_option
def demo(
    game_date: date | None,
    players: int,
    logs: tuple[Path, ...],
    lines: Path | None,
    min_minutes: float | None,
    until: str | None,
    out: Path | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Run one slate from nothing to forecasts: load, Phase 4, event, batch, result."""
    overrides = {} if min_minutes is None else {"min_minutes": min_minutes}
    settings = load_settings(log_level="WARNING", **overrides)
    source = SlateSource(players, logs, lines)
    source.check(game_date)
    if out is not None and not out.parent.is_dir():
        raise InvalidInput(f"--out: there is no folder {out.parent}")
    wishes = Wishes(game_date or slate_date(datetime.now(UTC)), source, until == "phase4")
    with (
        stack_for(data_dir, settings, wishes.game_date) as client,
        slate_progress(visible=not as_json) as show,
    ):
        summary, forecasts = run_slate(client, wishes, show)
    if out is not None:
        write_forecasts(out, forecasts)
    if as_json:
        print_json(summary)
    else:
        print_forecasts(summary, forecasts, settings.headline_system)
    if not wishes.until_phase4:
        require_end(summary)


def run_slate(client: StackClient, wishes: Wishes, show: Show) -> tuple[Body, list[Body]]:
    """Load the slate, run Phase 4, wait for the batch; return the summary and the forecasts."""
    slate = wishes.game_date.isoformat()
    replayed = client.require(client.get("/status"))["game_date"]
    if replayed != slate:
        raise InvalidInput(
            f"the server at {client.url} replays {replayed}, not {slate}: stop it, or use another --data-dir"
        )
    show("loading", {})
    load_slate(client, wishes.game_date, wishes.source)
    return run_loaded_slate(client, slate, show, publish=not wishes.until_phase4)
