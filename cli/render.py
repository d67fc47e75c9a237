"""What commands print: tables and progress for people, JSON for programs."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
from rich import box
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from local.client import Body

ROWS_SHOWN = 30
_COLOURS = {"OVER": "green", "UNDER": "red", "PASS": "dim", "NO_LINE": "dim"}


def print_json(body: Any) -> None:
    """Print one JSON object and nothing else on standard output."""
    sys.stdout.buffer.write(orjson.dumps(body, option=orjson.OPT_INDENT_2) + b"\n")
    sys.stdout.flush()


def print_line(body: Any) -> None:
    """Print one JSON object on one line, at once, for a program that reads on."""
    sys.stdout.buffer.write(orjson.dumps(body) + b"\n")
    sys.stdout.flush()


def print_body(body: Body) -> None:
    """Print an answer as two columns."""
    table = Table(show_header=False, box=None)
    for name, value in body.items():
        table.add_row(as_text(name), as_text("-" if value in (None, {}, []) else value))
    Console().print(table)


def readable(text: str) -> str:
    """Return a text that only shows: what could steer a terminal stands there as its escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def as_text(value: object, style: str = "") -> Text:
    """Return what a server or a person has written as rich must be given it: brackets are no markup of ours.

    A bare string is markup to rich, in a cell, a title or a line: it colours it, or dies of a bracket.
    """
    return Text(readable(str(value)), style)


def bars(visible: bool = True) -> Progress:
    """Return progress bars on standard error: what is done, how much of it, and since when."""
    columns = (
        TextColumn("{task.description:<22}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), disable=not visible)


@contextmanager
def slate_progress(visible: bool) -> Iterator[Callable[[str, Body], None]]:
    """Yield a function that shows how far a slate is, on standard error."""
    with bars(visible) as progress:
        tasks = {
            "loading": progress.add_task("Loading the slate", total=1),
            "phase4": progress.add_task("Phase 4: features", total=1, start=False),
            "predicting": progress.add_task("Phase 5: forecasts", total=None, start=False),
        }
        order = list(tasks)

        def show(stage: str, status: Body) -> None:
            for earlier in order[: order.index(stage)]:
                progress.update(tasks[earlier], completed=1)
            progress.start_task(tasks[stage])
            if status:
                done = status["expected"] - status["gap"]["players"] + sum(status["failed"].values())
                progress.update(tasks[stage], total=status["expected"], completed=done)

        yield show


def print_forecasts(summary: Body, forecasts: Sequence[Body], system_id: str) -> None:
    """Print the headline system's forecasts, highest first, and a summary line."""
    console = Console()
    rows = [row for row in forecasts if row["system_id"] == system_id]
    title = f"Points forecasts for {summary['game_date']} ({system_id})"
    table = Table(title=as_text(title, "table.title"), box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("Player", "Game", "Line", "Mean", "10-90%", "P(over)", "Recommendation"):
        justify = "left" if name in ("Player", "Game", "Recommendation") else "right"
        table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for row in rows[:ROWS_SHOWN]:
        table.add_row(*_cells(row))
    if rows:
        console.print(table)
    if len(rows) > ROWS_SHOWN:
        console.print(f"… and {len(rows) - ROWS_SHOWN} more; --out FILE writes all of them.")
    console.print(_summary_line(summary), soft_wrap=True)


def _cells(row: Body) -> tuple[RenderableType, ...]:
    recommendation = row["recommendation"]
    return (
        as_text(row["player_name"]),
        as_text(f"{row['team']} {'vs' if row['is_home'] else '@'} {row['opponent']}"),
        "-" if row["line"] is None else f"{row['line']:g}",
        f"{row['mean']:.1f}",
        f"{row['p10']:.0f}-{row['p90']:.0f}",
        "-" if row["p_over"] is None else f"{row['p_over']:.0%}",
        as_text(recommendation, _COLOURS.get(recommendation, "")),
    )


def _summary_line(summary: Body) -> Text:
    return Text.assemble(as_text(summary["state"], "bold"), ": ", as_text(_summary(summary)))


def _summary(summary: Body) -> str:
    if not summary["players_expected"]:
        return f"no games on {summary['game_date']}, or nobody is expected."
    seconds = summary["seconds"]
    reasons = summary["skipped_by_reason"] | summary["failed_by_reason"]
    why = f" ({', '.join(f'{n} {reason}' for reason, n in reasons.items())})" if reasons else ""
    took = seconds["trigger_to_complete"]
    timing = f"Phase 4 {seconds['phase4']:.2f} s" + (f", batch {took:.2f} s" if took else "")
    return (
        f"{summary['players_expected']} expected, "
        f"{summary['players_ready']} ready, {summary['predicted']} predicted, "
        f"{summary['skipped']} skipped, {summary['failed']} failed{why}; "
        f"{summary['predictions']} forecasts{_guarded(summary)}. {timing}."
    )


def _guarded(summary: Body) -> str:
    """Tell which rows the guards keep from use, newcomers apart, and whether the forecasts have collapsed."""
    kept = {reason: n for reason, n in summary["not_ready_by_reason"].items() if reason != "no_history"}
    quarantined = f"; quarantined: {', '.join(f'{n} {reason}' for reason, n in kept.items())}" if kept else ""
    judgement = summary["judgement"]
    return quarantined + (f"; {judgement}" if judgement not in (None, "sound") else "")
