"""Past slates as their mornings knew them: nothing of a day's own games is in them but the schedule."""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "predictions" / "evaluation"))

from small_league import FIRST, REST, TEAMS, lines, season, write_rows

from local import history
from local.box_scores import read_box_scores
from local.history import load_history
from local.slate_builder import RecentGames, build_slate
from predictions.evaluation.candidates import Candidates
from shared.clock import FakeClock
from shared.errors import InvalidInput
from shared.features import FEATURE_NAMES
from shared.slate import morning
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

NOW = datetime(2025, 6, 1, tzinfo=UTC)
SLATES = 16
LAST = FIRST + (SLATES - 1) * REST
ROUNDING = 2e-6
"""Features have six decimals; queries of other ranges add up in another order."""

Row = dict[str, Any]


def load(
    folder: Path, box_scores: list[Row], *quotes: list[Row], last: date = LAST, show: Any = None
) -> Candidates:
    """Return the candidates of files with these rows."""
    logs = write_rows(folder / "logs.csv", box_scores)
    files = [write_rows(folder / f"lines{n}.csv", rows) for n, rows in enumerate(quotes)]
    clock = FakeClock(NOW)
    store = DuckDBWarehouse(None, clock, threads=1)
    try:
        store.create_schema()
        return load_history(store, [logs], files, last, clock, show or (lambda *how_far: None))
    finally:
        store.close()


@pytest.fixture(scope="module")
def box_scores() -> list[Row]:
    return season(SLATES)


@pytest.fixture(scope="module")
def quotes(box_scores: list[Row]) -> list[Row]:
    return lines(box_scores)


@pytest.fixture(scope="module")
def candidates(
    box_scores: list[Row], quotes: list[Row], tmp_path_factory: pytest.TempPathFactory
) -> Candidates:
    return load(tmp_path_factory.mktemp("history"), box_scores, quotes)


def of(candidates: Candidates) -> list[tuple[date, str]]:
    """Return who is on which slate."""
    return [(row["game_date"], row["player_id"]) for row in candidates.rows]


def test_candidates_stand_in_the_order_of_dates_each_once(candidates):
    assert candidates.dates.tolist() == [day for day, _ in of(candidates)]
    assert of(candidates) == sorted(set(of(candidates)), key=of(candidates).index)
    assert np.array_equal(candidates.dates, np.sort(candidates.dates))
    assert candidates.table.names == FEATURE_NAMES
    assert np.isfinite(candidates.table.matrix).all()


def test_every_date_but_the_first_has_a_slate(candidates):
    teams = {row["team"] for row in candidates.rows if row["game_date"] == LAST}

    assert sorted({day for day, _ in of(candidates)}) == [FIRST + n * REST for n in range(1, SLATES)]
    assert teams == set(TEAMS)


def test_points_are_those_of_whoever_was_on_the_floor(candidates, box_scores):
    played = {(r["game_date"], r["player_id"]): r["points"] for r in box_scores if r["minutes"] > 0}

    expected = [float(played.get(who, np.nan)) for who in of(candidates)]

    assert np.array_equal(candidates.points, expected, equal_nan=True)
    assert 0 < np.isnan(expected).sum() < len(expected) / 5


def _swapped(row: Row) -> Row:
    """Put on the floor who sat out, and the other way round, with other figures."""
    minutes, points = (0.0, 0) if row["minutes"] > 0 else (41.0, 55)
    return row | {"minutes": minutes, "points": points}


def _hotter(row: Row) -> Row:
    """Let everybody who played make two more threes in less time."""
    more = {"points": 6, "fgm": 2, "fga": 2, "fg3m": 2, "fg3a": 2, "plus_minus": 5, "minutes": -0.5}
    return row | {name: row[name] + by for name, by in more.items()} if row["minutes"] > 0 else row


@pytest.mark.parametrize("change", [_swapped, _hotter])
def test_what_happened_on_the_last_date_is_nowhere_but_in_the_points(
    change: Any, candidates: Candidates, box_scores: list[Row], quotes: list[Row], tmp_path: Path
) -> None:
    changed = [change(row) if row["game_date"] == LAST else row for row in box_scores]

    found = load(tmp_path, changed, quotes)

    earlier = candidates.dates < np.datetime64(LAST)
    assert found.rows == candidates.rows
    assert np.array_equal(found.table.matrix, candidates.table.matrix)
    assert np.array_equal(found.lines, candidates.lines, equal_nan=True)
    assert np.array_equal(found.points[earlier], candidates.points[earlier], equal_nan=True)
    assert not np.array_equal(found.points[~earlier], candidates.points[~earlier], equal_nan=True)


