"""Commands that hold a slate, and let it go: pause, resume, cancel."""

import click

from cli.asking import ask
from cli.telling import told_held
from cli.where import Where, slate_options

_reason_option = click.option("--reason", help="Why, for whoever looks at the slate.")


def _hold(where: Where, path: str, reason: str | None) -> None:
    body = where.slate | ({"reason": reason} if reason else {})
    ask(where, lambda client: client.post(path, body), told_held)


@click.command()
@_reason_option
@slate_options
def pause(where: Where, reason: str | None) -> None:
    """Let nothing new begin on the slate, until resume; what is in flight is still answered."""
    _hold(where, "/pause", reason)


@click.command()
@_reason_option
@slate_options
def resume(where: Where, reason: str | None) -> None:
    """End a pause or a cancellation, and ask who is wanted."""
    _hold(where, "/resume", reason)


@click.command()
@_reason_option
@slate_options
def cancel(where: Where, reason: str | None) -> None:
    """Want nobody on the slate any more, and alert nobody about it, until resume."""
    _hold(where, "/cancel", reason)
