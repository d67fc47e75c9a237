"""A backtest's figures, and a model's, as tables for people."""

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from predictions.evaluation.wording import figure, signed


def print_backtest(report: dict[str, Any]) -> None:
    """Print a row a system: its errors first, then what it was worth against the line."""
    console = Console()
    console.print(_errors(report))
    if any(found["with_line"]["n"] for found in report["systems"].values()):
        console.print(_against_line(report))
        console.print(_bets(report))
    console.print(_months(report))
    console.print(
        "MAE is of the median, RMSE and bias (forecast less points) are of the mean; ± one standard error."
    )


def _errors(report: dict[str, Any]) -> Table:
    title = f"{report['from']} to {report['to']}: players averaging 15 or more minutes"
    columns = ("Games", "MAE", "RMSE", "Bias", "MAE, everybody", "50%", "80%", "90%")
    table = _table(title, columns)
    for name, found in report["systems"].items():
        part = found["minutes_15"]
        table.add_row(
            _named(name, report),
            str(part["n"]),
            _pair(part["mae"], part["mae_se"]),
            figure(part["rmse"]),
            signed(part["bias"]),
            figure(found["all"]["mae"]),
            *(figure(found["coverage"][share], 1) for share in ("50", "80", "90")),
        )
    return table


def _against_line(report: dict[str, Any]) -> Table:
    table = _table(
        "Against the line",
        ("Lines", "MAE", "Less the line's", "ECE", "Brier", "Right side", "Bets", "Return"),
    )
    for name, found in report["systems"].items():
        part = found["with_line"]
        if part["n"]:
            table.add_row(
                _named(name, report),
                str(part["n"]),
                figure(part["mae"]),
                f"{signed(part['mae_less_line'])} ± {figure(part['mae_less_line_se'])}",
                figure(part["ece"], 4),
                figure(part["brier"], 4),
                _percent(part["hit_rate"]),
                str(part["bets"]),
                _percent(part["roi"]),
            )
    return table


def _bets(report: dict[str, Any]) -> Table:
    """The bets of the best system and of those that use the line, by the gain expected of them."""
    table = _table("Bets at the odds offered, by expected gain", ("From", "Bets", "Hits", "Return"))
    for name, found in report["systems"].items():
        if name == report["best"] or found["uses_line"]:
            for part in found["bets_by_edge"]:
                hits, gain = _percent_pair(part, "hit_rate"), _percent_pair(part, "roi")
                table.add_row(name, f"{100 * part['edge']:.0f}%", str(part["n"]), hits, gain)
    return table


def _months(report: dict[str, Any]) -> Table:
    table = _table(f"{report['best']} by month and by minutes", ("Games", "MAE", "Bias"))
    best = report["systems"].get(report["best"], {"by_month": [], "by_minutes": []})
    for part in (*best["by_month"], *best["by_minutes"]):
        label = part.get("month") or f"{part['from']:.0f} to {part['to']:.0f} minutes"
        table.add_row(label, str(part["n"]), _pair(part["mae"], part["mae_se"]), signed(part["bias"]))
    return table


def _table(title: str, columns: tuple[str, ...]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("System")
    for name in columns:
        table.add_column(name, justify="right")
    return table


def _named(name: str, report: dict[str, Any]) -> str:
    marks = " (uses the line)" if report["systems"][name]["uses_line"] else ""
    return f"[bold]{name}[/bold]" if name == report["best"] else f"{name}{marks}"


def _pair(value: float | None, error: float | None) -> str:
    return f"{figure(value)} ± {figure(error)}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}%"


def _percent_pair(part: dict[str, Any], name: str) -> str:
    error = part[f"{name}_se"]
    return _percent(part[name]) + ("" if error is None else f" ± {100 * error:.1f}")
