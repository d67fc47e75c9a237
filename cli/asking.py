"""One call of a command, its answer printed, and the exit code of what was answered."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import click
from rich.console import RenderableType

from cli.render import print_json
from cli.session import coordinator
from cli.telling import tell
from cli.where import Where
from local.client import Body, StackClient
from local.failures import OddAnswer

Answered = tuple[int, Body]
Told = Callable[[Body], Iterable[RenderableType]]
NOT_NOW = 3
DID_NOT_WORK_OUT = 1


def ask(where: Where, call: Callable[[StackClient], Answered], told: Told) -> None:
    """Make one call to the coordinator and print its answer, as JSON or as it is told."""
    with coordinator(where) as client:
        status, body = answer_of(client, call(client))
    show_answer(where, client, body, told)
    end_with(status)


def answer_of(client: StackClient, found: Answered) -> Answered:
    """Return what was answered, be it a refusal with its reasons; raise what any other answer comes to."""
    status, body = found
    is_refusal = status >= 400 and body and body.get("status") != "error"
    return found if is_refusal else (status, client.require(found))


@contextmanager
def reading(url: str) -> Iterator[None]:
    """Raise OddAnswer if the answer of a URL does not hold what the block reads in it."""
    try:
        yield
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise OddAnswer(
            f"the answer of {url} is not one of a coordinator or of Phase 4 as this command knows them; "
            "look at --url, and at which version answers there"
        ) from error


def show_answer(where: Where, client: StackClient, body: Body, told: Told) -> None:
    """Print an answer; raise OddAnswer, for programs too, if it cannot be told: then it is none of ours."""
    with reading(client.url):
        parts = tuple(told(body))
    show(where, body, parts)


def show(where: Where, body: Body, parts: Iterable[RenderableType]) -> None:
    """Print one JSON object, or what people read."""
    if where.as_json:
        print_json(body)
    else:
        tell(*parts)


def end_with(status: int) -> None:
    """End the command unless it was carried out: with 3 if it may be, later, and with 1 otherwise."""
    if status >= 400:
        raise click.exceptions.Exit(NOT_NOW if status == 503 else DID_NOT_WORK_OUT)
