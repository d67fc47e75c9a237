"""`nba-props accuracy`: how the forecasts of past slates compare with the box scores."""

from collections.abc import Iterator
from datetime import date

import click
from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cli.asking import show_answer
from cli.options import SlateDate
from cli.render import as_text
from cli.session import coordinator
from cli.where import Where, server_options
from local.client import Body

COLUMNS = (
    *("System", "Slates", "Forecasts", "MAE", "Before", "Band", "Bias", "10-90%"),
    *("P(over)", "Overs", "Brier", "Bets", "Hits", "Return"),
)
_VERDICTS = {"steady": "", "drifted": " drifted", "too_little_history": ""}


@click.command()
@click.option(
    "--date",
    "last",
    type=SlateDate(),
    help="The last slate that counts, YYYY-MM-DD. Default: the one before today's.",
)
@server_options
def accuracy(where: Where, last: date | None) -> None:
    """Show how right each system has been lately, and whether it has drifted."""
    with coordinator(where) as client:
        report = client.require(client.get("/accuracy", game_date=last.isoformat() if last else None))
    show_answer(where, client, report, told_report)


def told_report(report: Body) -> Iterator[RenderableType]:
    """Tell how each system did, a row each, and which of them has drifted."""
    if not report["systems"]:
        yield f"No slate up to {report['game_date']} has both forecasts and box scores."
        return
    yield _table(report)
    for system in report["systems"]:
        if system["drifted_since"]:
            yield f"{system['system_id']} has drifted since {system['drifted_since']}."


def _table(report: Body) -> Table:
    """Return a row a system, those with the least error first."""
    title = as_text(f"Accuracy up to {report['newest_slate']}", "table.title")
    table = Table(title=title, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in COLUMNS:
        table.add_column(name, justify="left" if name == "System" else "right", no_wrap=True)
    for system in sorted(report["systems"], key=lambda system: float(system["recent"]["mae"])):
        table.add_row(*_cells(system))
    return table


def _cells(system: Body) -> tuple[RenderableType, ...]:
    recent, before = system["recent"], system["before"]
    return (
        as_text(system["system_id"]),
        f"{recent['slates']:d}",
        f"{recent['forecasts']:d}",
        _judged(f"{recent['mae']:.2f}", system["error"]),
        f"{before['mae']:.2f}" if before else "-",
        _band(system["error"]),
        f"{recent['bias']:+.2f}",
        _judged(f"{recent['coverage_80']:.0%}", system["coverage"]),
        _percent(recent["mean_p_over"]),
        _percent(recent["share_over"]),
        "-" if recent["brier"] is None else f"{recent['brier']:.3f}",
        f"{recent['bets']:d}",
        _percent(recent["hit_rate"]),
        _percent(recent["roi"]),
    )


def _judged(figure: str, judgement: Body) -> Text:
    return Text.assemble(figure, (_VERDICTS[judgement["verdict"]], "red"))


def _band(error: Body) -> str:
    if error["low"] is None:
        return f"{error['history_slates']:d} slates are too few"
    return f"{error['low']:.2f}-{error['high']:.2f}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
