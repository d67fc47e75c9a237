"""`nba-props dead-letters`: messages that nobody could handle, seen, published again, put away."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import click

from cli.asking import reading, show_answer
from cli.session import coordinator
from cli.where import Where, slate_options
from local.client import Body, StackClient, sendable
from predictions.coordinator.letters import MOST_LETTERS
from shared.errors import InvalidInput


def _which(command: Any) -> Any:
    for option in (
        click.option("--force", is_flag=True, help="Also those that were replayed or discarded before."),
        click.option("--all", "takes_all", is_flag=True, help="All that are still stored."),
        click.argument("message_ids", nargs=-1, metavar="[MESSAGE_ID]..."),
        slate_options,
    ):
        command = option(command)
    return command


@click.group("dead-letters")
def dead_letters() -> None:
    """Messages that nobody could handle."""


@dead_letters.command("list")
@slate_options
def list_letters(where: Where) -> None:
    """List the slate's dead letters, each in its newest state."""
    with coordinator(where) as client:
        found = client.require(client.get("/dead-letters", **where.slate))
    show_answer(where, client, found, _told_list)


def _told_list(found: Body) -> Iterator[str]:
    for row in found["dead_letters"]:
        source = f"{row['source_subscription']}: {row['reason']}"
        yield f"{row['message_id']}  {row['state']:<9}  {row['stored_at'][:19]}Z  {source}"
    if not found["dead_letters"]:
        yield f"no dead letters on {found['game_date']}"


@dead_letters.command("show")
@click.argument("message_id")
@slate_options
def show_letter(where: Where, message_id: str) -> None:
    """Show one dead letter, its body included."""
    with coordinator(where) as client:
        path = f"/dead-letters/{quote(sendable(message_id), safe='')}"
        found = client.require(client.get(path, **where.slate))
    show_answer(where, client, found, _told_letter)


def _told_letter(found: Body) -> Iterator[str]:
    found["message_id"]  # every letter has one
    for name, value in found.items():
        yield f"{name:<20}  {'-' if value is None else value}"


@dead_letters.command()
@_which
def replay(where: Where, message_ids: tuple[str, ...], takes_all: bool, force: bool) -> None:
    """Publish dead letters again, to the topics that they came from."""
    _deal(where, "replay", "replayed", message_ids, takes_all, force)


@dead_letters.command()
@click.option("--yes", is_flag=True, help="Do it; without this nothing is discarded.")
@_which
def discard(where: Where, message_ids: tuple[str, ...], takes_all: bool, force: bool, yes: bool) -> None:
    """Put dead letters away with which nothing is to be done."""
    if not yes:
        raise InvalidInput("nothing was discarded; repeat it with --yes")
    _deal(where, "discard", "discarded", message_ids, takes_all, force)


def _deal(
    where: Where, verb: str, done: str, message_ids: Sequence[str], takes_all: bool, force: bool
) -> None:
    """Deal with letters, so many at a time, and say what became of each; end with 1 unless all are done."""
    if takes_all == bool(message_ids):
        raise InvalidInput("name the letters by their message ids, or say --all")
    dealt: Body = {done: [], "refused": [], "failed": []}
    with coordinator(where) as client:
        chosen = _stored(client, where) if takes_all else message_ids
        for start in range(0, len(chosen), MOST_LETTERS):
            asked = {"message_ids": chosen[start : start + MOST_LETTERS], "force": force}
            found = _posted(client, f"/dead-letters/{verb}", where.slate | asked)
            with reading(client.url):
                found = {done: found[done], "refused": found["refused"], "failed": found.get("failed", [])}
                dealt = {outcome: letters + found[outcome] for outcome, letters in dealt.items()}
    show_answer(where, client, dealt, lambda body: _told_dealt(done, **body))
    if dealt["refused"] or dealt["failed"]:
        raise click.exceptions.Exit(1)


def _stored(client: StackClient, where: Where) -> list[str]:
    found = client.require(client.get("/dead-letters", **where.slate))
    with reading(client.url):
        return [row["message_id"] for row in found["dead_letters"] if row["state"] == "stored"]


def _posted(client: StackClient, path: str, body: Body) -> Body:
    """Post, and take an answer that says what became of each letter, whatever its status."""
    status, found = client.post(path, body)
    return found if "refused" in found else client.require((status, found))


def _told_dealt(
    done: str, refused: Sequence[Body], failed: Sequence[Body], **dealt: Sequence[str]
) -> Iterator[str]:
    for message_id in dealt[done]:
        yield f"{message_id}  {done}"
    for letter in (*refused, *failed):
        yield f"{letter['message_id']}  not {done}: {letter['reason']}"
    if not any((dealt[done], refused, failed)):
        yield "no dead letter is stored"
