"""`nba-props bench`: the speed of a sample slate beside the floor."""

from datetime import UTC, datetime

import click

from cli.options import json_option
from cli.render import print_body, print_json
from shared.config import load_settings
from shared.slate import slate_date


@click.command()
@click.option("--players", type=click.IntRange(1, 1_000_000), default=450, show_default=True)
@json_option
def bench(players: int, as_json: bool) -> None:
    """Measure Phase 4 and trigger-to-complete, beside no-op pushes and one bulk append."""
    from local.benchmark import measure_slate

    game_date = slate_date(datetime.now(UTC))
    measured = measure_slate(players, game_date, load_settings(log_level="ERROR")).as_dict()
    (print_json if as_json else print_body)(measured)
