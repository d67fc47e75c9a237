"""Options that several commands share."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from shared.errors import InvalidInput
from shared.slate import parse_game_date

Command = TypeVar("Command", bound=Callable[..., Any])


class SlateDate(click.ParamType[date]):
    """A slate date written YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else parse_game_date(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def data_dir_option(command: Command) -> Command:
    """Add --data-dir."""
    return click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="DATA_DIR",
        default=Path(".nba-props"),
        show_default=True,
        help="Where the embedded stack keeps its store.",
    )(command)


def date_option(command: Command) -> Command:
    """Add --date."""
    return click.option(
        "--date", "game_date", type=SlateDate(), help="The slate, YYYY-MM-DD. Default: today's."
    )(command)


def range_options(command: Command) -> Command:
    """Add --from and --to."""
    for option in (
        click.option("--to", "last", type=SlateDate(), required=True, help="The last slate, YYYY-MM-DD."),
        click.option("--from", "first", type=SlateDate(), required=True, help="The first slate, YYYY-MM-DD."),
    ):
        command = option(command)
    return command


def check_range(first: date, last: date) -> None:
    """Refuse a range that ends before it begins."""
    if first > last:
        raise InvalidInput(f"--from {first} is later than --to {last}")


def json_option(command: Command) -> Command:
    """Add --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


def slate_options(command: Command) -> Command:
    """Add the options that say what slate to load."""
    for option in (
        click.option(
            "--lines",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Points lines (CSV, plain or gzip).",
        ),
        click.option(
            "--logs",
            multiple=True,
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Real box scores (CSV, plain or gzip; tidy or nba_api's columns). May be repeated.",
        ),
        click.option(
            "--players",
            type=click.IntRange(1, 1_000_000),
            default=450,
            show_default=True,
            help="How many players are expected on the sample slate.",
        ),
        click.option(
            "--min-minutes",
            type=click.FloatRange(0, 60),
            help="Fewest projected minutes to be expected. Default: MIN_MINUTES, or 15.",
        ),
    ):
        command = option(command)
    return command
