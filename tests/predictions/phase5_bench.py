"""A whole coordinator on a test store, asked over HTTP."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from conformance import described_client
from slate_builder import Slate
from watched_ports import RecordingAlerter, WatchedPublisher, WatchedWarehouse
from werkzeug.test import TestResponse

from predictions.coordinator.callers import LoopbackCallers
from predictions.coordinator.coordinator import create_app
from predictions.coordinator.visitors import LoopbackVisitors
from predictions.coordinator.wiring import build_coordinator
from shared.clock import FakeClock
from shared.config import Settings, load_settings
from shared.envelope import PushMessage, seal_envelope
from shared.messages import PredictionReady
from shared.ports import Warehouse

SCHEDULER = {"X-CloudScheduler": "true"}
Told = tuple[int, dict[str, Any] | None]


class Phase5:
    """One coordinator process; two of them on one warehouse are two instances."""

    def __init__(self, warehouse: Warehouse, clock: FakeClock, slate: Slate, **wishes: Any) -> None:
        parts = ("is_stopping", "alive_since", "is_embedded")
        wired = {name: wishes.pop(name) for name in parts if name in wishes}
        self.settings = _settings(**wishes)
        self.store = WatchedWarehouse(warehouse)
        self.publisher = WatchedPublisher()
        self.alerter = RecordingAlerter()
        self.parts = build_coordinator(
            self.settings, self.store, self.publisher, self.alerter, clock, **wired
        )
        self._slate = slate
        app = create_app(self.parts, self.settings, LoopbackCallers(), lambda: None, LoopbackVisitors())
        self.client = described_client(app)

    def trigger(self, **changes: Any) -> TestResponse:
        """Push Phase 4's event about the slate."""
        event = {"event_type": "phase4_complete", "game_date": self._slate.game_date.isoformat()}
        return self.push("/trigger", event | changes)

    def start(self, body: Mapping[str, Any] | None = None, **headers: str) -> TestResponse:
        """Start as a person."""
        return self._post("/start", body, headers)

    def scheduled_start(self, scheduled_at: datetime | None = None) -> TestResponse:
        """Start as the scheduler."""
        when = {"X-CloudScheduler-ScheduleTime": scheduled_at.isoformat()} if scheduled_at else {}
        return self._post("/start", None, SCHEDULER | when)

    def retry(self, body: Mapping[str, Any] | None = None) -> TestResponse:
        """Retry as a person."""
        return self._post("/retry", body, {})

    def refresh(self, body: Mapping[str, Any] | None = None) -> TestResponse:
        """Refresh as a person."""
        return self._post("/refresh", body, {})

    def scheduled_retry(self) -> TestResponse:
        """Retry as the scheduler."""
        return self._post("/retry", None, SCHEDULER)

    def complete(self) -> TestResponse:
        """Push a worker's announcement about the slate."""
        ready = PredictionReady(game_date=self._slate.game_date, batch_id="b", outcomes=())
        return self.push("/complete", ready.to_message().data)

    def status(self, **query: str) -> TestResponse:
        """Ask where the slate stands."""
        return self.client.get("/status", query_string=self._dated(query))

    def plan(self) -> TestResponse:
        """Ask what a start would do."""
        return self.client.get("/plan", query_string=self._dated({}))

    def push(self, route: str, data: Mapping[str, Any] | bytes, **attributes: str) -> TestResponse:
        """Push a message as Pub/Sub does."""
        content = data if isinstance(data, bytes) else json.dumps(data).encode()
        return self.client.post(route, data=seal_envelope(PushMessage(content, "m1", attributes)))

    def _post(self, route: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> TestResponse:
        return self.client.post(route, json=self._dated(body or {}), headers=dict(headers))

    def _dated(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        return {"game_date": self._slate.game_date.isoformat()} | dict(fields)


@cache
def _settings(**wishes: Any) -> Settings:
    return load_settings(**wishes)


def told(response: TestResponse) -> Told:
    """Return what a caller is told: the status code and the JSON body, None if there is none."""
    return response.status_code, response.get_json() if response.data else None
