"""What should happen now? One pure function from a snapshot and a question to a decision."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from predictions.coordinator.asking import Ask
from predictions.coordinator.readiness import Level, Readiness, ReadinessPolicy, judge_readiness
from predictions.coordinator.snapshot import Snapshot


class Verdict(StrEnum):
    """What the store says should happen."""

    NO_GAMES = "no_games"
    BUSY = "busy"
    SETTLED = "settled"
    UNDER_FLOOR = "under_floor"
    WAIT = "wait"
    IN_FLIGHT = "in_flight"
    NOT_READY = "not_ready"
    ACT = "act"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class Closing(StrEnum):
    """Whom a deadline that has passed closes with skipped/not_ready."""

    NOBODY = "nobody"
    NOT_READY = "not_ready"
    EVERYONE = "everyone"


@dataclass(frozen=True)
class Decision:
    """A verdict, the readiness behind it, and whom to close because the deadline has passed."""

    verdict: Verdict
    readiness: Readiness
    closing: Closing = Closing.NOBODY

    @property
    def needs_claim(self) -> bool:
        """Say whether carrying it out changes anything."""
        return self.verdict is Verdict.ACT or self.closing is not Closing.NOBODY


def decide(
    snapshot: Snapshot, ask: Ask, policy: ReadinessPolicy, deadline: datetime, now: datetime
) -> Decision:
    """Decide what a question leads to; the same for every entry point."""
    readiness = judge_readiness(snapshot.ready, snapshot.expected, snapshot.processor_complete, policy)
    may_close = now >= deadline and not snapshot.features_are_unrecorded
    verdict = _verdict(snapshot, ask, readiness)
    return Decision(verdict, readiness, _closing(verdict, snapshot) if may_close else Closing.NOBODY)


def _verdict(snapshot: Snapshot, ask: Ask, readiness: Readiness) -> Verdict:
    if snapshot.hold is not None:  # whoever asks, and with whatever force
        return Verdict(snapshot.hold.value)
    if snapshot.has_no_games:
        return Verdict.NO_GAMES
    if snapshot.is_claimed:
        return Verdict.BUSY
    has_given_up = readiness.level is Level.UNDER_FLOOR and snapshot.expected and not snapshot.processed
    if snapshot.is_settled and not has_given_up and not (ask.force and snapshot.ready):
        return Verdict.SETTLED
    if ask.waits and not readiness.is_ready:
        return Verdict.WAIT
    if readiness.level is Level.UNDER_FLOOR:
        return Verdict.UNDER_FLOOR
    if snapshot.wanted or snapshot.to_skip:
        return Verdict.ACT
    return Verdict.IN_FLIGHT if snapshot.requests_in_flight else Verdict.NOT_READY


def _closing(verdict: Verdict, snapshot: Snapshot) -> Closing:
    """After the deadline those who are not ready are closed; under the floor, everyone who is open."""
    if verdict is Verdict.UNDER_FLOOR and snapshot.open_inputs > snapshot.in_flight:
        return Closing.EVERYONE
    if verdict in (Verdict.ACT, Verdict.IN_FLIGHT, Verdict.NOT_READY) and snapshot.waiting:
        return Closing.NOT_READY
    return Closing.NOBODY
