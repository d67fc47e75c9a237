"""Has the slate ended, and how? Pure."""

from datetime import datetime, timedelta

from predictions.coordinator.collapse import is_collapsed
from predictions.coordinator.gaps import Gap, GapPolicy, judge_gap
from predictions.coordinator.snapshot import Snapshot, State

AT_RISK_BEFORE = timedelta(minutes=30)
"""So long before the deadline a slate without any pace is at risk."""

_HISTORY_STATUS = {State.COMPLETE: "success", State.PARTIAL: "partial", State.FAILED: "failed"}


def finished_state(snapshot: Snapshot) -> State | None:
    """Return the state in which a settled slate ends, or None while it has not ended.

    Complete: everybody has a terminal outcome. Partial: some were never ready in time. Failed: nobody
    has a forecast, though not all were skipped for accepted reasons, or the forecasts were judged and have
    collapsed. A live claim ends the slate itself.
    """
    if not snapshot.is_settled or snapshot.is_claimed:
        return None
    if is_collapsed(snapshot.judgement):
        return State.FAILED
    if not snapshot.predicted and snapshot.processed < snapshot.expected:
        return State.FAILED
    return State.PARTIAL if snapshot.skipped > snapshot.skipped_accepted else State.COMPLETE


def awaits_judgement(snapshot: Snapshot) -> bool:
    """Say whether all of a batch has been answered and nobody has judged it, though the slate may go on.

    What is lost may still come: judging a part would release the rest unseen. The end of the slate does not
    wait for it, and judges again.
    """
    is_over = snapshot.batch_done >= snapshot.batch_requested and not snapshot.is_claimed
    return snapshot.judgement is None and snapshot.batch_id is not None and is_over


def remaining_gap(snapshot: Snapshot, policy: GapPolicy) -> Gap:
    """Judge the expected players who have neither a forecast nor an accepted skip."""
    return judge_gap(snapshot.expected - snapshot.processed, snapshot.expected, policy)


def history_status(state: State, snapshot: Snapshot, policy: GapPolicy) -> str:
    """Return the run-history status of the batch; a complete slate with a real gap is a partial run."""
    if state is State.COMPLETE and remaining_gap(snapshot, policy).is_alarming:
        return "partial"
    return _HISTORY_STATUS[state]


def projected_completion(snapshot: Snapshot, now: datetime) -> datetime | None:
    """Return when the open requests of the batch will be answered at the pace so far.

    None while nothing has been answered or nothing is open: there is no pace to go by.
    """
    open_requests = snapshot.batch_requested - snapshot.batch_done
    if snapshot.claimed_at is None or open_requests <= 0 or snapshot.batch_done <= 0:
        return None
    return now + (now - snapshot.claimed_at) * (open_requests / snapshot.batch_done)
