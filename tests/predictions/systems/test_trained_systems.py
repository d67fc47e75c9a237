"""The systems that read a trained model, and those that combine them."""

from typing import Any

import numpy as np
import pytest
from tiny_model import CALIBRATED, made_up_games, tiny_model

from predictions.systems.base import FeatureTable, required_features
from predictions.systems.calibration import Calibration
from predictions.systems.ensemble_v2 import EnsembleV2
from predictions.systems.explanation import Explanation, add_up
from predictions.systems.forest import Forest
from predictions.systems.line_blend_v1 import LineBlendV1
from predictions.systems.model import Model
from predictions.systems.moving_average_v1 import MovingAverageV1
from predictions.systems.once import OncePerTable
from predictions.systems.registry import NAMES, UnknownSystem, needs_model, resolve
from predictions.systems.similar_games import BASE, SIMILAR, SimilarGames, base_points
from predictions.systems.trees import TreesMedianV1
from shared.config import Settings
from shared.features import FEATURE_NAMES

LINES = np.array([12.5, np.nan, 20.0, np.nan])


@pytest.fixture(scope="module")
def model() -> Model:
    return tiny_model()


@pytest.fixture
def table() -> FeatureTable:
    """Four players, two of them with a line."""
    games, _ = made_up_games(games=4, seed=2)
    return FeatureTable(games.names, games.matrix, LINES)


def system(name: str, model: Model) -> Any:
    return resolve((name,), model)[0]


# ---------------------------------------------------------------- trees


def test_trees_score_by_the_mean_of_their_boosters(model: Model, table: FeatureTable) -> None:
    scores = system("trees_median_v1", model).scores(table)

    assert scores == pytest.approx(np.mean([b.predict(table.matrix) for b in model.medians], axis=0))


def test_trees_take_their_features_by_name(model: Model, table: FeatureTable) -> None:
    turned = FeatureTable(table.names[::-1], table.matrix[:, ::-1])

    trees = system("trees_mean_v1", model)

    assert trees.scores(turned).tolist() == trees.scores(table).tolist()


@pytest.mark.parametrize("name", ["trees_median_v1", "trees_mean_v1"])
def test_what_moved_a_trees_score_adds_up_to_what_it_differs_from_the_mean(
    name: str, model: Model, table: FeatureTable
) -> None:
    trees = system(name, model)

    moves = trees.explain(table)

    usual = trees.scores(table) - moves.points.sum(axis=1)
    assert moves.names == FEATURE_NAMES
    assert usual == pytest.approx(np.full(4, usual[0]), abs=1e-4)
    assert 5 < usual[0] < 20


def test_the_moves_are_near_what_lightgbm_s_shapley_values_say(model: Model) -> None:
    table, _ = made_up_games(games=200, seed=3)

    moves = system("trees_median_v1", model).explain(table).points

    shapley = np.mean([b.predict(table.matrix, pred_contrib=True)[:, :-1] for b in model.medians], axis=0)
    assert np.corrcoef(moves.ravel(), shapley.ravel())[0, 1] > 0.97


def test_a_split_moves_a_score_by_the_difference_of_the_means_on_either_side() -> None:
    low, high = (
        {"leaf_index": i, "leaf_value": v, "leaf_count": n} for i, v, n in ((0, 4.0, 30), (2, 8.0, 10))
    )
    left = {"split_feature": 1, "left_child": low, "right_child": high}
    right = {"leaf_index": 1, "leaf_value": 20.0, "leaf_count": 60}
    tree = {"num_leaves": 3, "tree_structure": {"split_feature": 0, "left_child": left, "right_child": right}}
    lonely = {"num_leaves": 1, "tree_structure": {"leaf_value": 2.0}}

    class Stump:
        def predict(self, data: Any, **wishes: Any) -> Any:
            return np.array([[2, 0], [1, 0]])

        def dump_model(self) -> Any:
            return {"tree_info": [tree, lonely]}

    rows = FeatureTable(("points_ewm_8", "minutes_last"), np.zeros((2, 2)))
    moves = Forest([Stump()], rows.names).explain(rows)  # type: ignore[list-item]

    below = (4.0 * 30 + 8.0 * 10) / 40
    mean = 0.4 * below + 0.6 * 20.0
    assert moves.points == pytest.approx(np.array([[below - mean, 8.0 - below], [20.0 - mean, 0.0]]))


# ---------------------------------------------------------------- similar games


