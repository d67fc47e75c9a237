"""One call of a command, its answer printed, and the exit code of what was answered."""

from collections.abc import Callable

import click

from cli.render import print_json
from cli.session import coordinator
from cli.where import Where
from local.client import Body, StackClient

Answered = tuple[int, Body]
NOT_NOW = 3
DID_NOT_WORK_OUT = 1


def ask(where: Where, call: Callable[[StackClient], Answered], tell: Callable[[Body], None]) -> None:
    """Make one call to the coordinator and print its answer, as JSON or as `tell` does."""
    with coordinator(where) as client:
        status, body = answer_of(client, call(client))
    show(where, body, tell)
    end_with(status)


def answer_of(client: StackClient, found: Answered) -> Answered:
    """Return what was answered, be it a refusal with its reasons; raise what a bare error says."""
    status, body = found
    if status >= 400 and body.get("status", "error" if not body else None) == "error":
        client.require(found)
    return status, body


def show(where: Where, body: Body, tell: Callable[[Body], None]) -> None:
    """Print one JSON object, or what people read."""
    if where.as_json:
        print_json(body)
    else:
        tell(body)


def end_with(status: int) -> None:
    """End the command unless it was carried out: with 3 if it may be, later, and with 1 otherwise."""
    if status >= 400:
        raise click.exceptions.Exit(NOT_NOW if status == 503 else DID_NOT_WORK_OUT)
