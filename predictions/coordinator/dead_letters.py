"""Messages that nobody could handle: stored first, then whatever they leave undone is mended."""

from datetime import date
from typing import Any

import orjson
from pydantic import ValidationError

from predictions.coordinator import notices
from predictions.coordinator.alerting import Alarm
from predictions.coordinator.asking import Ask, Caller, Route
from predictions.coordinator.ledger import exhausted_row
from predictions.coordinator.letters import LetterState, stored_body
from predictions.coordinator.progress_tracker import ProgressTracker
from predictions.coordinator.question import Question
from predictions.coordinator.slate_store import SlateStore
from shared.clock import Clock
from shared.envelope import PushMessage, open_envelope
from shared.errors import InvalidMessage
from shared.ids import digest
from shared.logs import correlated, current_correlation_id, get_logger
from shared.messages import PHASE4_PROCESSOR, Phase4Complete, PredictionReady, PredictionRequest
from shared.messaging.delivery import DEAD_LETTER_COUNT, DEAD_LETTER_SUBSCRIPTION
from shared.ports import Row
from shared.slate import is_open_for_events, parse_game_date, slate_date
from shared.telemetry import continued, count

_log = get_logger("dead_letters")


class DeadLetterDesk:
    """Takes every dead letter; what cannot be read is stored all the same."""

    def __init__(
        self,
        store: SlateStore,
        question: Question,
        tracker: ProgressTracker,
        alarm: Alarm,
        clock: Clock,
    ) -> None:
        self._store = store
        self._question = question
        self._tracker = tracker
        self._alarm = alarm
        self._clock = clock

    def take(self, body: bytes) -> None:
        """Store a dead letter, alert once a slate, and mend what it leaves undone.

        Never refuses content; a store that does not answer raises, so that the letter comes again.
        """
        push, fault = _open(body)
        with continued(push.attributes):
            self._take(push, fault)

    def _take(self, push: PushMessage, fault: str | None) -> None:
        content, reason = _content(push, fault)
        game_date = self._game_date(push, content)
        source = (push.attributes or {}).get(DEAD_LETTER_SUBSCRIPTION, "unknown")
        self._store.record_dead_letters([self._row(push, game_date, source, reason)])
        count("dead_letters", subscription=source)
        _log.error(
            "a dead letter was stored",
            event_name="dead_letter",
            source_subscription=source,
            message_id=push.message_id,
            reason=reason,
        )
        self._alarm.raise_notice(self._store.snapshot(game_date), notices.dead_letter(source, reason))
        self._mend(push, content)

    def _mend(self, push: PushMessage, content: dict[str, Any]) -> None:
        try:
            if "event_type" in content:
                self._ask_again(Phase4Complete.parse(push))
            elif "players" in content:
                self._fail_requests(PredictionRequest.parse(push))
            elif "outcomes" in content:
                self._tracker.on_outcomes(PredictionReady.parse(push).game_date)
        except (InvalidMessage, ValidationError) as error:
            _log.warning("a dead letter leaves nothing to mend", event_name="unmendable", reason=str(error))

    def _ask_again(self, event: Phase4Complete) -> None:
        """The store, not the message, holds the work: an event given up may still be true."""
        if event.processor == PHASE4_PROCESSOR and is_open_for_events(event.game_date, self._clock.now()):
            with correlated(event.correlation_id or current_correlation_id()):
                self._question.ask(Ask(event.game_date, Route.TRIGGER, Caller.PUSH, "dead_letter"))

    def _fail_requests(self, message: PredictionRequest) -> None:
        now = self._clock.now()
        rows = [exhausted_row(message, player, now) for player in message.players]
        self._store.record_outcomes(rows)
        self._tracker.on_outcomes(message.game_date)

    def _game_date(self, push: PushMessage, content: dict[str, Any]) -> date:
        named = content.get("game_date") or (push.attributes or {}).get("game_date")
        try:
            return parse_game_date(named)
        except ValueError:
            return slate_date(self._clock.now())

    def _row(self, push: PushMessage, game_date: date, source: str, reason: str) -> Row:
        attempts = (push.attributes or {}).get(DEAD_LETTER_COUNT, "")
        return {
            "game_date": game_date,
            "message_id": push.message_id or digest(push.data),
            "state": LetterState.STORED.value,
            "source_subscription": source,
            "delivery_attempts": int(attempts) if attempts.isdecimal() and len(attempts) < 10 else None,
            "reason": reason,
            "attributes": dict(push.attributes or {}),
            "created_at": self._clock.now(),
            **stored_body(push.data),
        }


def _open(body: bytes) -> tuple[PushMessage, str | None]:
    try:
        return open_envelope(body), None
    except InvalidMessage as error:
        return PushMessage(data=body), error.reason


def _content(push: PushMessage, fault: str | None) -> tuple[dict[str, Any], str]:
    try:
        content = orjson.loads(push.data)
    except orjson.JSONDecodeError:
        return {}, fault or "the data is not JSON"
    if not isinstance(content, dict):
        return {}, fault or "the data is not a JSON object"
    return content, fault or "delivery attempts exhausted"
