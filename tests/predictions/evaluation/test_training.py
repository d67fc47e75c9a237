"""A model for use: fitted to all games of a range, its figures from games later than those fitted to."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from made_up_slates import FIRST, FIRST_FIT, LEAST, SLATES, WARM_UP, few_games_suffice

from predictions.evaluation.assembling import data_hash
from predictions.evaluation.fitting import TRAINED_NAMES
from predictions.evaluation.record import MEMBERS
from predictions.evaluation.training import train_model
from predictions.model_store import card_hash, read_model, write_model
from predictions.systems.model import Model
from predictions.systems.registry import TRAINED, needs_model
from shared.errors import InvalidInput

NOW = datetime(2025, 6, 1, tzinfo=UTC)
LAST = FIRST + timedelta(days=2 * (SLATES - 1))
NEED_A_MODEL = {*TRAINED, "ensemble_v2", "line_blend_v1"}

pytestmark = pytest.mark.usefixtures("few_suffice")


def quiet(step: str, done: int, total: int) -> None:
    """Show nothing."""


@pytest.fixture(scope="module")
def trained(season) -> Model:
    with pytest.MonkeyPatch.context() as patch:
        few_games_suffice(patch)
        return train_model(season, FIRST, LAST, NOW, quiet)


def test_a_card_says_what_the_model_was_fitted_to(season, trained):
    card = trained.card

    assert (card.trained_from, card.trained_to) == (FIRST, LAST)
    assert card.rows == int(season.has_played.sum())
    assert (card.created_at, card.feature_names) == (NOW, TRAINED_NAMES)
    assert card.calibrations.keys() == NEED_A_MODEL
    assert card.weights.keys() == set(MEMBERS)
    assert sum(card.weights.values()) == pytest.approx(1.0)
    assert {"python", "numpy", "lightgbm"} <= card.versions.keys()
    assert all(len(digest) == 64 for digest in (card.code_hash, card.data_hash))


def test_its_figures_are_of_games_that_no_model_had_seen(season, trained):
    metrics = trained.card.metrics

    before = season.before(date.fromisoformat(metrics["from"]))
    later = season.between(date.fromisoformat(metrics["from"]), LAST + timedelta(days=1))
    lines = later.has_played & ~np.isnan(later.lines)
    assert int(before.has_played.sum()) >= FIRST_FIT + LEAST
    assert metrics["to"] == LAST.isoformat()
    assert metrics["systems"].keys() == {name for name in NEED_A_MODEL if needs_model([name])}
    for figures in metrics["systems"].values():
        assert figures["minutes_15"]["n"] == int((later.has_played & later.is_regular).sum())
        assert figures["with_line"]["n"] == int(lines.sum())
        assert 0 < figures["minutes_15"]["mae"] < 10
        assert figures["coverage"].keys() == {"50", "80", "90"}


def test_games_outside_of_the_range_are_not_learned_from(season, trained):
    first, last = FIRST + timedelta(days=10), LAST - timedelta(days=30)

    inside = train_model(season, first, last, NOW, quiet).card

    alone = train_model(season.between(first, last + timedelta(days=1)), first, last, NOW, quiet).card
    assert (inside.trained_from, inside.trained_to) == (first, last)
    assert inside.rows < trained.card.rows
    assert card_hash(inside) == card_hash(alone)


@pytest.mark.parametrize("part", ["points", "lines", "features"])
def test_the_data_hash_is_of_everything_that_is_learned_from(part, season):
    changed = {
        "points": replace(season, points=season.points + 1.0),
        "lines": replace(season, table=replace(season.table, lines=season.lines + 1.0)),
        "features": replace(season, table=season.table.replace("points_last", 9.0)),
    }

    assert data_hash(changed[part]) != data_hash(season)
    assert data_hash(replace(season)) == data_hash(season)


def test_what_was_trained_can_be_written_and_read(trained, tmp_path):
    card = write_model(tmp_path / "model", trained)

    read = read_model(tmp_path / "model", card.model_hash)

    assert read.card == card


def test_training_again_at_another_time_gives_the_same_hash(season, trained):
    again = train_model(season, FIRST, LAST, NOW + timedelta(days=9), quiet)

    assert again.card.created_at != trained.card.created_at
    assert card_hash(again.card) == card_hash(trained.card)


def test_too_few_games_are_refused_with_how_many_it_takes(season):
    last = FIRST + timedelta(days=30)

    with pytest.raises(InvalidInput, match=rf"there are \d+ games from {FIRST} to {last}; .* about 450"):
        train_model(season, FIRST, last, NOW, quiet)


def test_a_range_without_games_is_refused(season):
    with pytest.raises(InvalidInput, match="there are 0 games"):
        train_model(season, date(2030, 1, 1), date(2030, 2, 1), NOW, quiet)


def test_just_enough_games_give_a_model_without_figures(season):
    slates_to_fit = -(-FIRST_FIT // 17)
    last = FIRST + timedelta(days=2 * (slates_to_fit + WARM_UP - 2))

    model = train_model(season, FIRST, last, NOW, quiet)

    assert model.card.metrics == {}
    assert model.card.rows >= FIRST_FIT + LEAST
