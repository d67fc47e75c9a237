"""`nba-props doctor`: what is wrong here and at the server, and what to type."""

from collections.abc import Iterator
from datetime import UTC, datetime

import click
from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cli import checks
from cli.asking import reading, show
from cli.checks import Check
from cli.remote import AUDIENCE, identity_for, remote
from cli.render import as_text
from cli.session import coordinator, running_server
from cli.where import Where, server_options
from local.client import Body, StackClient
from local.data_dir import DataDir
from shared.config import Settings, load_settings
from shared.errors import AppError, InvalidInput
from shared.wording import counted

_MARKS = {True: ("ok", "green"), False: ("wrong", "bold red"), None: ("cannot tell", "yellow")}


@click.command()
@server_options
def doctor(where: Where) -> None:
    """Look at configuration, model, identity, clock and server; say what is wrong, and what to type.

    Ends with 1 if anything is wrong. Nothing is changed, and no token is shown.
    """
    found = list(_looked_at(where))
    is_ok = not any(check.is_ok is False for check in found)
    body = {"is_ok": is_ok, "checks": [check.as_dict() for check in found]}
    show(where, body, _told(found))
    if not is_ok:
        raise click.exceptions.Exit(1)


def _looked_at(where: Where) -> Iterator[Check]:
    try:
        settings = load_settings(log_level="CRITICAL")
    except InvalidInput as error:
        step = "correct them in the environment or in .env; .env.example says what each may be"
        yield Check("settings", False, str(error), step)
        yield checks.check_lightgbm()
    else:
        yield Check("settings", True, "each of them can be used")
        yield from _with_settings(settings)
    if not where.url:
        yield checks.check_data_dir(where.data_dir)
    yield from _server(where)


def _with_settings(settings: Settings) -> Iterator[Check]:
    yield (library := checks.check_lightgbm())
    if library.is_ok:
        yield checks.check_model(settings)
    yield checks.check_channels(settings)


def _server(where: Where) -> Iterator[Check]:
    """Look at the server that is called, or at the directory as a server of our own would."""
    if where.url:
        try:
            identity = identity_for(where.url, AUDIENCE)
        except InvalidInput as error:
            yield Check("url", False, str(error), "correct --url or NBA_PROPS_URL")
            return
        known = checks.check_identity(identity, datetime.now(UTC))
        yield known
        if known.is_ok is False:
            yield Check("server", None, "not asked, since it would refuse this identity")
            return
        yield from _remote(remote(where.url, AUDIENCE))
    elif (client := running_server(where)) is not None:
        yield from _remote(client)
    elif not DataDir(where.data_dir).is_fresh:
        yield Check(
            "server", None, "nobody serves the data directory, so commands open it", "nba-props serve"
        )
        yield from _opened(where)


def _remote(client: StackClient) -> Iterator[Check]:
    answers = checks.check_answers(client)
    yield answers
    yield checks.check_clocks(client.date, datetime.now(UTC))
    if answers.is_ok or client.date is not None:
        yield from _told_by(client)


def _opened(where: Where) -> Iterator[Check]:
    try:
        with coordinator(where) as client:
            yield from list(_told_by(client))
    except AppError as error:
        yield Check("store", False, str(error), f"is another process at work on {where.data_dir}?")


def _told_by(client: StackClient) -> Iterator[Check]:
    """Ask the server what it finds wrong with itself."""
    try:
        told = client.require(client.get("/doctor"))
        with reading(client.url):
            checked = [_as_told(check) for check in told["checks"]]
    except AppError as error:
        checked = [Check("doctor", False, str(error), "look at the server's log", "server")]
    yield from checked


def _as_told(check: Body) -> Check:
    """Return a check of the server's; raise ValueError if it does not say whether that is well."""
    if check["is_ok"] not in (True, False, None):
        raise ValueError(check["is_ok"])
    name, found, next_step = str(check["name"]), str(check["found"]), str(check["next_step"] or "")
    return Check(name, check["is_ok"], found, next_step, "server")


def _told(found: list[Check]) -> Iterator[RenderableType]:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("", "where", "what", "found"):
        table.add_column(name, no_wrap=name != "found", overflow="fold")
    for check in found:
        mark, colour = _MARKS[check.is_ok]
        told = as_text(check.found)
        if check.next_step and check.is_ok is not True:
            told.append("\n-> ").append_text(as_text(check.next_step, "cyan"))
        table.add_row(Text(mark, colour), check.place, as_text(check.name.replace("_", " ")), told)
    yield table
    wrong = sum(check.is_ok is False for check in found)
    yield "Nothing is wrong." if not wrong else f"{counted(wrong, 'thing')} wrong."
