"""`nba-props train`: a model from past seasons, with a card that says what it is made of."""

from datetime import UTC, date, datetime
from pathlib import Path

import click

from cli.options import check_range, json_option
from cli.past import check_target, past_options, progress_bars, read_past
from cli.render import print_json
from cli.telling import tell
from predictions.evaluation.training import train_model
from predictions.model_store import CARD, read_card, write_model
from shared.errors import DataContractViolation, InvalidInput

TOLD = ("model_hash", "trained_from", "trained_to", "rows", "weights", "line_share", "metrics")


@click.command()
@past_options
@click.option(
    "--out",
    type=click.Path(file_okay=False, resolve_path=True, path_type=Path),
    required=True,
    help="Folder for the model; one that is there is replaced.",
)
@json_option
def train(
    logs: tuple[Path, ...], lines: tuple[Path, ...], first: date, last: date, out: Path, as_json: bool
) -> None:
    """Fit the model to the slates of a range and write it with its card.

    Earlier games in the files are history for the features. The figures on the card are walk-forward: each
    was measured on games later than those that were fitted. The same files give the same model.
    """
    check_range(first, last)
    check_target("--out", out)
    _check_replaceable(out)
    with progress_bars() as show:
        candidates = read_past(logs, lines, last, show)
        model = train_model(candidates, first, last, datetime.now(UTC), show)
        card = write_model(out, model)
    if as_json:
        print_json(card.model_dump(mode="json", include=set(TOLD)))
    else:
        _print_card(out, card.model_hash, card.rows, card.metrics)


def _check_replaceable(folder: Path) -> None:
    """Refuse a folder that holds anything else than a model, since a model takes its place as a whole."""
    if folder.is_mount():
        raise InvalidInput(f"--out: {folder} is a mount point; name a folder inside it")
    found = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if found - _files_of_a_model(folder):
        raise InvalidInput(f"--out: {folder} holds other things than a model, which would be lost")


def _files_of_a_model(folder: Path) -> set[str]:
    try:
        return {CARD, *read_card(folder).files}
    except DataContractViolation:
        return set()


def _print_card(out: Path, model_hash: str, rows: int, metrics: dict[str, object]) -> None:
    tell(f"{out}: {rows:,} games, model_hash {model_hash}")
    tell(*(f"  {name}: {value}" for name, value in metrics.items()))
