"""Every request ends once, with a reason from the closed list."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from predictions.systems.base import FeatureTable
from predictions.systems.distribution import PointsDistribution
from predictions.systems.explanation import Explanation
from predictions.systems.registry import resolve
from predictions.worker.predict import OUTCOMES, PREDICTIONS, PredictShard
from shared.envelope import PushMessage
from shared.features import FEATURE_NAMES
from shared.ids import request_id
from shared.outcomes import OUTCOME_OF, Outcome, Reason

Make = Callable[..., Any]
BY_THE_COORDINATOR = {Reason.NOT_READY, Reason.TRANSIENT, Reason.DELIVERY_EXHAUSTED}


class BrokenSystem:
    """A system that fails, or that forgets somebody: whom it forecasts, or whom it explains."""

    system_id = "broken_v1"
    requires = ("points_ewm_8",)
    uses_line = False

    def __init__(self, error: Exception | None, forecasts: int = 0, reasons: int = 1) -> None:
        self.error = error
        self.forecasts = forecasts
        self.reasons = reasons

    def forecast(self, table: FeatureTable) -> PointsDistribution:
        if self.error is not None:
            raise self.error
        return PointsDistribution(np.zeros(self.forecasts), np.zeros(self.forecasts))

    def explain(self, table: FeatureTable) -> Explanation:
        return Explanation(("points_ewm_8",), np.zeros((self.reasons, 1)))


def with_feature(**features: object) -> dict[str, Any]:
    return {"features": features}


ONE_PLAYER: list[Any] = [
    pytest.param({}, None, None, id="all is well"),
    pytest.param({"player_name": None}, Reason.INVALID_REQUEST, "player_name", id="no name"),
    pytest.param({"line": "high"}, Reason.INVALID_REQUEST, "line", id="a line that is no number"),
    pytest.param({"line": float("nan")}, Reason.INVALID_REQUEST, "line", id="a line that is a NaN"),
    pytest.param({"quality_score": float("inf")}, Reason.INVALID_REQUEST, "quality", id="endless quality"),
    pytest.param({"quality_score": float("nan")}, Reason.INVALID_REQUEST, "quality", id="a NaN of quality"),
    pytest.param({"quality_score": None}, Reason.INVALID_REQUEST, "quality", id="quality unknown"),
    pytest.param({"quality_score": 100.1}, Reason.INVALID_REQUEST, "quality", id="more than all quality"),
    pytest.param({"quality_score": -0.1}, Reason.INVALID_REQUEST, "quality", id="less than no quality"),
    pytest.param({"input_id": ""}, Reason.INVALID_REQUEST, "input_id", id="no input id"),
    pytest.param({"features": 7}, Reason.INVALID_REQUEST, "features", id="no features"),
    pytest.param(
        {"line_observed_at": "2025-01-15T12:00:00"}, Reason.INVALID_REQUEST, "line", id="naive time"
    ),
    pytest.param({"features": []}, Reason.INVALID_FEATURES, "0 features for", id="an empty list"),
    pytest.param({"features": [1.0]}, Reason.INVALID_FEATURES, "1 features for", id="too few features"),
    pytest.param(
        {"features": [0.0] * 99}, Reason.INVALID_FEATURES, "99 features for", id="too many features"
    ),
    pytest.param(
        with_feature(points_ewm_8=float("nan")), Reason.INVALID_FEATURES, "points_ewm_8", id="a NaN"
    ),
    pytest.param(
        with_feature(points_avg_5=float("nan")), Reason.INVALID_FEATURES, "points_avg_5", id="a NaN, first"
    ),
    pytest.param(with_feature(rest_days=None), Reason.INVALID_FEATURES, "rest_days", id="a null"),
    pytest.param(with_feature(rest_days="3"), Reason.INVALID_FEATURES, "rest_days", id="a text"),
    pytest.param(with_feature(is_home=True), Reason.INVALID_FEATURES, "is_home", id="a boolean"),
    pytest.param(with_feature(rest_days=[3]), Reason.INVALID_FEATURES, "rest_days", id="a list"),
    pytest.param(
        with_feature(rest_days=10**400), Reason.INVALID_FEATURES, "rest_days", id="more than a float holds"
    ),
    pytest.param(with_feature(points_ewm_8=80.1), Reason.INVALID_FEATURES, "points_ewm_8", id="too high"),
    pytest.param(with_feature(usage_avg_10=-0.1), Reason.INVALID_FEATURES, "usage_avg_10", id="too low"),
    pytest.param(with_feature(points_ewm_8=80), None, None, id="the most the contract allows, as an integer"),
    pytest.param(with_feature(games_played=0.0), Reason.NO_HISTORY, None, id="never played"),
]
WHOLE_SHARD: list[Any] = [
    pytest.param({"systems": ("ensemble_v1",)}, Reason.TOO_FEW_SYSTEMS, "needs 2", id="an ensemble alone"),
    pytest.param(
        {"systems": ("ensemble_v1", "minutes_rate_v1")}, Reason.TOO_FEW_SYSTEMS, "needs 2", id="of one"
    ),
    pytest.param(
        {"systems": ("moving_average_v1", "magic_v9")}, Reason.UNKNOWN_SYSTEM, "magic_v9", id="unknown"
    ),
    pytest.param({"systems": ()}, Reason.UNKNOWN_SYSTEM, "''", id="no system"),
    pytest.param(
        {"systems": (), "shadow_systems": ("minutes_rate_v1",)},
        Reason.UNKNOWN_SYSTEM,
        "''",
        id="shadows alone",
    ),
    pytest.param(
        {"systems": ("moving_average_v1", "trees_mean_v1")},
        Reason.UNKNOWN_SYSTEM,
        "trees_mean_v1 needs a trained model",
        id="a trained system without a model",
    ),
    pytest.param({"shadow_systems": ("magic_v9",)}, Reason.UNKNOWN_SYSTEM, "magic_v9", id="unknown shadow"),
    pytest.param({"feature_version": "v1"}, Reason.INVALID_FEATURES, "feature_version", id="old version"),
    pytest.param(
        {"feature_names": FEATURE_NAMES[1:]},
        Reason.INVALID_FEATURES,
        f"lacks {FEATURE_NAMES[0]}",
        id="a name that is missing",
    ),
    pytest.param(
        {"feature_names": (*FEATURE_NAMES, "newer_feature")},
        Reason.INVALID_FEATURES,
        "has newer_feature, which nobody knows",
        id="a name too many",
    ),
    pytest.param(
        {"feature_names": tuple(f"{name}_old" for name in FEATURE_NAMES)},
        Reason.INVALID_FEATURES,
        "lacks expected_margin, free_throws_ewm_8",
        id="names that no system knows",
    ),
    pytest.param(
        {"feature_names": (*FEATURE_NAMES[:-1], FEATURE_NAMES[0])},
        Reason.INVALID_FEATURES,
        "twice",
        id="a name given twice",
    ),
]
BROKEN: list[Any] = [
    pytest.param(BrokenSystem(RuntimeError("no model")), "broken_v1: RuntimeError: no model", id="it raises"),
    pytest.param(
        BrokenSystem(None), "broken_v1: ValueError: 0 forecasts for 1 players", id="it forgets a player"
    ),
    pytest.param(
        BrokenSystem(None, forecasts=1, reasons=0),
        "broken_v1: ValueError: 0 reasons for 1 players",
        id="it explains nobody",
    ),
]


@pytest.fixture
def outcomes_of(make_predict: Make, warehouse: Any) -> Callable[..., list[dict[str, Any]]]:
    """Handle a delivery and return the outcome rows that it left."""

    def handle(push: PushMessage, **changes: Any) -> list[dict[str, Any]]:
        predict: PredictShard = make_predict(**changes)
        predict.handle(push)
        return list(warehouse.rows.get(OUTCOMES, []))

    return handle


@pytest.mark.parametrize(("changes", "reason", "detail"), ONE_PLAYER)
def test_a_bad_row_costs_one_outcome_and_not_the_shard(
    changes: dict[str, Any],
    reason: Reason | None,
    detail: str | None,
    outcomes_of: Make,
    make_push: Make,
    make_player: Make,
    warehouse: Any,
) -> None:
    push = make_push(make_player("before"), make_player("tested", **changes), make_player("after"))

    ends = {row["player_lookup"]: row for row in outcomes_of(push)}

    expected = Outcome.PREDICTED if reason is None else OUTCOME_OF[reason]
    assert (ends["tested"]["outcome"], ends["tested"]["reason"]) == (expected, reason)
    assert (detail or "") in (ends["tested"]["detail"] or "")
    assert [ends[name]["outcome"] for name in ("before", "after")] == ["predicted", "predicted"]
    forecast = {row["player_lookup"] for row in warehouse.rows[PREDICTIONS]}
    assert ("tested" in forecast) == (reason is None)


@pytest.mark.parametrize(("changes", "reason", "detail"), WHOLE_SHARD)
def test_what_is_wrong_with_the_shard_ends_all_of_its_players_and_forecasts_none(
    changes: dict[str, Any],
    reason: Reason,
    detail: str,
    outcomes_of: Make,
    make_push: Make,
    make_player: Make,
    warehouse: Any,
) -> None:
    ends = outcomes_of(make_push(make_player("one"), make_player("two"), **changes))

    assert [(row["outcome"], row["reason"]) for row in ends] == [(OUTCOME_OF[reason], reason)] * 2
    assert all(detail in row["detail"] for row in ends)
    assert PREDICTIONS not in warehouse.rows


@pytest.mark.parametrize(("broken", "detail"), BROKEN)
def test_a_system_that_fails_is_a_failed_outcome_and_no_half_forecast(
    broken: BrokenSystem,
    detail: str,
    outcomes_of: Make,
    make_push: Make,
    make_player: Make,
    warehouse: Any,
    logs: list[Any],
) -> None:
    systems = [*resolve(("moving_average_v1",)), broken]

    ends = outcomes_of(make_push(make_player()), resolve=lambda names: systems)

    assert [(row["reason"], row["detail"]) for row in ends] == [(Reason.SYSTEM_ERROR, detail)]
    assert PREDICTIONS not in warehouse.rows
    assert [line["system_id"] for line in logs if line["event_name"] == "system_error"] == ["broken_v1"]


@pytest.mark.parametrize(("broken", "detail"), BROKEN)
def test_a_shadow_system_that_fails_costs_nobody_a_forecast(
    broken: BrokenSystem,
    detail: str,
    outcomes_of: Make,
    make_push: Make,
    make_player: Make,
    warehouse: Any,
    logs: list[Any],
) -> None:
    systems = [broken, *resolve(("moving_average_v1",))]
    push = make_push(make_player(), systems=("moving_average_v1",), shadow_systems=("broken_v1",))

    ends = outcomes_of(push, resolve=lambda names: systems)

    assert [row["outcome"] for row in ends] == ["predicted"]
    assert [row["system_id"] for row in warehouse.rows[PREDICTIONS]] == ["moving_average_v1"]
    assert [line["system_id"] for line in logs if line["event_name"] == "system_error"] == ["broken_v1"]


def test_a_system_without_room_in_memory_ends_nobody(
    make_predict: Make, make_push: Make, make_player: Make, warehouse: Any, publisher: Any
) -> None:
    predict = make_predict(resolve=lambda names: [BrokenSystem(MemoryError("no room"))])

    with pytest.raises(MemoryError):
        predict.handle(make_push(make_player()))

    assert (dict(warehouse.rows), publisher.published) == ({}, [])


def test_a_shadow_that_combines_too_few_systems_is_left_out_and_said_so(
    outcomes_of: Make, make_push: Make, make_player: Make, logs: list[Any]
) -> None:
    push = make_push(make_player(), systems=("moving_average_v1",), shadow_systems=("ensemble_v1",))

    ends = outcomes_of(push)

    assert [row["outcome"] for row in ends] == [Outcome.PREDICTED]
    said = next(line for line in logs if line["event"] == "a shadow is left out")
    assert said["reason"].startswith("ensemble_v1 needs 2 systems")


def test_every_reason_is_walked_here_or_belongs_to_the_coordinator() -> None:
    walked = {case.values[1] for case in (*ONE_PLAYER, *WHOLE_SHARD)} | {Reason.SYSTEM_ERROR}

    assert walked - {None} == set(Reason) - BY_THE_COORDINATOR


def test_a_broken_row_keeps_the_ids_that_it_has(
    outcomes_of: Make, make_push: Make, make_player: Make
) -> None:
    push = make_push(make_player("kept", team=None, request_id="r-1", input_id="i-1"))

    (end,) = outcomes_of(push)

    assert (end["request_id"], end["player_lookup"], end["input_id"]) == ("r-1", "kept", "i-1")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param({"player_lookup": "named"}, request_id("batch_1", "named"), id="by his name"),
        pytest.param(
            {"player_lookup": "named", "line_offset": -1.0, "request_id": 7},
            request_id("batch_1", "named", -1.0),
            id="by his name and line",
        ),
        pytest.param({}, request_id("batch_1", "player 1 of the shard"), id="by his place"),
    ],
)
def test_a_row_without_a_request_id_gets_the_one_it_should_have(
    raw: dict[str, Any], expected: str, outcomes_of: Make, make_push: Make, make_player: Make
) -> None:
    ends = outcomes_of(make_push(make_player(), raw))

    assert expected in [row["request_id"] for row in ends]
    assert len(ends) == 2


def test_a_player_given_twice_ends_once(
    outcomes_of: Make, make_push: Make, make_player: Make, warehouse: Any
) -> None:
    ends = outcomes_of(make_push(make_player(), make_player(), make_player(team=None)))

    assert [row["outcome"] for row in ends] == ["predicted"]
    assert len(warehouse.rows[PREDICTIONS]) == 3
