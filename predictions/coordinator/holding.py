"""Pausing, cancelling and resuming a slate: one compare-and-set, after which every question knows."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from predictions.coordinator.acting import Reply
from predictions.coordinator.alerting import Alarm
from predictions.coordinator.asking import Ask, Caller, Route
from predictions.coordinator.question import Question
from predictions.coordinator.slate_store import SlateStore
from predictions.coordinator.snapshot import Hold, Snapshot
from shared.errors import DependencyUnavailable, SlateBusy
from shared.logs import get_logger

_ROUNDS = 3
_log = get_logger("coordinator")


@dataclass(frozen=True)
class Held:
    """How a slate is held now, and whether this changed it; `asked` and `reply` are of a resumed one.

    `reply` is None if the question after a resume had no answer: `unanswered` says why.
    """

    snapshot: Snapshot
    has_changed: bool
    asked: Ask | None = None
    reply: Reply | None = None
    unanswered: str = ""


class HoldDesk:
    """Holds slates for people. What is in flight is answered and may finish; a held slate starts nothing.

    The generation grows, so that a claim that was decided before fails; one that stands is not touched: what
    it publishes was under way before anybody held the slate.
    """

    def __init__(self, store: SlateStore, question: Question, alarm: Alarm) -> None:
        self._store = store
        self._question = question
        self._alarm = alarm

    def pause(self, game_date: date, reason: str | None, by: str) -> Held:
        """Let nobody start, request or close anything on a slate until it is resumed."""
        return self._set(game_date, Hold.PAUSED, reason, by)

    def cancel(self, game_date: date, reason: str | None, by: str) -> Held:
        """Want nobody of a slate, and resolve its alerts, until it is resumed."""
        held = self._set(game_date, Hold.CANCELLED, reason, by)
        self._alarm.resolve(held.snapshot)
        return held

    def resume(self, game_date: date, reason: str | None, by: str) -> Held:
        """Release a held slate and ask at once what is wanted now; one that is not held is left alone."""
        held = self._set(game_date, None, reason, by)
        if not held.has_changed:
            return held
        ask = Ask(game_date, Route.START, Caller.PERSON, "resume")
        try:
            return replace(held, asked=ask, reply=self._question.ask(ask))
        except (DependencyUnavailable, SlateBusy) as error:
            _log.error("nobody was asked after a resume", event_name="resume_unasked", reason=str(error))
            return replace(held, asked=ask, unanswered=str(error))

    def _set(self, game_date: date, hold: Hold | None, reason: str | None, by: str) -> Held:
        """Compare and set, again if the slate has changed in between; DependencyUnavailable if it goes on."""
        for _ in range(_ROUNDS):
            snapshot = self._store.snapshot(game_date)
            if snapshot.hold is hold:
                return Held(snapshot, has_changed=False)
            why, who = (reason, by) if hold else (None, None)
            if self._store.hold(snapshot, hold, why, who):
                _log.warning(
                    "a person has changed what may happen to a slate",
                    event_name="slate_held",
                    game_date=game_date.isoformat(),
                    hold=hold,
                    reason=reason,
                    by=by,
                )
                newer = snapshot.generation + 1
                after = replace(snapshot, generation=newer, hold=hold, hold_reason=why, held_by=who)
                return Held(after, has_changed=True)
        raise DependencyUnavailable("the slate keeps changing; ask again")


Verb = Callable[[date, str | None, str], Held]
