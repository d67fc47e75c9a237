"""What must hold at every step of a run: judged from the effects as they happen, without asking the store."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sim_alert_watch import AlertWatch
from sim_call import Call
from sim_feature_watch import FeatureRun
from sim_fibre import Step
from sim_requests import Requests
from sim_rules import Checks, Rule
from sim_slate_watch import SlateWatch

from shared.config import Settings
from shared.envelope import PushMessage
from shared.messages import COORDINATOR_PROCESSOR, PredictionReady, PredictionRequest
from shared.ports import OutgoingMessage, Row

_EXPECTED_ANSWERS = (200, 202, 204, 503)
_CHANGES = ("append", "publish", "send", "replace")


@dataclass
class Watch:
    """Sees every effect as it happens, and remembers what it needs to judge the next one."""

    settings: Settings
    checks: Checks = field(default_factory=Checks)
    durable: set[str] = field(default_factory=set)
    forecasts: set[str] = field(default_factory=set)
    changed_at: datetime | None = None

    def __post_init__(self) -> None:
        in_flight = timedelta(seconds=self.settings.in_flight_seconds)
        self.requests = Requests(self.checks, in_flight, self.settings.requests_per_input)
        self.alerts = AlertWatch(self.checks)
        self.slate = SlateWatch(self.checks)
        self.feature_run = FeatureRun(self.checks)

    def happened(
        self, call: Call, step: Step[Any], result: Any, now: datetime, is_late: bool = False
    ) -> None:
        """Judge an effect that has just taken place; a late one comes after its caller gave it up."""
        if step.verb in _CHANGES or (step.verb == "execute" and result):
            self.changed_at = now
        if step.verb == "execute" and result:
            self.alerts.updated(step)
            self.slate.updated(call, step, now)
        elif step.verb == "publish":
            refused = {failure.index for failure in result}
            taken = [message for index, message in enumerate(step.about) if index not in refused]
            self._published(call, step.name, taken, now, is_late)
        elif step.verb == "append":
            self._appended(call, step.name.partition(".")[2], step.about, now, is_late)
        elif step.verb == "replace":
            self.feature_run.replaced(step.about, is_refresh=call.title == "/refresh")
        elif step.verb == "send":
            self.alerts.sent(step.about)

    def disturbed(self, step: Step[Any]) -> None:
        """Note that a step went wrong, which excuses one more alert of the kind that it was about."""
        self.alerts.disturbed(step)

    def answered(self, call: Call, status: int) -> None:
        """Judge an answer: none is unexpected, and nothing is acknowledged before it is durable."""
        is_expected = status in _EXPECTED_ANSWERS or self._is_run_for_nobody(call, status)
        self.checks.require(
            Rule.KNOWN_ANSWERS, is_expected, f"{call} answered {status}, which nobody expects"
        )
        if call.delivery is not None and call.title == "/predict" and status != 503:
            request = PredictionRequest.parse(call.delivery.message)
            self._require_durable((player["request_id"] for player in request.players), "acknowledged")

    def _is_run_for_nobody(self, call: Call, status: int) -> bool:
        """A run of Phase 4 of whose players nobody is ready is recorded as failed, and answered so."""
        return call.title == "/process" and status == 500 and self.feature_run.has_failed

    def _published(
        self, call: Call, topic: str, messages: Sequence[OutgoingMessage], now: datetime, is_late: bool
    ) -> None:
        if topic == self.settings.request_topic:
            self.slate.require_claim(call, "published", now, is_late)
            for message in messages:
                request = PredictionRequest.parse(PushMessage(message.data))
                self.feature_run.used(request)
                self.requests.published(call, request, now, is_late)
        elif topic == self.settings.ready_topic:
            for message in messages:
                ready = PredictionReady.parse(PushMessage(message.data))
                self._require_durable((outcome.request_id for outcome in ready.outcomes), "announced")
        elif topic == self.settings.phase4_topic:
            self.feature_run.announced(messages)

    def _appended(self, call: Call, table: str, rows: Sequence[Row], now: datetime, is_late: bool) -> None:
        match table:
            case "prediction_requests":
                self.slate.require_claim(call, "recorded requests", now, is_late)
                self.requests.recorded(rows, now)
            case "player_prop_predictions":
                self.forecasts.update(row["prediction_id"] for row in rows)
            case "prediction_outcomes":
                self.durable.update(row["request_id"] for row in rows)
                self.requests.ended(rows, now)
            case "processor_run_history" if rows[0]["processor_name"] == COORDINATOR_PROCESSOR:
                self.slate.recorded(rows)
            case "processor_run_history":
                self.feature_run.recorded(rows)
            case "alerts":
                self.alerts.confirmed(rows)

    def _require_durable(self, request_ids: Iterable[str], what: str) -> None:
        missing = [request_id for request_id in request_ids if request_id not in self.durable]
        self.checks.require(
            Rule.DURABLE_FIRST, not missing, f"{what} before {len(missing)} of its outcomes were in the store"
        )
