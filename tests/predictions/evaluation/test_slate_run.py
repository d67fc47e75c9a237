"""A past slate goes through the worker's own code, and loses nobody on the way."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from made_up_slates import FIRST, PLAYERS, made_up_slates
from tiny_model import tiny_model

from predictions.evaluation import slate_run
from predictions.evaluation.betting import expected_gains
from predictions.evaluation.candidates import Candidates
from predictions.evaluation.forecasts import Collector, Forecasts
from predictions.evaluation.slate_run import SlateRun, run_stage
from predictions.evaluation.walking import Stage
from predictions.systems.model import Model
from predictions.systems.recommendation import RecommendationPolicy
from predictions.systems.registry import FORMULAS, NAMES
from shared.features import FEATURE_NAMES

POLICY = RecommendationPolicy(edge=0.03, min_quality=50.0)
WITHOUT_MODEL = (*FORMULAS, "ensemble_v1")


@pytest.fixture(scope="module")
def model() -> Model:
    return tiny_model()


@pytest.fixture(scope="module")
def slates() -> Candidates:
    return made_up_slates(slates=8)


@pytest.fixture(scope="module")
def runs(slates: Candidates, model: Model) -> list[SlateRun]:
    return list(run_stage(Stage(FIRST, model, slates), NAMES, POLICY))


def forecast(runs: list[SlateRun]) -> Forecasts:
    collector = Collector(NAMES)
    for run in runs:
        collector.add(run)
    return collector.forecasts()


def keys(runs: list[SlateRun]) -> list[tuple[date, str, str]]:
    return [(row["game_date"], row["system_id"], row["player_lookup"]) for run in runs for row in run.rows]


def test_everybody_of_every_slate_is_forecast_by_every_system_once(slates, runs):
    expected = {(row["game_date"], name, row["player_lookup"]) for row in slates.rows for name in NAMES}

    assert len(runs) == 8
    assert set(keys(runs)) == expected
    assert len(keys(runs)) == len(expected)


def test_somebody_of_few_minutes_is_forecast_too(slates, model):
    minutes = [FEATURE_NAMES.index(name) for name in ("minutes_avg_5", "minutes_avg_10", "minutes_last")]
    matrix = slates.table.matrix.copy()
    matrix[:, minutes] = 0.0
    idle = replace(slates, table=replace(slates.table, matrix=matrix))

    runs = list(run_stage(Stage(FIRST, model, idle), NAMES, POLICY))

    assert sum(len(run.candidates) for run in runs) == len(slates)


def test_a_row_says_what_the_system_said_and_of_whom(runs):
    for run in runs:
        for name, points in run.by_system.items():
            rows = [row for row in run.rows if row["system_id"] == name]
            assert [row["p50"] for row in rows] == points.quantile(0.5).tolist()
            assert [row["mean"] for row in rows] == points.mean.tolist()
            assert [row["line"] for row in rows] == [row["line"] for row in run.candidates.rows]
            assert [row["player_id"] for row in rows] == [row["player_id"] for row in run.candidates.rows]


def test_a_side_is_recommended_where_its_expected_gain_reaches_the_edge_and_the_quality_suffices(runs):
    found = forecast(runs)
    sound = np.array([row["quality_score"] >= POLICY.min_quality for row in found.candidates.rows])

    for columns in found.by_system.values():
        gains, is_over = expected_gains(found, columns)
        expected = np.where(sound & (gains >= POLICY.edge), np.where(is_over, 1.0, -1.0), 0.0)
        assert columns.side.tolist() == expected.tolist()
        assert {-1.0, 0.0, 1.0} == set(expected.tolist())


def test_without_a_line_there_is_no_bet_and_no_probability(runs):
    found = forecast(runs)
    bare = np.isnan(found.candidates.lines)

    assert bare.any()
    for columns in found.by_system.values():
        assert np.isnan(columns.p_over[bare]).all()
        assert not columns.side[bare].any()
        assert columns.said.all()


def test_what_happened_that_day_changes_no_row(slates, runs, model):
    blind = replace(slates, points=np.full(len(slates), np.nan))

    again = list(run_stage(Stage(FIRST, model, blind), NAMES, POLICY))

    assert [row for run in again for row in run.rows] == [row for run in runs for row in run.rows]


@pytest.mark.parametrize("most", [7, PLAYERS - 1, PLAYERS])
def test_more_players_than_a_request_holds_are_cut_into_shards_and_nobody_is_lost(
    most: int, slates: Candidates, runs: list[SlateRun], model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slate_run, "MOST_PLAYERS", most)

    cut = list(run_stage(Stage(FIRST, model, slates), NAMES, POLICY))

    assert max(len(run.candidates) for run in cut) == most
    assert sorted(keys(cut)) == sorted(keys(runs))
    whole, shards = forecast(runs), forecast(cut)
    assert [row["player_lookup"] for row in shards.candidates.rows] == [
        row["player_lookup"] for row in whole.candidates.rows
    ]
    for name in NAMES:
        assert shards.by_system[name].mean == pytest.approx(whole.by_system[name].mean, abs=1e-6)


def test_without_a_model_only_formulas_speak(slates):
    runs = list(run_stage(Stage(FIRST, None, slates), NAMES, POLICY))

    found = forecast(runs)
    assert {row["system_id"] for run in runs for row in run.rows} == set(WITHOUT_MODEL)
    assert {name for name, columns in found.by_system.items() if columns.said.all()} == set(WITHOUT_MODEL)
    assert not any(
        columns.said.any() for name, columns in found.by_system.items() if name not in WITHOUT_MODEL
    )


def test_trained_systems_alone_say_nothing_without_a_model(slates):
    runs = list(run_stage(Stage(FIRST, None, slates), ("ensemble_v2",), POLICY))

    assert [(len(run.candidates), run.rows) for run in runs] == [(0, [])] * 8


def test_a_newcomer_is_forecast_by_nobody_and_moves_nobody_else(slates, runs, model):
    matrix = slates.table.matrix.copy()
    matrix[3, FEATURE_NAMES.index("games_played")] = 0.0
    with_newcomer = replace(slates, table=replace(slates.table, matrix=matrix))

    found = forecast(list(run_stage(Stage(FIRST, model, with_newcomer), NAMES, POLICY)))

    others: Any = np.arange(len(slates)) != 3
    assert [row["player_lookup"] for row in found.candidates.rows] == [
        row["player_lookup"] for row, kept in zip(slates.rows, others, strict=True) if kept
    ]
    for name, columns in forecast(runs).by_system.items():
        assert found.by_system[name].mean == pytest.approx(columns.mean[others], abs=1e-6)
