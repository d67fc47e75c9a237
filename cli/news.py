"""The command that makes news, to see what they lead to."""

import click

from cli.asking import ask
from cli.where import Where, slate_options
from local.client import Body

_STATUSES = ("ACTIVE", "PROBABLE", "QUESTIONABLE", "DOUBTFUL", "OUT")


@click.command()
@click.argument("player", metavar="PLAYER")
@click.option("--status", type=click.Choice(_STATUSES, case_sensitive=False), help="His status now.")
@click.option("--line", type=click.FloatRange(0, 200), help="His points line now.")
@slate_options
def news(where: Where, player: str, status: str | None, line: float | None) -> None:
    """Change the status or the line of one PLAYER, a name or a lookup, as Phase 3 would.

    In the embedded stack alone; `nba-props refresh` then shows what follows from it.
    """
    if status is None and line is None:
        raise click.UsageError("give --status, --line, or both")
    told = {"status": status, "line": line}
    body = (
        where.slate | {"player": player} | {name: value for name, value in told.items() if value is not None}
    )
    ask(where, lambda client: client.post("/local/news", body), _told)


def _told(body: Body) -> tuple[str, ...]:
    line = "no line" if body["line"] is None else f"a line of {body['line']:g}"
    return (
        f"{body['game_date']}: {body['player_name']} is {body['status']}, with {line}.",
        "See what follows: nba-props refresh",
    )
