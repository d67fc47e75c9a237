"""Mistakes that a coordinator could make, each a few lines in place of a real method."""

from dataclasses import replace
from typing import Any

from sim_mistakes import Mistake, in_method

from predictions.coordinator import ledger, planning
from predictions.coordinator.acting import BatchRunner
from predictions.coordinator.alerting import Alarm
from predictions.coordinator.claiming import Claims
from predictions.coordinator.dead_letters import DeadLetterDesk
from predictions.coordinator.ledger import request_row
from predictions.coordinator.progress_tracker import ProgressTracker
from predictions.coordinator.slate_store import SlateStore
from shared.alert_digest import in_one
from shared.alerts import AlertDesk
from shared.clock import FakeClock
from shared.errors import AppError
from shared.ids import fresh_id
from shared.ports import Alert


def _doubt_is_success(original: Any) -> Any:
    def is_confirmed(self: Any, snapshot: Any, claim: Any) -> bool:
        try:
            return bool(self._store.claim(snapshot, claim) == 1)
        except AppError:
            return True

    return is_confirmed


def _recorded_first(original: Any) -> Any:
    def publish(self: Any, snapshot: Any, claim: Any, wanted: Any, lease_until: Any) -> Any:
        now = self._clock.now()
        self._store.record_requests([request_row(claim, row, "early", now) for row in wanted.requests])
        return original(self, snapshot, claim, wanted, lease_until)

    return publish


def _all_taken(original: Any) -> Any:
    def publish(self: Any, snapshot: Any, claim: Any, wanted: Any, lease_until: Any) -> Any:
        original(self, snapshot, claim, wanted, lease_until)
        return list(wanted.requests), []

    return publish


def _unguarded(original: Any) -> Any:
    """Read the wanted players as if the slate were still what the snapshot saw."""

    def wanted(self: Any, snapshot: Any, *wishes: Any) -> Any:
        query = self._warehouse.query

        def pretending(statement: Any, **parameters: Any) -> Any:
            stands = {"generation": snapshot.generation, "standing_run_id": snapshot.feature_run_id}
            return [row | stands for row in query(statement, **parameters)]

        pretender = type("Pretender", (), {"query": staticmethod(pretending)})()
        return original(SlateStore(pretender, self.terms), snapshot, *wishes)

    return wanted


def _counting(original: Any) -> Any:
    """Take a slate for done when as many players have forecasts as are expected, whatever they are from."""

    def snapshot(self: Any, *arguments: Any, **options: Any) -> Any:
        seen = original(self, *arguments, **options)
        is_done = seen.covered >= seen.expected
        return replace(seen, open_inputs=0, wanted=0, to_skip=0, waiting=0) if is_done else seen

    return snapshot


def _history_last(original: Any) -> Any:
    def set_state(self: Any, snapshot: Any, state: Any) -> bool:
        is_ours = bool(self._store.finish(snapshot, state))
        if is_ours and snapshot.batch_id is not None:
            self._store.record_run(self._history_row(snapshot, state))
        return is_ours

    return set_state


def _sent_whatever_raised(original: Any) -> Any:
    def raise_once(self: Any, game_date: Any, kind: str, severity: str, title: str, text: str) -> bool:
        if not original(self, game_date, kind, severity, title, text):
            self._alerter.send(Alert(kind, severity, title, text, game_date, self._clock.now()))
        return True

    return raise_once


def _confirmed_first(original: Any) -> Any:
    def send(self: Any, alerts: Any) -> bool:
        later = AlertDesk(self._warehouse, _Silent(), FakeClock(self._clock.now()))
        original(later, alerts)
        self._alerter.send(in_one(alerts))
        return True

    return send


class _Silent:
    def send(self, alert: Any) -> None:
        """Send nothing."""


def _held_by_nobody(original: Any) -> Any:
    return lambda snapshot, ask, readiness: original(replace(snapshot, hold=None), ask, readiness)


def _nothing(original: Any) -> Any:
    return lambda *arguments: None


def _any_id(original: Any) -> Any:
    return lambda *parts: fresh_id()


COORDINATOR: dict[str, Mistake] = {
    "a claim in doubt is taken for won": in_method(Claims, "_is_confirmed", _doubt_is_success),
    "no lease check before publishing and recording": in_method(BatchRunner, "_require_lease", _nothing),
    "requests recorded before they are published": in_method(BatchRunner, "_publish", _recorded_first),
    "messages that were not taken count as published": in_method(BatchRunner, "_publish", _all_taken),
    "second read without the guard on generation and run": in_method(SlateStore, "wanted", _unguarded),
    "counting instead of sets": in_method(SlateStore, "snapshot", _counting),
    "state set before run history": in_method(ProgressTracker, "_set_state", _history_last),
    "alert sent by whoever did not raise it too": in_method(AlertDesk, "raise_once", _sent_whatever_raised),
    "alert confirmed before it is sent": in_method(AlertDesk, "_send", _confirmed_first),
    "an alert is never said to be over": in_method(Alarm, "resolve", _nothing),
    "a held slate is started like any other": in_method(planning, "_verdict", _held_by_nobody),
    "dead letters leave no outcome": in_method(DeadLetterDesk, "_fail_requests", _nothing),
    "request ids random instead of deterministic": in_method(ledger, "request_id", _any_id),
}
