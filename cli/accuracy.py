"""`nba-props accuracy`: how the forecasts of past slates compare with the box scores."""

from datetime import date

import click
from rich import box
from rich.console import Console
from rich.table import Table

from cli.options import SlateDate
from cli.render import print_json
from cli.session import coordinator
from cli.where import Where, server_options
from local.client import Body

COLUMNS = (
    *("System", "Slates", "Forecasts", "MAE", "Before", "Band", "Bias", "10-90%"),
    *("P(over)", "Overs", "Brier", "Bets", "Hits", "Return"),
)
_VERDICTS = {"steady": "", "drifted": " [red]drifted[/red]", "too_little_history": ""}


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
    if where.as_json:
        print_json(report)
    else:
        print_report(report)


def print_report(report: Body) -> None:
    """Print a row a system, those with the least error first."""
    console = Console()
    if not report["systems"]:
        console.print(f"No slate up to {report['game_date']} has both forecasts and box scores.")
        return
    table = Table(title=f"Accuracy up to {report['newest_slate']}", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in COLUMNS:
        table.add_column(name, justify="left" if name == "System" else "right", no_wrap=True)
    for system in sorted(report["systems"], key=lambda system: float(system["recent"]["mae"])):
        table.add_row(*_cells(system))
    console.print(table)
    for system in report["systems"]:
        if system["drifted_since"]:
            console.print(f"{system['system_id']} has drifted since {system['drifted_since']}.")


def _cells(system: Body) -> tuple[str, ...]:
    recent, before = system["recent"], system["before"]
    coverage = f"{recent['coverage_80']:.0%}{_VERDICTS[system['coverage']['verdict']]}"
    return (
        system["system_id"],
        str(recent["slates"]),
        str(recent["forecasts"]),
        f"{recent['mae']:.2f}{_VERDICTS[system['error']['verdict']]}",
        f"{before['mae']:.2f}" if before else "-",
        _band(system["error"]),
        f"{recent['bias']:+.2f}",
        coverage,
        _percent(recent["mean_p_over"]),
        _percent(recent["share_over"]),
        "-" if recent["brier"] is None else f"{recent['brier']:.3f}",
        str(recent["bets"]),
        _percent(recent["hit_rate"]),
        _percent(recent["roi"]),
    )


def _band(error: Body) -> str:
    if error["low"] is None:
        return f"{error['history_slates']} slates are too few"
    return f"{error['low']:.2f}-{error['high']:.2f}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
