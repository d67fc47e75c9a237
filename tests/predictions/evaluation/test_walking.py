"""Walking forward: nothing of a stage's own slates or of later ones is known to its model."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_slates import FIRST, FIRST_FIT, LEAST, PLAYERS, SLATES, WARM_UP, few_games_suffice

from predictions.evaluation.assembling import assemble
from predictions.evaluation.candidates import Candidates
from predictions.evaluation.walking import Walk, month_days, warm_up_days
from predictions.model_store import card_hash
from predictions.systems.model import Model
from predictions.systems.registry import NAMES, resolve

NOW = datetime(2025, 6, 1, tzinfo=UTC)
DAYS = [FIRST, FIRST + timedelta(days=50), FIRST + timedelta(days=80), FIRST + timedelta(days=100)]
END = FIRST + timedelta(days=2 * SLATES)
ASSEMBLE = partial(assemble, created_at=NOW)

pytestmark = pytest.mark.usefixtures("few_suffice")


def walk(candidates: Candidates) -> list[tuple[date, Model | None, Candidates]]:
    """Return every stage, and behind the last the model of all."""
    way = Walk(candidates, ASSEMBLE)
    stages = [(stage.first, stage.model, stage.candidates) for stage in way.stages(DAYS)]
    last = candidates.between(DAYS[-1], END)
    return [*stages, (DAYS[-1], way.model(DAYS[-1]), last)]


@pytest.fixture(scope="module")
def walked(season):
    with pytest.MonkeyPatch.context() as patch:
        few_games_suffice(patch)
        return walk(season)


def said_by(model: Model, candidates: Candidates) -> list[list[list[float]]]:
    """Return the medians and P(over) of every system."""
    found = [system.forecast(candidates.table) for system in resolve(NAMES, model)]
    return [[f.quantile(0.5).tolist(), np.nan_to_num(f.p_over(candidates.lines)).tolist()] for f in found]


def test_until_enough_was_forecast_there_is_no_model(season, walked):
    models = [model for _, model, _ in walked]

    assert [model is not None for model in models] == [False, False, True, True]
    seen = int((season.has_played & (season.dates < np.datetime64(DAYS[2]))).sum())
    assert (models[2].card.rows, models[2].card.trained_from) == (seen, FIRST)
    assert models[2].card.trained_to < DAYS[2]


def test_the_stages_hold_every_candidate_once(season, walked):
    dates = np.concatenate([candidates.dates for _, _, candidates in walked])

    assert dates.tolist() == season.dates.tolist()
    for first, _, candidates in walked:
        assert candidates.dates.min() >= np.datetime64(first)


def _zero(points: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(points), np.nan, 0.0)


def _more(points: np.ndarray) -> np.ndarray:
    return points * 3.0 + 20.0


def _nobody(points: np.ndarray) -> np.ndarray:
    return np.full(len(points), np.nan)


def _everybody(points: np.ndarray) -> np.ndarray:
    return np.nan_to_num(points, nan=50.0)


@pytest.mark.parametrize(("stage", "change"), [(2, _more), (2, _nobody), (3, _zero), (3, _everybody)])
def test_what_happened_from_a_stage_on_changes_nothing_of_its_model(
    stage: int, change: Callable[[np.ndarray], np.ndarray], season: Candidates, walked
):
    first, expected, ahead = walked[stage]
    later = season.dates >= np.datetime64(first)
    changed = replace(season, points=np.where(later, change(season.points), season.points))

    _, model, candidates = walk(changed)[stage]

    assert card_hash(model.card) == card_hash(expected.card)
    assert said_by(model, candidates) == said_by(expected, ahead)


def test_slates_from_a_stage_on_need_not_be_there_for_its_model(season, walked):
    first, expected, ahead = walked[2]

    way = Walk(season.before(first), ASSEMBLE)
    for _ in way.stages(DAYS[:3]):
        pass
    model = way.model(first)

    assert said_by(model, ahead) == said_by(expected, ahead)


def test_what_happened_before_does_change_a_model(season, walked):
    first, expected, ahead = walked[2]
    earlier = season.dates < np.datetime64(first)
    changed = replace(season, points=np.where(earlier, season.points + 5.0, season.points))

    _, model, _ = walk(changed)[2]

    assert said_by(model, ahead) != said_by(expected, ahead)


def test_the_same_candidates_give_the_same_models(season, walked):
    again = walk(season)

    assert [model and card_hash(model.card) for _, model, _ in again] == [
        model and card_hash(model.card) for _, model, _ in walked
    ]


def test_somebody_who_did_not_play_teaches_nothing(season, walked):
    first, expected, ahead = walked[2]
    only_played = season.select(season.has_played | (season.dates >= np.datetime64(first)))

    _, model, _ = walk(only_played)[2]

    assert said_by(model, ahead) == said_by(expected, ahead)


def test_too_few_games_are_fitted_to_by_nobody(season, monkeypatch):
    few_games_suffice(monkeypatch, first_fit=10_000)

    stages = walk(season)

    assert [model for _, model, _ in stages] == [None] * 4


def test_it_tells_how_far_it_is(season):
    told: list[tuple[int, int]] = []

    for _ in Walk(season, ASSEMBLE).stages(DAYS[:3], lambda done, total: told.append((done, total))):
        pass

    assert told == [(0, 2), (1, 2), (2, 2)]


# ---------------------------------------------------------------- on which days


@given(first=st.dates(date(2020, 1, 1), date(2026, 1, 1)), length=st.integers(0, 500))
def test_months_cover_a_range_without_gap_or_overlap(first, length):
    last = first + timedelta(days=length)

    days = month_days(first, last)

    assert (days[0], days[-1]) == (first, last + timedelta(days=1))
    assert days == sorted(set(days))
    assert all(day.day == 1 for day in days[1:-1])
    firsts = {first + timedelta(days=n) for n in range(1, length + 1)}
    assert set(days[1:-1]) == {day for day in firsts if day.day == 1} - {first, last + timedelta(days=1)}


def test_a_range_that_ends_with_a_month_has_no_empty_stage():
    assert month_days(date(2025, 1, 30), date(2025, 2, 28)) == [
        *(date(2025, 1, 30), date(2025, 2, 1)),
        date(2025, 3, 1),
    ]


@settings(max_examples=60, deadline=None)
@given(until=st.integers(0, 2 * SLATES + 10))
def test_warm_up_days_are_slates_with_enough_games_before_them(season, until):
    end = FIRST + timedelta(days=until)
    played = season.select(season.has_played).before(end)

    days = warm_up_days(season, end)

    starts = days[:-1]
    slates = np.unique(played.dates).tolist()
    enough = [day for day in slates if len(played.before(day)) >= FIRST_FIT]
    assert days[-1] == end
    assert starts == enough[::WARM_UP]


def test_games_of_players_who_sat_out_do_not_count_for_the_warm_up(season):
    days = warm_up_days(season, END)

    seen = season.before(days[0])
    assert FIRST_FIT <= int(seen.has_played.sum()) < FIRST_FIT + PLAYERS
    assert int(seen.has_played.sum()) + LEAST < len(season)
