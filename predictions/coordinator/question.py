"""The one question that every entry point asks: may I act on this slate, and on whom?"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from predictions.coordinator import notices
from predictions.coordinator.acting import Acted, BatchRunner, Reply
from predictions.coordinator.alerting import Alarm
from predictions.coordinator.asking import Ask, Caller, Route
from predictions.coordinator.finishing import AT_RISK_BEFORE, projected_completion, remaining_gap
from predictions.coordinator.gaps import GapPolicy, judge_gap
from predictions.coordinator.planning import Decision, Verdict, decide
from predictions.coordinator.progress_tracker import ProgressTracker
from predictions.coordinator.readiness import Level, ReadinessPolicy
from predictions.coordinator.slate_store import SlateStore
from predictions.coordinator.snapshot import Snapshot, require_unchanged
from predictions.coordinator.waiting import WaitingPolicy
from shared.clock import Clock
from shared.errors import DependencyUnavailable, SlateBusy
from shared.logs import get_logger
from shared.slate import deadline
from shared.telemetry import note, span

_ROUNDS = 3
_log = get_logger("coordinator")


@dataclass(frozen=True)
class Policies:
    """The thresholds of the flow, from the settings."""

    readiness: ReadinessPolicy = field(default_factory=ReadinessPolicy)
    gap: GapPolicy = field(default_factory=GapPolicy)
    waiting: WaitingPolicy = field(default_factory=WaitingPolicy)
    deadline_eastern: time = time(10, 0)

    def deadline(self, game_date: date) -> datetime:
        """Return the moment by which the slate's forecasts are due."""
        return deadline(game_date, self.deadline_eastern)


class Question:
    """Reads, asks the pure rules, carries the decision out; asking twice is harmless."""

    def __init__(
        self,
        store: SlateStore,
        runner: BatchRunner,
        tracker: ProgressTracker,
        alarm: Alarm,
        policies: Policies,
        clock: Clock,
    ) -> None:
        self._store = store
        self._runner = runner
        self._tracker = tracker
        self._alarm = alarm
        self._policies = policies
        self._clock = clock

    @span("decide")
    def plan(self, ask: Ask) -> Reply:
        """Say what the question would lead to now, and change nothing."""
        note(game_date=ask.game_date)
        snapshot = self._store.snapshot(ask.game_date, ask.min_minutes, ask.force)
        return Reply(snapshot, self._decide(snapshot, ask))

    def ask(self, ask: Ask) -> Reply:
        """Ask, and act at most once; a slate that changes under the question is asked about again.

        Raises DependencyUnavailable if it could not be claimed, or none of the requests be published, and
        SlateChanged if it is no longer the slate that the asker saw.
        """
        for _ in range(_ROUNDS):
            reply = self.plan(ask)
            require_unchanged(reply.snapshot, ask.generation)
            self._alarm.resend_unconfirmed(reply.snapshot)
            if not reply.decision.needs_claim:
                self._after(ask, reply)
                return reply
            try:
                acted = self._act(ask, reply)
            except SlateBusy as busy:
                return self._lost(reply, busy)
            if acted is not None:
                reply = replace(reply, acted=acted)
                self._after(ask, reply)
                return reply
        raise DependencyUnavailable("the slate keeps changing, or cannot be claimed")

    def _decide(self, snapshot: Snapshot, ask: Ask) -> Decision:
        due = self._policies.deadline(ask.game_date)
        return decide(snapshot, ask, self._policies.readiness, due, self._clock.now())

    def _act(self, ask: Ask, reply: Reply) -> Acted | None:
        decision = reply.decision
        _log.info(
            "the coordinator acts",
            event_name="acting",
            game_date=ask.game_date.isoformat(),
            trigger_source=ask.trigger_source,
            verdict=decision.verdict.value,
            closing=decision.closing.value,
            readiness=decision.readiness.message,
        )
        return self._runner.run(
            reply.snapshot, ask.trigger_source, ask.min_minutes, ask.force, decision.closing
        )

    def _lost(self, reply: Reply, busy: SlateBusy) -> Reply:
        _log.info("the slate is held by another", event_name="slate_busy", reason=str(busy))
        return replace(reply, decision=replace(reply.decision, verdict=Verdict.BUSY))

    def _after(self, ask: Ask, reply: Reply) -> None:
        """Ask the finish question once, and tell people what they should know."""
        if reply.acted:
            self._tracker.look(ask.game_date)
            self._tell_of_publishing(reply, reply.acted)
        else:
            self._finish(ask, reply.snapshot)
        is_short = reply.decision.verdict is Verdict.UNDER_FLOOR
        if is_short and ask.caller is Caller.PUSH and not reply.snapshot.features_are_unrecorded:
            self._alarm.raise_notice(reply.snapshot, notices.under_floor(reply.decision.readiness))
        if ask.route in (Route.RETRY, Route.REFRESH):
            self._judge_deadline(ask.game_date, reply)

    def _finish(self, ask: Ask, snapshot: Snapshot) -> None:
        """Finish by the minutes that are kept with the slate, whatever this question was asked with."""
        if ask.min_minutes is None:
            self._tracker.finish_if_settled(snapshot)
        else:
            self._tracker.look(ask.game_date)

    def _tell_of_publishing(self, reply: Reply, acted: Acted) -> None:
        if acted.failures:
            failed = acted.wanted - acted.published
            notice = notices.publish_failed(failed, acted.wanted, acted.failures[0])
            self._alarm.raise_notice(reply.snapshot, notice)
            if not acted.published:
                raise DependencyUnavailable("none of the requests could be published")
        if reply.decision.readiness.level is Level.PARTIAL:
            gap = judge_gap(reply.snapshot.players_waiting, reply.snapshot.expected, self._policies.gap)
            if gap.is_alarming:
                self._alarm.raise_notice(reply.snapshot, notices.gap(gap))

    def _judge_deadline(self, game_date: date, reply: Reply) -> None:
        """Warn when the pace so far, or the lack of any, will miss the deadline.

        While Phase 4 is about to record a run, nobody knows who is left.
        """
        now, due = self._clock.now(), self._policies.deadline(game_date)
        snapshot = reply.snapshot
        is_known = now < due and not snapshot.features_are_unrecorded
        if not is_known or not remaining_gap(snapshot, self._policies.gap).is_alarming:
            return
        projected = projected_completion(snapshot, now)
        if projected is not None and projected > due:
            why = f"at this pace the rest will take until {projected.isoformat(timespec='seconds')}"
            self._alarm.raise_notice(snapshot, notices.sla_at_risk(snapshot, why))
        elif projected is None and due - now <= AT_RISK_BEFORE:
            why = f"{(due - now).total_seconds() / 60:.0f} minutes are left and no request has been answered"
            self._alarm.raise_notice(snapshot, notices.sla_at_risk(snapshot, why))