@pytest.fixture
def past() -> tuple[FeatureTable, np.ndarray[Any, Any]]:
    return made_up_games(games=700, seed=4)


def test_the_correction_is_the_median_of_the_nearest_games(past: Any) -> None:
    table, points = past
    games = SimilarGames.of(table, points)
    ahead, _ = made_up_games(games=3, seed=5)

    found = games.correct(ahead)

    weights = np.array(list(SIMILAR.values()))
    known, wanted = (
        (part.columns(tuple(SIMILAR)) - games.mean) / games.sd * weights for part in (table, ahead)
    )
    errors = points - base_points(table)
    for player, correction in zip(wanted, found.tolist(), strict=True):
        nearest = np.argsort(((known - player) ** 2).sum(axis=1))[:300]
        assert correction == pytest.approx(np.median(errors[nearest]), abs=0.2)


def test_only_the_last_games_are_kept_and_all_of_them_make_the_scale(past: Any) -> None:
    table, points = past

    games = SimilarGames.of(table, points, most=100)

    assert (len(games.matrix), games.matrix.dtype) == (100, np.float16)
    assert games.mean == pytest.approx(table.columns(tuple(SIMILAR)).mean(axis=0))
    assert games.corrections == pytest.approx((points - base_points(table))[-100:], abs=0.02)


def test_more_players_than_a_block_get_what_each_would_get_alone(past: Any) -> None:
    games = SimilarGames.of(*past, most=50)
    many, _ = made_up_games(games=600, seed=6)

    together = games.correct(many)

    alone = [games.correct(FeatureTable(many.names, many.matrix[i : i + 1]))[0] for i in (0, 511, 512, 599)]
    assert together[[0, 511, 512, 599]] == pytest.approx(alone, abs=0.01)


def test_nobody_has_no_correction(past: Any) -> None:
    games = SimilarGames.of(*past, most=50)

    assert games.correct(FeatureTable(FEATURE_NAMES, np.zeros((0, len(FEATURE_NAMES))))).shape == (0,)


def test_similarity_explains_its_base_and_its_correction(model: Model, table: FeatureTable) -> None:
    similarity = system("similarity_v1", model)

    moves = similarity.explain(table)

    assert moves.names == (*BASE, "similar_games")
    assert moves.points[:, -1] == pytest.approx(similarity.scores(table) - base_points(table))


@pytest.mark.parametrize(
    ("part", "value"),
    [
        pytest.param("matrix", np.zeros((5, 2), np.float16), id="features of other systems"),
        pytest.param("matrix", np.zeros((0, len(SIMILAR)), np.float16), id="no games"),
        pytest.param("corrections", np.zeros(3, np.float16), id="a correction too few"),
        pytest.param("corrections", np.full(5, np.nan, np.float16), id="a correction that is no number"),
        pytest.param("sd", np.zeros(2), id="a scale of others"),
    ],
)
def test_games_that_do_not_fit_together_are_refused(part: str, value: Any) -> None:
    width = len(SIMILAR)
    parts: dict[str, Any] = {
        "matrix": np.zeros((5, width), np.float16),
        "corrections": np.zeros(5 if part != "matrix" else len(value), np.float16),
        "mean": np.zeros(width),
        "sd": np.ones(width),
    }

    with pytest.raises(ValueError, match="similar games"):
        SimilarGames(**parts | {part: value})


# ---------------------------------------------------------------- combinations


def test_the_ensemble_is_the_weighted_mean_of_its_members_medians(model: Model, table: FeatureTable) -> None:
    ensemble = system("ensemble_v2", model)

    medians = {name: system(name, model).forecast(table).quantile(0.5) for name in model.weights}
    expected = sum(weight * medians[name] for name, weight in model.weights.items())
    assert ensemble.scores(table) == pytest.approx(expected)
    calibrated = model.calibrations["ensemble_v2"].around(ensemble.scores(table))
    assert ensemble.forecast(table).mean == pytest.approx(calibrated.mean)


def test_weights_need_not_add_up_to_one(model: Model, table: FeatureTable) -> None:
    average, rate = resolve(("moving_average_v1", "minutes_rate_v1"))

    found = [
        EnsembleV2({average: weight, rate: 3 * weight}, model.calibrations["ensemble_v2"]).scores(table)
        for weight in (0.25, 2.0)
    ]

    assert found[0] == pytest.approx(found[1])


