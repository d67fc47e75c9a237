"""The straight line: what it is fitted to, and how it explains itself."""

import numpy as np
import pytest

from predictions.evaluation.fitting import fit_linear
from predictions.systems.base import FeatureTable
from predictions.systems.calibration import Calibration
from predictions.systems.empirical import PROBABILITIES
from predictions.systems.linear_v1 import LinearScore, LinearV1

NAMES = ("points_ewm_8", "minutes_last", "rest_days")
SLOPES = np.array([0.8, 0.25, -1.5])
EXACT = Calibration(1.0, 0.0, (0.0, 1.0), ((0.0,) * len(PROBABILITIES),) * 2)
SCORE = LinearScore(NAMES, 10.0, (1.0, 0.5, 0.0), (12.0, 20.0, 2.0), (0.0, 5.0, 0.0), (30.0, 40.0, 9.0))


def games(count: int, seed: int = 1) -> FeatureTable:
    dice = np.random.default_rng(seed)
    columns = (dice.uniform(2.0, 28.0, count), dice.uniform(10.0, 38.0, count), dice.uniform(0.0, 5.0, count))
    return FeatureTable(NAMES, np.stack(columns, axis=1))


def truth(table: FeatureTable) -> np.ndarray:
    return 3.0 + table.matrix @ SLOPES


def table(*rows: tuple[float, float, float]) -> FeatureTable:
    return FeatureTable(NAMES, np.array(rows))


def scores(score: LinearScore, players: FeatureTable) -> np.ndarray:
    return LinearV1(score, EXACT).scores(players)


def test_a_linear_truth_is_recovered_from_noisy_games():
    seen, ahead = games(60_000), games(500, seed=2)
    noise = np.random.default_rng(3).normal(0.0, 6.0, 60_000)

    score = fit_linear(seen, truth(seen) + noise)

    assert score.slopes == pytest.approx(SLOPES, abs=0.05)
    assert scores(score, ahead) == pytest.approx(np.maximum(truth(ahead), 0.0), abs=0.3)


def test_a_feature_that_is_the_same_for_everybody_counts_for_nothing():
    seen = games(5_000).replace("rest_days", 2.0)

    score = fit_linear(seen, truth(seen))

    assert abs(score.slopes[2]) < 1e-6
    assert scores(score, seen) == pytest.approx(np.maximum(truth(seen), 0.0), abs=0.6)


def test_what_is_rarer_than_one_in_a_thousand_is_taken_for_the_rarest_that_counts():
    seen = games(5_000)
    score = fit_linear(seen, truth(seen))

    found = scores(score, table((26.0, 38.0, 0.0), (26.0, 500.0, 0.0)))

    assert found[1] == pytest.approx(found[0], abs=0.05)


def test_one_wild_game_hardly_moves_the_line():
    seen = games(5_000)
    wild = FeatureTable(NAMES, np.vstack([seen.matrix, [[1e6, 20.0, 1.0]]]))

    score = fit_linear(wild, np.append(truth(seen), 10.0))

    assert score.slopes == pytest.approx(SLOPES, abs=0.1)


def test_the_moves_add_up_to_the_score_less_the_mean():
    players = table((14.0, 30.0, 1.0), (8.0, 12.0, 3.0))

    explained = LinearV1(SCORE, EXACT).explain(players)

    assert explained.names == NAMES
    assert explained.points.tolist() == [[2.0, 5.0, 0.0], [-4.0, -4.0, 0.0]]
    assert scores(SCORE, players).tolist() == [17.0, 2.0]
    assert SCORE.intercept + explained.points.sum(axis=1) == pytest.approx(scores(SCORE, players))


@pytest.mark.parametrize(
    ("row", "score"),
    [
        pytest.param((12.0, 20.0, 2.0), 10.0, id="usual in everything"),
        pytest.param((99.0, 20.0, 2.0), 28.0, id="kept under the highest"),
        pytest.param((12.0, 0.0, 2.0), 2.5, id="kept over the lowest"),
        pytest.param((0.0, 5.0, 2.0), 0.0, id="never under zero"),
    ],
)
def test_a_score_adds_what_every_feature_moves(row, score):
    assert scores(SCORE, table(row)).tolist() == [score]


def test_features_go_by_name():
    players = games(5)
    turned = FeatureTable(NAMES[::-1], players.matrix[:, ::-1])

    assert scores(SCORE, turned).tolist() == scores(SCORE, players).tolist()
    assert LinearV1(SCORE, EXACT).requires == NAMES


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"slopes": (1.0,)}, "3 slopes, means, lows and highs", id="a slope too few"),
        pytest.param({"highs": (1.0,) * 4}, "3 slopes, means, lows and highs", id="an end too many"),
        pytest.param({"intercept": float("nan")}, "must be finite", id="no mean"),
        pytest.param({"means": (1.0, float("inf"), 2.0)}, "must be finite", id="an infinite mean"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(change, reason):
    parts = {name: getattr(SCORE, name) for name in LinearScore.__dataclass_fields__}

    with pytest.raises(ValueError, match=reason):
        LinearScore(**parts | change)
