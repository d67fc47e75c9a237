"""What must hold at every step of a run: judged from the effects as they happen, without asking the store."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sim_call import Call, Violation
from sim_fibre import Step
from sim_requests import Requests

from shared.config import Settings
from shared.envelope import PushMessage
from shared.messages import PredictionReady, PredictionRequest
from shared.ports import OutgoingMessage, Row

_EXPECTED_ANSWERS = (200, 202, 204, 503)
_CHANGES = ("append", "publish", "send", "replace")


@dataclass
class Watch:
    """Sees every effect as it happens, and remembers what it needs to judge the next one."""

    settings: Settings
    holder: Call | None = None
    lease_until: datetime | None = None
    durable: set[str] = field(default_factory=set)
    raised: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    disturbed_alerts: Counter[str] = field(default_factory=Counter)
    changed_at: datetime | None = None

    def __post_init__(self) -> None:
        self.requests = Requests(timedelta(seconds=self.settings.in_flight_seconds))

    def happened(
        self, call: Call, step: Step[Any], result: Any, now: datetime, is_late: bool = False
    ) -> None:
        """Judge an effect that has just taken place; a late one comes after its caller gave it up."""
        if step.verb in _CHANGES or (step.verb == "execute" and result):
            self.changed_at = now
        if step.verb == "execute" and result:
            self._updated(call, step, now)
        elif step.verb == "publish":
            refused = {failure.index for failure in result}
            taken = [message for index, message in enumerate(step.about) if index not in refused]
            self._published(call, step.name, taken, now, is_late)
        elif step.verb == "append":
            self._appended(call, step.name.partition(".")[2], step.about, now, is_late)
        elif step.verb == "send":
            self._sent(step.name)

    def disturbed(self, step: Step[Any]) -> None:
        """Note that a step of an alert went wrong or took long, which excuses one more of its kind."""
        kind = _alert_kind(step)
        if kind is not None:
            self.disturbed_alerts[kind] += 1

    def answered(self, call: Call, status: int) -> None:
        """Judge an answer: none is unexpected, and nothing is acknowledged before it is durable."""
        if status not in _EXPECTED_ANSWERS:
            raise Violation(f"{call} answered {status}")
        if call.delivery is not None and call.title == "/predict" and status != 503:
            request = PredictionRequest.parse(call.delivery.message)
            self._require_durable((player["request_id"] for player in request.players), "acknowledged")

    def _updated(self, call: Call, step: Step[Any], now: datetime) -> None:
        if step.name == "raise_alert":
            self.raised[step.about["kind"]] += 1
        if step.name not in ("claim", "release", "finish"):
            return
        is_live = self.lease_until is not None and self.lease_until > now
        is_own = step.name != "claim" and self.holder is call
        if self.holder is not None and is_live and not is_own:
            raise Violation(f"{step.name} by {call} while {self.holder} holds a live lease")
        claimed = step.name == "claim"
        self.holder = call if claimed else None
        self.lease_until = now + timedelta(seconds=step.about["lease_seconds"]) if claimed else None

    def _published(
        self, call: Call, topic: str, messages: Sequence[OutgoingMessage], now: datetime, is_late: bool
    ) -> None:
        if topic == self.settings.request_topic:
            self._require_claim(call, "published", now, is_late)
            for message in messages:
                request = PredictionRequest.parse(PushMessage(message.data))
                self.requests.published(call, request, now, is_late)
        elif topic == self.settings.ready_topic:
            for message in messages:
                ready = PredictionReady.parse(PushMessage(message.data))
                self._require_durable((outcome.request_id for outcome in ready.outcomes), "announced")

    def _appended(self, call: Call, table: str, rows: Sequence[Row], now: datetime, is_late: bool) -> None:
        if table == "prediction_requests":
            self._require_claim(call, "recorded requests", now, is_late)
            for row in rows:
                self.requests.recorded(row)
        if table == "prediction_outcomes":
            for row in rows:
                self.durable.add(row["request_id"])
                self.requests.ended(row, now)

    def _sent(self, kind: str) -> None:
        self.sent[kind] += 1
        if self.sent[kind] > 1 + self.disturbed_alerts[kind]:
            raise Violation(f"the alert {kind} was sent {self.sent[kind]} times")

    def _require_claim(self, call: Call, what: str, now: datetime, is_late: bool) -> None:
        is_live = self.lease_until is not None and self.lease_until > now
        if not is_late and not (self.holder is call and is_live):
            raise Violation(f"{call} {what} without holding the slate")

    def _require_durable(self, request_ids: Iterable[str], what: str) -> None:
        missing = [request_id for request_id in request_ids if request_id not in self.durable]
        if missing:
            raise Violation(f"{what} before {len(missing)} of its outcomes were in the store")


def _alert_kind(step: Step[Any]) -> str | None:
    if step.verb == "send":
        return step.name
    if step.verb == "execute" and step.name in ("raise_alert", "renew_alert"):
        return str(step.about["kind"])
    if step.verb == "append" and step.name == "nba_reference.alerts":
        return str(step.about[0]["kind"])
    return None
