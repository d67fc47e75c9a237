"""`nba-props dead-letters`: messages that nobody could handle, seen, published again, put away."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from cli.options import data_dir_option, date_option, json_option
from cli.render import print_json
from cli.session import filled_stack
from local.client import Body, StackClient
from predictions.coordinator.letters import MOST_LETTERS
from shared.errors import InvalidInput


def _where(command: Any) -> Any:
    for option in (json_option, data_dir_option, date_option):
        command = option(command)
    return command


def _which(command: Any) -> Any:
    for option in (
        click.option("--force", is_flag=True, help="Also those that were replayed or discarded before."),
        click.option("--all", "takes_all", is_flag=True, help="All that are still stored."),
        click.argument("message_ids", nargs=-1, metavar="[MESSAGE_ID]..."),
        _where,
    ):
        command = option(command)
    return command


@click.group("dead-letters")
def dead_letters() -> None:
    """Messages that nobody could handle."""


@dead_letters.command("list")
@_where
def list_letters(game_date: date | None, data_dir: Path, as_json: bool) -> None:
    """List the slate's dead letters, each in its newest state."""
    with filled_stack(data_dir, game_date) as client:
        found = client.require(client.get("/dead-letters", **_slate(game_date)))
    if as_json:
        print_json(found)
        return
    for row in found["dead_letters"]:
        source = f"{row['source_subscription']}: {row['reason']}"
        click.echo(_readable(f"{row['message_id']}  {row['state']:<9}  {row['stored_at'][:19]}Z  {source}"))
    if not found["dead_letters"]:
        click.echo(f"no dead letters on {found['game_date']}")


@dead_letters.command()
@click.argument("message_id")
@_where
def show(message_id: str, game_date: date | None, data_dir: Path, as_json: bool) -> None:
    """Show one dead letter, its body included."""
    with filled_stack(data_dir, game_date) as client:
        path = f"/dead-letters/{quote(message_id, safe='')}"
        found = client.require(client.get(path, **_slate(game_date)))
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        click.echo(_readable(f"{name:<20}  {'-' if value is None else value}"))


@dead_letters.command()
@_which
def replay(message_ids: tuple[str, ...], takes_all: bool, force: bool, **where: Any) -> None:
    """Publish dead letters again, to the topics that they came from."""
    _deal("replay", "replayed", message_ids, takes_all, force, **where)


@dead_letters.command()
@click.option("--yes", is_flag=True, help="Do it; without this nothing is discarded.")
@_which
def discard(message_ids: tuple[str, ...], takes_all: bool, force: bool, yes: bool, **where: Any) -> None:
    """Put dead letters away with which nothing is to be done."""
    if not yes:
        raise InvalidInput("nothing was discarded; repeat it with --yes")
    _deal("discard", "discarded", message_ids, takes_all, force, **where)


def _deal(
    verb: str,
    done: str,
    message_ids: Sequence[str],
    takes_all: bool,
    force: bool,
    game_date: date | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Deal with letters, so many at a time, and say what became of each; end with 1 unless all are done."""
    if takes_all == bool(message_ids):
        raise InvalidInput("name the letters by their message ids, or say --all")
    dealt: Body = {done: [], "refused": [], "failed": []}
    with filled_stack(data_dir, game_date) as client:
        chosen = _stored(client, game_date) if takes_all else message_ids
        for start in range(0, len(chosen), MOST_LETTERS):
            asked = {"message_ids": chosen[start : start + MOST_LETTERS], "force": force}
            found = _posted(client, f"/dead-letters/{verb}", _slate(game_date) | asked)
            dealt = {outcome: letters + found.get(outcome, []) for outcome, letters in dealt.items()}
    if as_json:
        print_json(dealt)
    else:
        _print_dealt(done, **dealt)
    if dealt["refused"] or dealt["failed"]:
        raise click.exceptions.Exit(1)


def _stored(client: StackClient, game_date: date | None) -> list[str]:
    found = client.require(client.get("/dead-letters", **_slate(game_date)))
    return [row["message_id"] for row in found["dead_letters"] if row["state"] == "stored"]


def _posted(client: StackClient, path: str, body: Body) -> Body:
    """Post, and take an answer that says what became of each letter, whatever its status."""
    status, found = client.post(path, body)
    return found if "refused" in found else client.require((status, found))


def _print_dealt(done: str, refused: Sequence[Body], failed: Sequence[Body], **dealt: Sequence[str]) -> None:
    for message_id in dealt[done]:
        click.echo(_readable(f"{message_id}  {done}"))
    for letter in (*refused, *failed):
        click.echo(_readable(f"{letter['message_id']}  not {done}: {letter['reason']}"))
    if not any((dealt[done], refused, failed)):
        click.echo("no dead letter is stored")


def _slate(game_date: date | None) -> dict[str, Any]:
    return {"game_date": game_date.isoformat()} if game_date else {}


def _readable(text: str) -> str:
    """Return a text that only shows: what could steer a terminal stands there as its escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
