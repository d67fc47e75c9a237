"""`nba-props backtest`: past slates forecast as they would have been, and how that went."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import click

from cli.options import check_range, json_option
from cli.past import Show, check_target, past_options, progress_bars, read_past
from cli.render import print_json
from cli.render_backtest import print_backtest
from cli.table_file import COLUMNS, open_table
from cli.whole_file import whole_file
from predictions.evaluation.assembling import assemble
from predictions.evaluation.candidates import Candidates
from predictions.evaluation.forecasts import Collector, Forecasts
from predictions.evaluation.report import backtest_report
from predictions.evaluation.slate_run import SlateRun, run_stage
from predictions.evaluation.walking import Walk, month_days, warm_up_days
from predictions.systems.recommendation import RecommendationPolicy
from predictions.systems.registry import NAMES
from shared.config import Settings, load_settings
from shared.errors import InvalidInput
from shared.ports import Row

Write = Callable[[Sequence[Row]], None]
_file = click.Path(dir_okay=False, path_type=Path)


@click.command()
@past_options
@click.option("--out", type=_file, help="Write every forecast, and what happened, as CSV.")
@click.option("--html", type=_file, help="Write a page with tables and plots.")
@json_option
def backtest(
    logs: tuple[Path, ...],
    lines: tuple[Path, ...],
    first: date,
    last: date,
    out: Path | None,
    html: Path | None,
    as_json: bool,
) -> None:
    """Walk forward through past slates by the code of production, fitting anew every month.

    Everybody on a slate is forecast, whatever his minutes. Files of earlier seasons are what is learned
    from: with --logs alone of the range itself, the trained systems begin when enough games were played.
    """
    check_range(first, last)
    check_target("--out", out)
    check_target("--html", html)
    settings = load_settings(log_level="WARNING")
    with progress_bars() as show, _rows_to(out) as write:
        candidates = read_past(logs, lines, last, show)
        forecasts = run_backtest(candidates, first, last, settings, show, write)
    report = backtest_report(forecasts, first, last)
    if html is not None:
        from predictions.evaluation.page import backtest_page  # late: drawing takes a second to load

        with whole_file(html) as page:
            page.write(backtest_page(report, forecasts))
    if as_json:
        print_json(report)
    else:
        print_backtest(report)


def run_backtest(
    candidates: Candidates,
    first: date,
    last: date,
    settings: Settings,
    show: Show,
    write: Write = lambda rows: None,
) -> Forecasts:
    """Forecast every slate from `first` to `last`; raise InvalidInput if there is none."""
    if not len(candidates.between(first, last + timedelta(days=1))):
        raise InvalidInput(f"--from {first} --to {last}: the files of --logs hold no slate of these days")
    policy = RecommendationPolicy(settings.edge_percent / 100, settings.min_quality_score)
    days = [*warm_up_days(candidates, first)[:-1], *month_days(first, last)]
    walk = Walk(candidates, partial(assemble, created_at=datetime.now(UTC)))
    collector = Collector(NAMES)
    for stage in walk.stages(days, partial(show, "fits and forecasts")):
        if stage.first < first:
            continue
        for run in run_stage(stage, NAMES, policy):
            collector.add(run)
            write(_with_points(run))
    return collector.forecasts()


@contextmanager
def _rows_to(path: Path | None) -> Iterator[Write]:
    with ExitStack() as stack:
        columns = (*COLUMNS, "actual_points")
        writer = None if path is None else stack.enter_context(open_table(path, columns))
        yield (lambda rows: None) if writer is None else writer.writerows


def _with_points(run: SlateRun) -> list[Row]:
    """Return the rows of a slate with what each player scored; empty for one who did not play."""
    players = [row["player_lookup"] for row in run.candidates.rows]
    points = dict(zip(players, run.candidates.points.tolist(), strict=True))
    return [
        row | {"outcome": "predicted", "actual_points": _known(points[row["player_lookup"]])}
        for row in run.rows
    ]


def _known(points: float) -> float | None:
    return points if points == points else None
