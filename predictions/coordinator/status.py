"""What /status tells about a slate."""

from datetime import date, datetime
from typing import Any

from predictions.coordinator import notices
from predictions.coordinator.alerting import Alarm
from predictions.coordinator.asking import Ask, Caller, Route
from predictions.coordinator.collapse import is_collapsed
from predictions.coordinator.finishing import projected_completion, remaining_gap
from predictions.coordinator.question import Policies, Question
from predictions.coordinator.slate_store import SlateStore
from predictions.coordinator.snapshot import Snapshot
from shared.alert_entries import raised_alerts
from shared.clock import Clock
from shared.errors import DependencyUnavailable
from shared.logs import get_logger
from shared.outcomes import Outcome
from shared.ports import Row

Body = dict[str, Any]
_log = get_logger("coordinator")


class StatusReport:
    """Reads a slate for people and for the check at the deadline."""

    def __init__(
        self, store: SlateStore, question: Question, alarm: Alarm, policies: Policies, clock: Clock
    ) -> None:
        self._store = store
        self._question = question
        self._alarm = alarm
        self._policies = policies
        self._clock = clock

    def report(self, game_date: date) -> Body:
        """Return all that the store says about the slate, in words and counts."""
        snapshot = self._store.snapshot(game_date)
        outcomes = self._store.outcome_counts(game_date)
        body = self._body(snapshot, outcomes, self._store.batches(game_date))
        return body | {"not_ready": self._store.not_ready(game_date)}

    def check_sla(self, game_date: date) -> tuple[bool, Body]:
        """Say whether the promise for the slate is kept so far; alert once if it is broken.

        Kept before the deadline; after it, if every expected player has a forecast or an accepted
        skip, and the forecasts have not collapsed, or if the slate was cancelled. Asking also repairs:
        whoever is still wanted is requested, the rest is closed.
        """
        if self._clock.now() < self._policies.deadline(game_date):
            return True, self.report(game_date)
        self._repair(game_date)
        snapshot = self._store.snapshot(game_date)
        is_covered = snapshot.is_covered and not is_collapsed(snapshot.judgement)
        is_kept = is_covered or snapshot.is_cancelled
        if not is_kept:
            self._alarm.raise_notice(snapshot, notices.sla_missed(snapshot))
        return is_kept, self.report(game_date)

    def _repair(self, game_date: date) -> None:
        try:
            self._question.ask(Ask(game_date, Route.RETRY, Caller.SCHEDULER, "sla_check"))
        except DependencyUnavailable as error:  # the broken promise must be told all the same
            _log.error("the check could not repair the slate", event_name="unrepaired", reason=str(error))

    def _body(self, snapshot: Snapshot, outcomes: list[Row], batches: list[Row]) -> Body:
        now, due = self._clock.now(), self._policies.deadline(snapshot.game_date)
        gap = remaining_gap(snapshot, self._policies.gap)
        return {
            "status": snapshot.shown_state.value,
            "game_date": snapshot.game_date,
            "state": snapshot.shown_state.value,
            "min_minutes": snapshot.min_minutes,
            "on_slate": snapshot.on_slate,
            "expected": snapshot.expected,
            "ready": snapshot.ready,
            "wanted": snapshot.wanted,
            "in_flight": snapshot.in_flight,
            "waiting_for_phase4": snapshot.waiting,
            "predicted": snapshot.predicted,
            "skipped": _by_reason(outcomes, Outcome.SKIPPED),
            "failed": _by_reason(outcomes, Outcome.FAILED),
            "covered": snapshot.covered,
            "judgement": snapshot.judgement,
            "hold": snapshot.hold,
            "hold_reason": snapshot.hold_reason,
            "held_by": snapshot.held_by,
            "gap": {"players": gap.players, "percent": round(gap.percent, 1), "alarming": gap.is_alarming},
            "feature_run_id": snapshot.feature_run_id,
            "newest_run": {"run_id": snapshot.newest_run_id, "status": snapshot.newest_run_status},
            "is_fresh": snapshot.is_fresh,
            "generation": snapshot.generation,
            "is_claimed": snapshot.is_claimed,
            "owner": snapshot.owner,
            "batch_id": snapshot.batch_id,
            "batches": batches,
            "alerts": sorted(raised_alerts(snapshot.alerts_raised)),
            "now": now,
            "deadline": due,
            "seconds_left": round((due - now).total_seconds(), 1),
            "projected_completion": projected_completion(snapshot, now),
            **_event_times(snapshot, batches),
        }


def _by_reason(outcomes: list[Row], outcome: Outcome) -> dict[str, int]:
    return {row["reason"]: row["players"] for row in outcomes if row["outcome"] == outcome.value}


def _event_times(snapshot: Snapshot, batches: list[Row]) -> Body:
    """Seconds from the moment the standing feature run was recorded to its claim and its completion.

    Null where nobody was wanted by it: a batch of moved lines is not about the event, and a refresh of the
    features may leave a slate as finished as it was.
    """
    event_at = snapshot.feature_run_finished_at
    claimed = [b["requested_at"] for b in batches if b["feature_run_id"] == snapshot.feature_run_id]
    finished_at = snapshot.finished_at if snapshot.shown_state.is_finished else None
    is_by_event = snapshot.trigger_source != Route.REFRESH
    return {
        "event_at": event_at,
        "finished_at": finished_at,
        "seconds_from_event_to_claim": _seconds(event_at, min(claimed, default=None)),
        "seconds_from_event_to_completion": _seconds(event_at, finished_at if is_by_event else None),
    }


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return round((end - start).total_seconds(), 3) if start and end and end >= start else None
