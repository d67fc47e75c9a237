"""Values for the tests of the pure rules."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from predictions.coordinator.snapshot import Snapshot, State

_QUIET = Snapshot(
    game_date=date(2025, 1, 15),
    state=State.WAITING,
    generation=0,
    claim_id=None,
    owner=None,
    is_claimed=False,
    claimed_at=None,
    batch_id=None,
    trigger_source=None,
    finished_at=None,
    min_minutes=15.0,
    judgement=None,
    released_batches=None,
    alerts_raised="",
    alerts_confirmed=None,
    hold=None,
    hold_reason=None,
    held_by=None,
    on_slate=20,
    expected=20,
    ready=20,
    players_waiting=0,
    wanted=0,
    to_skip=0,
    waiting=0,
    in_flight=0,
    open_inputs=20,
    terminal=0,
    predicted=0,
    skipped=0,
    skipped_accepted=0,
    failed=0,
    covered=0,
    feature_run_id="run1",
    feature_run_started_at=datetime(2025, 1, 15, 12, tzinfo=UTC),
    feature_run_finished_at=datetime(2025, 1, 15, 12, tzinfo=UTC),
    newest_run_id="run1",
    newest_run_status="success",
    features_are_unrecorded=False,
    batch_requested=0,
    batch_done=0,
    batch_is_in_flight=False,
)


@pytest.fixture
def make_snapshot() -> Callable[..., Snapshot]:
    """Make a snapshot of 20 ready players, changed as a test needs it."""

    def make(**changes: Any) -> Snapshot:
        return replace(_QUIET, **changes)

    return make
