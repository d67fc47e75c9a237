"""How a run went, and whether it may replace the one that stands."""

from typing import Any

import pytest

from data_processors.precompute.ml_feature_store.judging import (
    FeatureCounts,
    RunPolicy,
    count_features,
    falls_short,
    judge_status,
)
from shared.messages import RunStatus

POLICY = RunPolicy()


def feature_row(player: str, *reasons: str, score: float = 80.0) -> dict[str, Any]:
    return {
        "player_lookup": player,
        "is_production_ready": not reasons,
        "not_ready_reasons": list(reasons),
        "quality_score": score,
    }


def counts(expected: int, ready: int, without_history: int = 0, processed: int = 1) -> FeatureCounts:
    return FeatureCounts(
        processed=processed,
        ready=ready,
        failed=0,
        expected=expected,
        expected_ready=ready,
        expected_without_history=without_history,
        mean_quality=0.0,
        reasons={},
    )


@pytest.mark.parametrize(
    ("status", "minutes", "expected"),
    [
        pytest.param("ACTIVE", 15.0, True, id="exactly enough minutes"),
        pytest.param("ACTIVE", 14.9, False, id="too few minutes"),
        pytest.param("QUESTIONABLE", None, True, id="nobody knows how long"),
        pytest.param("OUT", 30.0, False, id="out"),
        pytest.param("DOUBTFUL", None, False, id="doubtful"),
    ],
)
def test_expected_is_who_may_play_for_long_enough(status, minutes, expected):
    assert POLICY.expects(status, minutes) is expected


@pytest.mark.parametrize(
    ("expected", "floor"),
    [(0, 0), (1, 1), (3, 2), (99, 50), (100, 50), (450, 50)],
)
def test_the_floor_is_half_of_a_small_slate_and_never_over_fifty(expected, floor):
    assert POLICY.floor(expected) == floor


def test_the_counts_tell_ready_failed_and_unknown_players_apart():
    rows = [
        feature_row("a", score=90.0),
        feature_row("b", score=70.0),
        feature_row("c", "no_history", score=0.0),
        feature_row("d", "low_quality", "out_of_range:rest_days", score=10.0),
    ]

    result = count_features(rows, {"a", "c", "d", "not in the rows"})

    assert result == FeatureCounts(
        processed=4,
        ready=2,
        failed=1,
        expected=4,
        expected_ready=1,
        expected_without_history=1,
        mean_quality=80.0,
        reasons={"no_history": 1, "low_quality": 1, "out_of_range:rest_days": 1},
    )


@pytest.mark.parametrize(
    ("seen", "status"),
    [
        pytest.param(counts(0, 0, processed=0), RunStatus.NO_GAMES, id="no rows"),
        pytest.param(counts(0, 0), RunStatus.SUCCESS, id="nobody expected"),
        pytest.param(counts(10, 10), RunStatus.SUCCESS, id="all ready"),
        pytest.param(counts(10, 7, 3), RunStatus.SUCCESS, id="the rest are newcomers"),
        pytest.param(counts(10, 0, 10), RunStatus.SUCCESS, id="all newcomers"),
        pytest.param(counts(10, 9), RunStatus.PARTIAL, id="one not ready"),
        pytest.param(counts(10, 1, 8), RunStatus.PARTIAL, id="one ready, one not"),
        pytest.param(counts(10, 0), RunStatus.FAILED, id="none ready"),
        pytest.param(counts(10, 0, 9), RunStatus.FAILED, id="the only veteran is not ready"),
    ],
)
def test_a_run_is_judged_by_its_expected_players(seen, status):
    assert judge_status(seen) is status


@pytest.mark.parametrize(
    ("ready", "expected", "standing", "is_rejected"),
    [
        pytest.param(49, 300, 50, True, id="under the floor, a better one stands"),
        pytest.param(49, 300, 49, False, id="under the floor, an equal one stands"),
        pytest.param(49, 300, 0, False, id="under the floor, nothing stands"),
        pytest.param(50, 300, 300, False, id="at the floor"),
        pytest.param(4, 9, 5, True, id="small slate, under its half"),
        pytest.param(5, 9, 9, False, id="small slate, at its half"),
        pytest.param(0, 0, 0, False, id="nobody expected"),
    ],
)
def test_only_a_run_under_the_floor_gives_way_to_a_better_one(ready, expected, standing, is_rejected):
    assert falls_short(counts(expected, ready), standing, POLICY) is is_rejected
