"""Past slates as they could have been known on their mornings, with everything the pipeline makes of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import numpy as np

from data_processors.precompute.ml_feature_store.guards import GuardPolicy
from data_processors.precompute.ml_feature_store.judging import RunPolicy
from data_processors.precompute.ml_feature_store.quality import QualityPolicy
from data_processors.precompute.ml_feature_store.rows import slate_features
from data_processors.precompute.runs import Run, RunOptions
from local.loading import ROWS_PER_APPEND, SLATES, load_lines, load_logs
from local.slate_builder import RecentGames
from predictions.evaluation.candidates import Candidates
from predictions.systems.base import FeatureTable
from shared.clock import Clock
from shared.errors import InvalidInput
from shared.features import FEATURE_NAMES
from shared.ports import Row, Warehouse
from shared.slate import FIRST_SLATE, LAST_SLATE, morning
from shared.statements import load_statement

FEATURE_DAYS = timedelta(days=30)
"""How many slates' features are computed by one query: all of a season's would not fit into memory."""

Show = Callable[[str, int, int], None]


def load_history(
    warehouse: Warehouse, logs: Sequence[Path], lines: Sequence[Path], last: date, clock: Clock, show: Show
) -> Candidates:
    """Load box scores and lines into an empty store and return the candidates of every slate up to `last`.

    Slates are built from earlier games alone, features computed and judged by the query and the rules of
    Phase 4; whoever is not production ready is left out, as no forecast rests on him. Raises InvalidInput
    for files that cannot be read or hold no games.
    """
    show("box scores", 0, 1)
    load_logs(warehouse, logs, clock)
    show("box scores", 1, 1)
    games = _games(warehouse, last)
    slates = list(_load_slates(warehouse, games, show))
    for path in lines:
        load_lines(warehouse, path, None, clock)
    ready = list(_ready_rows(warehouse, slates, show))
    if not ready:
        raise InvalidInput(f"the files hold no slate up to {last} with a game before it")
    return _candidates(ready, games)


def _games(warehouse: Warehouse, last: date) -> dict[date, list[Row]]:
    """Return the box scores of each date."""
    days = load_statement("local", "game_days")
    games: defaultdict[date, list[Row]] = defaultdict(list)
    for row in warehouse.query(days, first_date=FIRST_SLATE, last_date=min(last, LAST_SLATE)):
        games[row["game_date"]].append(row)
    return games


def _load_slates(warehouse: Warehouse, games: dict[date, list[Row]], show: Show) -> Iterator[date]:
    """Build and store the slate of every date with games, in order of time; yield those with players."""
    past, waiting = RecentGames(), list[Row]()
    for done, (game_date, box_scores) in enumerate(sorted(games.items()), start=1):
        slate = past.slate(box_scores, game_date, morning(game_date))
        past.add(box_scores)
        waiting += slate
        if len(waiting) >= ROWS_PER_APPEND or done == len(games):
            warehouse.append(SLATES, waiting)
            waiting = []
        show("slates", done, len(games))
        if slate:
            yield game_date


def _ready_rows(warehouse: Warehouse, slates: Sequence[date], show: Show) -> Iterator[Row]:
    """Yield the slate's columns, features and quality of everybody who is production ready."""
    done = 0
    while done < len(slates):
        first = slates[done]
        last = max(day for day in slates[done:] if day < first + FEATURE_DAYS)
        dates = {"first_date": first, "last_date": last}
        features = warehouse.query(
            load_statement("data_processors.precompute.ml_feature_store", "features"), **dates
        )
        players = warehouse.query(load_statement("local", "slate_rows"), **dates)
        slate_of = {(row["game_date"], row["player_lookup"]): row for row in players}
        for game_date, raw in groupby(features, key=lambda row: row["game_date"]):
            for row in _judged(game_date, list(raw)):
                if row["is_production_ready"]:
                    yield slate_of[game_date, row["player_lookup"]] | row
        done = sum(day <= last for day in slates)
        show("features", done, len(slates))


def _judged(game_date: date, raw: Sequence[Row]) -> Iterable[Row]:
    run = Run(f"history of {game_date}", morning(game_date), RunOptions(game_date, is_backfill=True))
    return slate_features(
        run, raw, run.started_at, RunPolicy(min_minutes=0.0), QualityPolicy(), GuardPolicy()
    ).rows


def _candidates(ready: Sequence[Row], games: dict[date, list[Row]]) -> Candidates:
    points = {
        (row["game_date"], row["player_lookup"]): row["points"]
        for box_scores in games.values()
        for row in box_scores
        if row["minutes"] > 0
    }
    matrix = np.array([row.pop("features") for row in ready], dtype=np.float64)
    lines = np.array([_or_nan(row["line"]) for row in ready])
    return Candidates(
        rows=ready,
        dates=np.array([row["game_date"] for row in ready], dtype="datetime64[D]"),
        table=FeatureTable(FEATURE_NAMES, matrix, lines),
        points=np.array([points.get((row["game_date"], row["player_lookup"]), np.nan) for row in ready]),
    )


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value