def test_the_ensemble_is_explained_by_the_weighted_moves_of_its_members(
    model: Model, table: FeatureTable
) -> None:
    parts = [(w, system(name, model).explain(table)) for name, w in model.weights.items() if w]

    found = system("ensemble_v2", model).explain(table)

    expected = add_up(parts)
    assert found.names == expected.names
    assert found.points == pytest.approx(expected.points)


def test_a_member_without_weight_is_not_computed(model: Model, table: FeatureTable) -> None:
    ensemble = system("ensemble_v2", model)

    read = set(ensemble.requires)

    assert read >= set(SIMILAR) | {"minutes_avg_10"}
    assert model.weights["moving_average_v1"] == 0
    assert "similar_games" in ensemble.explain(table).names


@pytest.fixture
def blend(model: Model) -> tuple[LineBlendV1, EnsembleV2]:
    ensemble, blend = resolve(("ensemble_v2", "line_blend_v1"), model)
    assert isinstance(ensemble, EnsembleV2)
    assert isinstance(blend, LineBlendV1)
    return blend, ensemble


def test_the_blend_goes_a_share_of_the_way_from_the_line_to_the_ensemble(
    blend: tuple[LineBlendV1, EnsembleV2], model: Model, table: FeatureTable
) -> None:
    line, ensemble = blend

    scores, other = line.scores(table), ensemble.scores(table)

    assert scores[[0, 2]] == pytest.approx(LINES[[0, 2]] + 0.25 * (other[[0, 2]] - LINES[[0, 2]]))
    calibrated = model.calibrations["line_blend_v1"].around(scores[[0, 2]])
    assert line.forecast(table).mean[[0, 2]] == pytest.approx(calibrated.mean)


def test_a_player_without_a_line_is_forecast_by_the_ensemble(
    blend: tuple[LineBlendV1, EnsembleV2], table: FeatureTable
) -> None:
    line, ensemble = (part.forecast(table) for part in blend)
    offered = np.full(4, 15.0)

    assert line.mean[[1, 3]].tolist() == ensemble.mean[[1, 3]].tolist()
    assert line.quantile(0.9)[[1, 3]].tolist() == ensemble.quantile(0.9)[[1, 3]].tolist()
    for one, other in (
        (line.p_over, ensemble.p_over),
        (line.p_under, ensemble.p_under),
        (line.p_push, ensemble.p_push),
    ):
        assert one(offered)[[1, 3]].tolist() == other(offered)[[1, 3]].tolist()


def test_no_blend_is_below_the_lowest_line(model: Model) -> None:
    games, _ = made_up_games(games=1, seed=2)
    low = FeatureTable(games.names, games.matrix, np.array([-40.0]))

    assert system("line_blend_v1", model).scores(low).tolist() == [0.5]


def test_the_blend_is_explained_by_the_ensemble_and_the_line(
    blend: tuple[LineBlendV1, EnsembleV2], table: FeatureTable
) -> None:
    line, ensemble = blend

    moves = line.explain(table)

    assert moves.names == (*ensemble.explain(table).names, "line")
    assert moves.points[:, -1] == pytest.approx(line.scores(table) - ensemble.scores(table))
    assert moves.points[[1, 3], -1].tolist() == [0.0, 0.0]


# ---------------------------------------------------------------- the registry


def test_every_registered_system_goes_by_its_own_name_and_reads_contract_features(model: Model) -> None:
    systems = resolve(NAMES, model)

    assert [system.system_id for system in systems] == list(NAMES)
    assert set(required_features(systems)) <= set(FEATURE_NAMES)


def test_only_the_blend_reads_the_line(model: Model) -> None:
    assert [system.system_id for system in resolve(NAMES, model) if system.uses_line] == ["line_blend_v1"]


def test_every_system_explains_every_player(model: Model, table: FeatureTable) -> None:
    for one in resolve(NAMES, model):
        assert len(one.explain(table).points) == 4
        assert np.isfinite(one.explain(table).points).all()


def test_many_players_get_what_each_would_get_alone(model: Model, table: FeatureTable) -> None:
    for one in resolve(NAMES, model):
        alone = [
            one.forecast(FeatureTable(table.names, table.matrix[i : i + 1], LINES[i : i + 1]))
            for i in range(4)
        ]

        assert one.forecast(table).mean == pytest.approx([part.mean[0] for part in alone], abs=0.02)


def test_the_systems_that_run_by_default_exist(model: Model) -> None:
    names = Settings().systems

    assert [system.system_id for system in resolve(names, model)] == list(names)