def test_what_happened_the_date_before_is_in_the_features(candidates, box_scores, quotes, tmp_path):
    day = LAST - REST

    found = load(tmp_path, [_hotter(r) if r["game_date"] == day else r for r in box_scores], quotes)

    until = candidates.dates <= np.datetime64(day)
    assert of(found) == of(candidates)
    assert np.array_equal(found.table.matrix[until], candidates.table.matrix[until])
    assert not np.array_equal(found.table.matrix[~until], candidates.table.matrix[~until])


def test_games_after_the_last_slate_asked_for_change_nothing(candidates, box_scores, quotes, tmp_path):
    middle = FIRST + 10 * REST

    found = load(tmp_path, box_scores, quotes, last=middle)

    expected = candidates.before(middle + timedelta(days=1))
    assert of(found) == of(expected)
    assert found.table.matrix == pytest.approx(expected.table.matrix, abs=ROUNDING)
    assert np.array_equal(found.points, expected.points, equal_nan=True)


def test_queries_of_a_few_dates_find_the_same_as_one_of_a_month(
    candidates, box_scores, quotes, tmp_path, monkeypatch
):
    monkeypatch.setattr(history, "FEATURE_DAYS", timedelta(days=5))

    found = load(tmp_path, box_scores, quotes)

    assert of(found) == of(candidates)
    assert found.table.matrix == pytest.approx(candidates.table.matrix, abs=ROUNDING)


# ---------------------------------------------------------------- lines


def test_lines_and_their_odds_are_on_the_slate(candidates, quotes):
    offered = {(quote["game_date"], quote["player_id"]): quote for quote in quotes}

    for row, line in zip(candidates.rows, candidates.lines.tolist(), strict=True):
        quote = offered.get((row["game_date"], row["player_id"]))
        if quote is None:
            assert (row["line"], row["over_odds"], row["under_odds"]) == (None, None, None)
            assert line != line
        else:
            assert row["line"] == line == quote["line"]
            assert row["over_odds"] == quote["over_odds_best"]
            assert row["under_odds"] == quote["under_odds_best"]


def test_lines_are_no_feature(candidates, box_scores, tmp_path):
    found = load(tmp_path, box_scores)

    assert np.isnan(found.lines).all()
    assert np.array_equal(found.table.matrix, candidates.table.matrix)


def test_lines_may_come_in_several_files(candidates, box_scores, quotes, tmp_path):
    half = FIRST + 10 * REST
    early, late = ([q for q in quotes if (q["game_date"] < half) is is_early] for is_early in (True, False))

    found = load(tmp_path, box_scores, late, early)

    assert np.array_equal(found.lines, candidates.lines, equal_nan=True)


def test_a_line_of_somebody_unknown_puts_nobody_among_the_candidates(
    candidates, box_scores, quotes, tmp_path
):
    stranger = quotes[-1] | {"player_id": "9999", "player_name": "New Comer"}

    found = load(tmp_path, box_scores, [*quotes, stranger])

    assert of(found) == of(candidates)


# ---------------------------------------------------------------- slates, one after the other


def test_a_slate_built_on_the_way_is_the_one_built_from_all_box_scores(box_scores, tmp_path):
    rows = read_box_scores(write_rows(tmp_path / "logs.csv", box_scores), NOW)
    past = RecentGames()

    for number in range(SLATES):
        day = FIRST + number * REST
        games = [row for row in rows if row["game_date"] == day]
        on_the_way = past.slate(games, day, morning(day))
        past.add(games)
        assert on_the_way == build_slate(rows, day, morning(day))
        assert bool(on_the_way) == (number > 0)


def test_a_team_that_plays_daily_is_remembered_for_as_long_as_counts():
    def box_score(player, day):
        return {
            "game_date": day,
            "game_id": f"{day}",
            "team": "BOS",
            "opponent": "NYK",
            "is_home": True,
            "minutes": 20.0,
        } | dict.fromkeys(("player_lookup", "player_id", "player_name"), player)

    rows = [box_score(f"man{number:02d}", FIRST + timedelta(days=number)) for number in range(60)]
    past = RecentGames()
    for row in rows:
        past.add([row])

    day = FIRST + timedelta(days=60)
    found = past.slate([box_score("anybody", day)], day, NOW)

    assert [row["player_lookup"] for row in found] == [f"man{number:02d}" for number in range(45, 60)]


# ---------------------------------------------------------------- the edges


def test_it_tells_how_far_each_step_is(box_scores, tmp_path):
    told: dict[str, list[tuple[int, int]]] = {}

    load(tmp_path, box_scores, show=lambda step, *at: told.setdefault(step, []).append(at))

    assert list(told) == ["box scores", "slates", "features"]
    for steps in told.values():
        assert steps == sorted(steps)
        assert steps[-1][0] == steps[-1][1]


@pytest.mark.parametrize("last", [FIRST, FIRST - timedelta(days=1)])
def test_files_without_a_slate_are_refused(last, box_scores, tmp_path):
    with pytest.raises(InvalidInput, match=f"no slate up to {last} with a game before it"):
        load(tmp_path, box_scores, last=last)
