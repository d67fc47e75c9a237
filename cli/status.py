"""`nba-props status`: where a slate stands, once or until it has ended."""

from collections.abc import Callable

import click
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from cli.asking import answer_of, show_answer
from cli.overview import overview
from cli.render import print_line
from cli.session import coordinator, running_server
from cli.watching import Show, changes, follow
from cli.where import Where, slate_options
from local.client import Body
from shared.clock import SystemClock
from shared.errors import DependencyUnavailable, InvalidInput


@click.command()
@click.option("--check", type=click.Choice(["sla"]), help="Fail if the deadline was missed.")
@click.option("--watch", is_flag=True, help="Go on until the slate has ended, or until Ctrl-C.")
@slate_options
def status(where: Where, check: str | None, watch: bool) -> None:
    """Show where the slate stands.

    With --watch --json: one line whenever something has changed.
    """
    if watch:
        if check:
            raise InvalidInput("--watch looks and --check judges; give one of them")
        _watch(where)
        return
    with coordinator(where) as client:
        code, body = answer_of(client, client.get("/status", **where.slate, check=check))
    show_answer(where, client, body, lambda found: [overview(found)])
    if code >= 400:
        raise click.exceptions.Exit(1)


def _watch(where: Where) -> None:
    if running_server(where) is None:
        raise DependencyUnavailable(
            f"nobody serves {where.data_dir}, so nothing changes there; start with `nba-props serve`"
        )
    followed = _follow_in_lines if where.as_json else _follow_live
    followed(lambda shown: follow(lambda: running_server(where), where.slate, shown, SystemClock()))


def _follow_in_lines(go: Callable[[Show], None]) -> None:
    def line(body: Body, trouble: str) -> None:
        if trouble:
            click.echo(f"nba-props: {trouble}", err=True)
        else:
            print_line(body)

    go(changes(line))


def _follow_live(go: Callable[[Show], None]) -> None:
    console = Console()
    if not console.is_terminal:
        go(changes(lambda body, trouble: console.print(Text(trouble) if trouble else overview(body))))
        return
    with Live(console=console, auto_refresh=False) as live:

        def picture(body: Body, trouble: str) -> None:
            seen = [overview(body)] if body else []
            live.update(Group(*seen, *([Text(trouble, "yellow")] if trouble else [])), refresh=True)

        go(picture)
