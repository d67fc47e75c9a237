"""Commands about one player: explain why he has no forecast, or request him again."""

from collections.abc import Iterable, Iterator

import click
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cli.asking import answer_of, end_with, show_answer
from cli.render import as_text
from cli.session import coordinator
from cli.where import Where, slate_options
from local.client import Body

_MARKS = {True: ("✓", "green"), False: ("✗", "red"), None: ("·", "dim")}
_player = click.argument("player", metavar="PLAYER")


@click.command()
@_player
@slate_options
def explain(where: Where, player: str) -> None:
    """Walk the rules for one PLAYER, a name or a lookup, and say which one decides.

    Ends with 0 whatever they come to.
    """
    with coordinator(where) as client:
        found = client.require(client.get("/explain", **where.slate, player=player))
    show_answer(where, client, found, _told_explained)


@click.command("predict-player")
@_player
@slate_options
def predict_player(where: Where, player: str) -> None:
    """Forecast one PLAYER again, now, whatever he has already: after news of him, say.

    Ends with 1, and says which rule is in the way, if he cannot be requested.
    """
    with coordinator(where) as client:
        status, found = answer_of(client, client.post("/predict-player", where.slate | {"player": player}))
    show_answer(where, client, found, _told_explained if status == 409 else _told_requested)
    end_with(status)


def _told_requested(body: Body) -> tuple[str, ...]:
    behind = "His features are older than the news about him or a team-mate: nba-props refresh"
    return (
        f"{body['game_date']}: {body['player_lookup']} is requested again in batch {body['batch_id']}.",
        behind if body["features_are_behind"] else "",
        f"See what came of it: nba-props explain {body['player_lookup']}",
    )


def _told_explained(body: Body) -> Iterator[RenderableType]:
    """Tell the sentence, each rule with its mark, the forecast, and what to do."""
    yield Text.assemble(as_text(body["game_date"], "bold"), "  ", as_text(body["sentence"]))
    yield _rules(body["steps"])
    if body["forecast"]:
        yield as_text(_forecast(body["forecast"]))
    if body["next_step"]:
        yield as_text(body["next_step"])


def _rules(steps: Iterable[Body]) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for step in steps:
        mark, colour = _MARKS[step["is_ok"]]
        table.add_row(Text(mark, colour), as_text(step["rule"]), as_text(step["detail"]))
    return table


def _forecast(forecast: Body) -> str:
    line = "no line" if forecast["line"] is None else f"line {forecast['line']:g}"
    over = "" if forecast["p_over"] is None else f", over {forecast['p_over']:.0%}"
    return (
        f"{forecast['system_id']} says {forecast['mean']:.1f} points ({forecast['p10']:.0f} to "
        f"{forecast['p90']:.0f} in eight of ten games), {line}{over}: {forecast['recommendation']}"
    )
