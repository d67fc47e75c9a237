"""Each system's numbers, worked out by hand, and the registry that finds them."""

import numpy as np
import pytest

from predictions.systems.base import FeatureTable, TooFewSystems
from predictions.systems.distribution import PointsDistribution
from predictions.systems.ensemble_v1 import EnsembleV1, combine
from predictions.systems.minutes_rate_v1 import MinutesRateV1
from predictions.systems.moving_average_v1 import MovingAverageV1
from predictions.systems.registry import UnknownSystem, resolve
from shared.errors import DataContractViolation
from shared.features import BY_NAME

NAMES = ("games_played", "points_ewm_8", "minutes_ewm_3", "minutes_avg_10", "points_per_minute_ewm_15")
VETERAN = [9.0, 16.0, 30.0, 20.0, 0.53]
ALL = ("moving_average_v1", "minutes_rate_v1", "ensemble_v1")


def table(*rows: list[float]) -> FeatureTable:
    return FeatureTable(NAMES, np.array(rows))


def test_the_moving_average_leans_on_one_game_of_six_points() -> None:
    points = MovingAverageV1().forecast(table(VETERAN))

    assert points.mean == pytest.approx([(9 * 16.0 + 6.0) / 10])
    assert points.spread == pytest.approx([(8.8 + 2.5 * 15.0) ** 0.5])


def test_minutes_rate_is_projected_minutes_times_points_a_minute() -> None:
    points = MinutesRateV1().forecast(table(VETERAN))

    assert points.mean == pytest.approx([(0.9 * 30 + 0.1 * 20) * (9 * 0.53 + 0.43) / 10])
    assert points.spread == pytest.approx([(8.8 + 2.5 * 15.08) ** 0.5])


def test_the_ensemble_is_the_weighted_mean_with_the_spread_of_a_mixture() -> None:
    points = resolve(ALL)[2].forecast(table(VETERAN))

    mean = 0.3 * 15.0 + 0.7 * 15.08
    within = 0.3 * (8.8 + 2.5 * 15.0) + 0.7 * (8.8 + 2.5 * 15.08)
    between = 0.3 * (15.0 - mean) ** 2 + 0.7 * (15.08 - mean) ** 2
    assert points.mean == pytest.approx([mean])
    assert points.spread == pytest.approx([(within + between) ** 0.5])


def test_members_who_disagree_widen_the_spread() -> None:
    ten, twenty = (PointsDistribution(np.array([mean]), np.array([5.0])) for mean in (10.0, 20.0))

    apart = combine([ten, twenty], [1.0, 1.0])

    assert apart.mean == pytest.approx([15.0])
    assert apart.spread == pytest.approx([50.0**0.5])


@pytest.mark.parametrize("members", [(), (MovingAverageV1(),)], ids=["nobody", "one alone"])
def test_an_ensemble_of_fewer_than_two_is_no_forecast(members: tuple[MovingAverageV1, ...]) -> None:
    with pytest.raises(TooFewSystems, match="needs 2 systems"):
        EnsembleV1(members).forecast(table(VETERAN))


def test_many_players_get_what_each_would_get_alone() -> None:
    rookie = [1.0, 4.0, 16.0, 16.0, 0.25]

    for system in resolve(ALL):
        together = system.forecast(table(VETERAN, rookie))
        alone = [system.forecast(table(row)) for row in (VETERAN, rookie)]

        assert together.mean == pytest.approx([part.mean[0] for part in alone])
        assert together.spread == pytest.approx([part.spread[0] for part in alone])


@pytest.mark.parametrize("names", [ALL, ALL[::-1]], ids=["members first", "ensemble first"])
def test_systems_come_in_the_order_of_their_names(names: tuple[str, ...]) -> None:
    assert [system.system_id for system in resolve(names)] == list(names)


def test_a_name_given_twice_is_one_system() -> None:
    assert [system.system_id for system in resolve(("minutes_rate_v1",) * 2)] == ["minutes_rate_v1"]


def test_an_unknown_system_is_named() -> None:
    with pytest.raises(UnknownSystem, match="'magic_v9'") as raised:
        resolve(("moving_average_v1", "magic_v9"))

    assert raised.value.name == "magic_v9"


def test_a_simple_system_is_explained_by_its_features_against_their_defaults() -> None:
    usual = [BY_NAME[name].default for name in NAMES]

    explained = MinutesRateV1().explain(table(VETERAN, usual))

    moves = dict(zip(explained.names, explained.points[0].tolist(), strict=True))
    assert explained.names == MinutesRateV1.requires
    assert moves["minutes_avg_10"] == pytest.approx(0.1 * (20.0 - BY_NAME["minutes_avg_10"].default) * 0.52)
    assert moves["points_per_minute_ewm_15"] == pytest.approx(
        29.0 * 0.9 * (0.53 - BY_NAME["points_per_minute_ewm_15"].default)
    )
    assert not explained.points[1].any()


def test_an_ensemble_is_explained_by_what_moved_its_members() -> None:
    average, rate, ensemble = (system.explain(table(VETERAN)) for system in resolve(ALL))

    moves = dict(zip(ensemble.names, ensemble.points[0].tolist(), strict=True))
    assert average.names[1] == rate.names[3] == "games_played"
    assert moves["points_ewm_8"] == pytest.approx(0.3 * average.points[0, 0])
    assert moves["games_played"] == pytest.approx(0.3 * average.points[0, 1] + 0.7 * rate.points[0, 3])


def test_none_of_them_reads_the_line() -> None:
    assert [system.uses_line for system in resolve(ALL)] == [False] * 3


def test_a_feature_that_is_not_there_is_a_contract_violation() -> None:
    with pytest.raises(DataContractViolation, match="points_ewm_8"):
        MovingAverageV1().forecast(FeatureTable(("games_played",), np.array([[3.0]])))
