from datetime import UTC, datetime, timedelta

import pytest

from predictions.coordinator.finishing import finished_state, history_status, projected_completion
from predictions.coordinator.gaps import GapPolicy
from predictions.coordinator.snapshot import State

NOW = datetime(2025, 1, 15, 14, tzinfo=UTC)
SETTLED = {"open_inputs": 0, "terminal": 20}


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        pytest.param({"predicted": 20}, State.COMPLETE, id="all predicted"),
        pytest.param(
            {"predicted": 18, "skipped": 2, "skipped_accepted": 2},
            State.COMPLETE,
            id="accepted skips complete it",
        ),
        pytest.param({"predicted": 15, "failed": 5}, State.COMPLETE, id="failures are ends too"),
        pytest.param({"predicted": 18, "skipped": 2}, State.PARTIAL, id="not ready in time"),
        pytest.param({"skipped": 20}, State.FAILED, id="nobody was ready in time"),
        pytest.param({"failed": 20}, State.FAILED, id="everybody failed"),
        pytest.param({"predicted": 19, "open_inputs": 1}, None, id="one is open"),
        pytest.param({"predicted": 20, "is_claimed": True}, None, id="a live claim ends it itself"),
        pytest.param({"predicted": 20, "batch_is_in_flight": True}, None, id="a forced batch is out"),
        pytest.param({"expected": 0}, State.COMPLETE, id="nobody is expected"),
        pytest.param(
            {"expected": 0, "newest_run_status": "no_games", "feature_run_id": None},
            State.COMPLETE,
            id="no games",
        ),
        pytest.param(
            {"expected": 0, "newest_run_status": None, "feature_run_id": None},
            None,
            id="nothing is known",
        ),
    ],
)
def test_a_settled_slate_ends_in_the_state_that_its_outcomes_say(make_snapshot, seen, state):
    assert finished_state(make_snapshot(**SETTLED | seen)) is state


@pytest.mark.parametrize(
    ("state", "seen", "status"),
    [
        pytest.param(State.COMPLETE, {"predicted": 20}, "success", id="complete"),
        pytest.param(State.COMPLETE, {"predicted": 19, "failed": 1}, "success", id="one of 20 failed"),
        pytest.param(State.COMPLETE, {"predicted": 18, "failed": 2}, "partial", id="a real gap"),
        pytest.param(State.PARTIAL, {"predicted": 19, "skipped": 1}, "partial", id="partial"),
        pytest.param(State.FAILED, {"failed": 20}, "failed", id="failed"),
    ],
)
def test_success_is_decided_when_the_outcomes_are_in(make_snapshot, state, seen, status):
    assert history_status(state, make_snapshot(**seen), GapPolicy()) == status


def test_the_rest_is_projected_at_the_pace_so_far(make_snapshot):
    claimed_at = NOW - timedelta(minutes=2)
    snapshot = make_snapshot(claimed_at=claimed_at, batch_requested=20, batch_done=5)

    assert projected_completion(snapshot, NOW) == NOW + timedelta(minutes=6)


@pytest.mark.parametrize(
    "seen",
    [
        {"claimed_at": None, "batch_requested": 20, "batch_done": 5},
        {"claimed_at": NOW, "batch_requested": 20, "batch_done": 0},
        {"claimed_at": NOW, "batch_requested": 20, "batch_done": 20},
    ],
    ids=["no claim", "no answer yet", "nothing open"],
)
def test_without_a_pace_there_is_no_projection(make_snapshot, seen):
    assert projected_completion(make_snapshot(**seen), NOW) is None