@pytest.mark.parametrize("name", CALIBRATED)
def test_a_trained_system_without_a_model_says_so(name: str) -> None:
    with pytest.raises(UnknownSystem, match=f"{name} needs a trained model, and there is none"):
        resolve(("moving_average_v1", name))


def test_a_system_that_the_model_was_not_trained_for_says_so(model: Model) -> None:
    card = model.card.model_copy(update={"calibrations": {}})

    with pytest.raises(UnknownSystem, match="similarity_v1 is not in the trained model"):
        resolve(("similarity_v1",), Model(card, model.medians, model.means, model.similar))


@pytest.mark.parametrize("member", ["magic_v9", "ensemble_v2", "line_blend_v1"])
def test_an_ensemble_of_what_is_no_member_is_refused(member: str, model: Model) -> None:
    card = model.card.model_copy(update={"weights": {member: 1.0}})

    with pytest.raises(UnknownSystem, match=member):
        resolve(("ensemble_v2",), Model(card, model.medians, model.means, model.similar))


@pytest.mark.parametrize(
    ("names", "needed"),
    [
        pytest.param(("moving_average_v1", "minutes_rate_v1", "ensemble_v1"), False, id="formulas"),
        pytest.param(("moving_average_v1", "similarity_v1"), True, id="a trained one"),
        pytest.param(("ensemble_v2",), True, id="a combination of trained ones"),
        pytest.param(("magic_v9",), False, id="one that nobody knows"),
    ],
)
def test_the_model_is_needed_by_the_trained_systems(names: tuple[str, ...], needed: bool) -> None:
    assert needs_model(names) is needed


def test_the_old_ensemble_combines_its_own_two_whatever_else_is_asked_for(
    model: Model, table: FeatureTable
) -> None:
    two = ("moving_average_v1", "minutes_rate_v1")

    among_many = resolve((*two, "trees_mean_v1", "ensemble_v1"), model)[3].forecast(table)

    assert among_many.mean.tolist() == resolve((*two, "ensemble_v1"))[2].forecast(table).mean.tolist()


# ---------------------------------------------------------------- once a table


class CountedTrees(TreesMedianV1):
    """Counts how often its boosters are asked."""

    def __init__(self, forest: Forest, calibration: Calibration) -> None:
        super().__init__(forest, calibration)
        self.asked = 0

    def compute_scores(self, table: FeatureTable) -> Any:
        self.asked += 1
        return super().compute_scores(table)


def test_a_member_that_is_asked_for_itself_too_is_computed_once_a_table(
    model: Model, table: FeatureTable
) -> None:
    trees = CountedTrees(model.median_forest, model.calibrations["trees_median_v1"])
    ensemble = EnsembleV2({trees: 1.0, MovingAverageV1(): 1.0}, model.calibrations["ensemble_v2"])
    blend = LineBlendV1(ensemble, 0.25, model.calibrations["line_blend_v1"])

    for one in (blend, ensemble, trees):
        one.forecast(table)

    assert trees.asked == 1
    trees.forecast(FeatureTable(table.names, table.matrix))
    assert trees.asked == 2


def test_the_registry_gives_an_ensemble_the_very_systems_that_are_asked_for(
    model: Model, table: FeatureTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[FeatureTable] = []
    correct = SimilarGames.correct
    monkeypatch.setattr(SimilarGames, "correct", lambda self, t: asked.append(t) or correct(self, t))

    for one in resolve(NAMES, model):
        one.forecast(table)
        one.explain(table)

    assert asked == [table]


def test_a_result_is_forgotten_with_its_table(table: FeatureTable) -> None:
    computed: list[int] = []
    once = OncePerTable(lambda asked: computed.append(len(asked.matrix)) or 7)

    assert [once(table), once(table)] == [7, 7]
    again = FeatureTable(table.names, table.matrix)
    once(again)
    del again

    assert computed == [4, 4]
    assert len(once._results) == 1


# ---------------------------------------------------------------- explanations


def test_explanations_are_added_up_by_name() -> None:
    one = Explanation(("a", "b"), np.array([[1.0, 2.0]]))
    other = Explanation(("b", "c"), np.array([[10.0, 20.0]]))

    found = add_up([(0.5, one), (2.0, other)])

    assert found.names == ("a", "b", "c")
    assert found.points.tolist() == [[0.5, 21.0, 40.0]]


def test_an_explanation_has_points_for_every_name() -> None:
    with pytest.raises(ValueError, match="must be"):
        Explanation(("a", "b"), np.zeros((3, 1)))
