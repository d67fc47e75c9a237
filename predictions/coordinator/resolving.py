"""Of which alerts does a slate show that their cause is over? Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from predictions.coordinator.collapse import SOUND, is_collapsed
from predictions.coordinator.finishing import projected_completion, remaining_gap
from predictions.coordinator.gaps import GapPolicy
from predictions.coordinator.readiness import Level, ReadinessPolicy, judge_readiness
from predictions.coordinator.snapshot import Snapshot
from shared.slate import deadline


@dataclass(frozen=True)
class ResolvingPolicy:
    """The thresholds that alerts are raised by, from the settings.

    `margin` is how long before the deadline the projected completion must lie for the risk to be over: it is
    raised when it lies after it, so that a pace that hovers at the edge is told once.
    """

    readiness: ReadinessPolicy = field(default_factory=ReadinessPolicy)
    gap: GapPolicy = field(default_factory=GapPolicy)
    deadline_eastern: time = time(10, 0)
    margin: timedelta = timedelta(minutes=5)


@dataclass(frozen=True)
class Seen:
    """One look at a slate. `letters_stored` are its dead letters that nobody has dealt with, None unasked."""

    snapshot: Snapshot
    now: datetime
    letters_stored: int | None = None


def resolved(raised: Mapping[str, datetime], seen: Seen, policy: ResolvingPolicy) -> dict[str, str]:
    """Return the kinds whose cause is over, each with a sentence's worth of why; `raised` says since when.

    What only another look can tell stays raised: a kind that has no rule here, and letters unasked for.
    """
    if seen.snapshot.is_cancelled:
        return dict.fromkeys(raised, "the slate was cancelled")
    reasons = {
        kind: _RULES[kind](seen, raised_at, policy) for kind, raised_at in raised.items() if kind in _RULES
    }
    return {kind: why for kind, why in reasons.items() if why}


def _can_start(seen: Seen, raised_at: datetime, policy: ResolvingPolicy) -> str:
    slate = seen.snapshot
    readiness = judge_readiness(slate.ready, slate.expected, slate.processor_complete, policy.readiness)
    if slate.has_no_games:
        return "Phase 4 has found no games"
    if readiness.level is not Level.UNDER_FLOOR:
        return readiness.message
    is_started = slate.batch_requested and slate.claimed_at is not None and slate.claimed_at >= raised_at
    return "a batch was started" if is_started else ""


def _has_no_gap(seen: Seen, raised_at: datetime, policy: ResolvingPolicy) -> str:
    slate = seen.snapshot
    missing = remaining_gap(slate, policy.gap)
    if missing.is_alarming or not (slate.expected or slate.has_no_games):
        return ""
    return f"{missing.players} of {slate.expected} expected players have no forecast"


def _is_in_time(seen: Seen, raised_at: datetime, policy: ResolvingPolicy) -> str:
    due = deadline(seen.snapshot.game_date, policy.deadline_eastern)
    if seen.now >= due:
        return "the deadline has passed, and what is missing is told as such"
    nothing_open = _has_no_gap(seen, raised_at, policy)
    projected = projected_completion(seen.snapshot, seen.now)
    if nothing_open or projected is None or projected > due - policy.margin:
        return nothing_open
    return f"at this pace the rest will be done at {projected.isoformat(timespec='seconds')}"


def _is_complete(seen: Seen, raised_at: datetime, policy: ResolvingPolicy) -> str:
    slate = seen.snapshot
    if not slate.is_covered or is_collapsed(slate.judgement):
        return ""
    return f"{slate.covered} of {slate.expected} expected players have a forecast or a reason"


def _nobody_is_wanted(seen: Seen, raised_at: datetime, policy: ResolvingPolicy) -> str:
    slate = seen.snapshot
    return "everybody who is ready has been requested" if slate.expected and not slate.wanted else ""


def _is_sound(seen: Seen, raised_at: datetime, policy: ResolvingPolicy) -> str:
    return "the newest forecasts were judged sound" if seen.snapshot.judgement == SOUND else ""


def _no_letter_waits(seen: Seen, raised_at: datetime, policy: ResolvingPolicy) -> str:
    return "every letter was published again or put away" if seen.letters_stored == 0 else ""


def _newest_run_stands(seen: Seen, raised_at: datetime, policy: ResolvingPolicy) -> str:
    slate = seen.snapshot
    if slate.has_no_games:
        return "Phase 4 has found no games"
    return f"the features of the newest run, {slate.feature_run_id}, stand" if slate.is_fresh else ""


_RULES: dict[str, Callable[[Seen, datetime, ResolvingPolicy], str]] = {
    "insufficient_data": _can_start,
    "wait_timed_out": _can_start,
    "gap": _has_no_gap,
    "sla_at_risk": _is_in_time,
    "sla_missed": _is_complete,
    "no_predictions": _is_complete,
    "publish_failed": _nobody_is_wanted,
    "collapsed_forecasts": _is_sound,
    "dead_letter": _no_letter_waits,
    "phase4_publish_failed": _nobody_is_wanted,
    "phase4_run_rejected": _newest_run_stands,
    "phase4_nobody_ready": _newest_run_stands,
}
