"""Processes on the emulators of Google Cloud die by kill -9 between two steps; what is left is repaired."""

from random import Random

import pytest
from cloud import Cloud, assert_everybody_once, finished
from emulated_rounds import break_once

SEED, SPAN_SECONDS = 15, 3.0

pytestmark = pytest.mark.emulated


@pytest.mark.parametrize(
    "point",
    [
        pytest.param("append nba_predictions.prediction_requests", id="between publish and record"),
        pytest.param("execute release", id="between record and release"),
        pytest.param("append nba_predictions.prediction_outcomes", id="between forecasts and outcomes"),
        pytest.param("publish prediction-ready-prod", id="between outcomes and announcement"),
        pytest.param("execute finish", id="between history and the final state"),
    ],
)
def test_a_process_killed_in_the_middle_loses_nobody_and_doubles_nobody(cloud: Cloud, point: str) -> None:
    with cloud.dying(point):
        run_id = cloud.run_phase4()

    cloud.wait_for(finished(run_id))

    assert_everybody_once(cloud, run_id)


@pytest.mark.parametrize("fault", ["kill", "memory", "bigquery-quota"])
def test_a_slate_on_which_something_breaks_ends_whole(cloud: Cloud, fault: str) -> None:
    done = break_once(cloud, fault, Random(SEED), SPAN_SECONDS)

    assert done.faults == ()
