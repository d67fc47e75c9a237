import pytest

from predictions.coordinator.readiness import Level, ReadinessPolicy, judge_readiness

POLICY = ReadinessPolicy()


@pytest.mark.parametrize(
    ("ready", "expected", "level"),
    [
        pytest.param(16, 20, Level.READY, id="80% exactly is ready"),
        pytest.param(15, 20, Level.PARTIAL, id="75% is not"),
        pytest.param(56, 70, Level.READY, id="80% of 70 is ready"),
        pytest.param(55, 70, Level.PARTIAL, id="78.6% of 70 is not"),
        pytest.param(100, 450, Level.READY, id="100 players are ready, whatever their share"),
        pytest.param(99, 450, Level.PARTIAL, id="99 of 450 are not"),
        pytest.param(50, 450, Level.PARTIAL, id="50 is the floor of a large slate"),
        pytest.param(49, 450, Level.UNDER_FLOOR, id="49 of 450 is under it"),
        pytest.param(50, 101, Level.PARTIAL, id="50 of 101 stands on the floor"),
        pytest.param(49, 99, Level.UNDER_FLOOR, id="half of 99 is rounded up to 50"),
        pytest.param(50, 99, Level.PARTIAL, id="50 of 99 stands on the floor"),
        pytest.param(10, 19, Level.PARTIAL, id="half of 19 is rounded up to 10"),
        pytest.param(9, 19, Level.UNDER_FLOOR, id="9 of 19 is under the floor"),
        pytest.param(10, 20, Level.PARTIAL, id="half of 20 stands on the floor"),
        pytest.param(9, 20, Level.UNDER_FLOOR, id="less than half of 20 is under it"),
        pytest.param(1, 1, Level.READY, id="the only player of a slate is enough"),
        pytest.param(0, 1, Level.UNDER_FLOOR, id="nobody of one is under the floor"),
        pytest.param(0, 0, Level.READY, id="nobody expected is ready"),
    ],
)
def test_the_thresholds_scale_with_the_slate(ready, expected, level):
    assert judge_readiness(ready, expected, True, POLICY).level is level


@pytest.mark.parametrize(("ready", "expected"), [(450, 450), (0, 0)], ids=["all ready", "nobody"])
def test_nothing_is_ready_before_phase_4_has_completed_a_run(ready, expected):
    readiness = judge_readiness(ready, expected, False, POLICY)

    assert readiness.level is Level.UNDER_FLOOR
    assert readiness.message == "ml_feature_store_v2 has not completed for this slate"


def test_the_judgement_says_what_was_counted():
    readiness = judge_readiness(420, 450, True, POLICY)

    assert (readiness.players_ready, readiness.players_total, readiness.ready_pct) == (420, 450, 93.3)
    assert readiness.message == "420/450 players ready (93.3%)"


def test_every_threshold_is_configuration():
    strict = ReadinessPolicy(ready_percent=100, ready_players=500, floor_players=80, floor_percent=75)

    levels = [judge_readiness(ready, 100, True, strict).level for ready in (74, 75, 99, 100)]

    assert levels == [Level.UNDER_FLOOR, Level.PARTIAL, Level.PARTIAL, Level.READY]
