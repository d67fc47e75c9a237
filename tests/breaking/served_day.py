"""Those who call the served stack about one slate: whatever was not acknowledged comes again."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

import urllib3
from served_process import ServedProcess, waiting
from served_store import Acknowledged

from local.client import Body
from shared.errors import DependencyUnavailable
from shared.ids import fresh_id

TICK_SECONDS = 1.0  # the scheduler's five minutes, for those who have less time


@dataclass
class Day:
    """One slate from nothing to complete, over as many processes as it takes."""

    server: ServedProcess
    slate: date
    players: int
    random: Random
    begins: Callable[[str], None] = lambda stage: None
    said: Acknowledged = field(default_factory=Acknowledged)
    violations: list[str] = field(default_factory=list)
    silence: str = ""
    forgiven: int = 0

    @property
    def options(self) -> tuple[str, ...]:
        """Return what every start is told: the slate that is replayed, and how many are expected."""
        return ("--date", self.slate.isoformat(), "--players", str(self.players))

    def go_on(self, is_left_alone: bool) -> bool:
        """Ask until the slate is complete; False if the server died before that.

        A slate that was claimed or predicting when its server died is left alone: it must go on by itself.
        """
        try:
            self.load()
            self._process(is_left_alone)
            return self._follow(is_left_alone)
        except DependencyUnavailable as error:
            self.silence = str(error)
            return False

    def note(self) -> None:
        """Note what the dead process had announced, which must be in the file, and what it did not expect."""
        for event in self.server.log:
            if event.get("event_name") == "shard_forecast":
                done = ("players_predicted", "players_skipped", "players_failed")
                self.said.answers[event["batch_id"]] += sum(event[name] for name in done)
        for event in self._unexpected()[self.forgiven :]:
            self.violations.append(f"an answer was 500: {str(event.get('exception'))[:2000]}")
        self.forgiven = 0

    def forgive(self) -> None:
        """Let the answers of 500 that there were so far pass."""
        self.forgiven = len(self._unexpected())

    def _unexpected(self) -> list[dict[str, Any]]:
        return [event for event in self.server.log if event.get("event_name") == "unexpected_error"]

    def post(self, path: str, body: Body) -> tuple[int, Body]:
        """POST, and note what was acknowledged; raises DependencyUnavailable if nobody answers."""
        status, found = self.server.client.post(path, body)
        if status == 202:
            self.said.batches.append(found["batch_id"])
        return status, found

    def load(self) -> None:
        """Load the slate unless that was acknowledged."""
        if not self.said.players:
            self.begins("load")
            body = {"game_date": self.slate.isoformat(), "players": self.players}
            self._insist("/local/slate", body)
            self.said.players = self.players
            self._push_early()

    def _process(self, is_left_alone: bool) -> None:
        """Run Phase 4 unless a run was acknowledged; the one that asks is Phase 3, which asks again."""
        if not self.said.runs:
            self.begins("phase 4")
            found = self._insist("/precompute/process", {"game_date": self.slate.isoformat()})
            self.said.runs.append(found["run_id"])
            for _ in range(self.random.choice((0, 0, 1, 2))):
                self._push(found["run_id"])
        elif not is_left_alone:
            self.tick()

    def tick(self) -> None:
        """Ask as the scheduler does."""
        self.post("/retry", {"game_date": self.slate.isoformat()})

    def _push_early(self) -> None:
        """Push an event before there are features, so that an alert is raised."""
        if self.random.random() < 0.5:
            self._push(fresh_id())

    def _push(self, run_id: str) -> None:
        data = {"event_type": "phase4_complete", "processor": "ml_feature_store_v2", "run_id": run_id}
        encoded = base64.b64encode(json.dumps(data | {"game_date": self.slate.isoformat()}).encode())
        message = {"data": encoded.decode(), "messageId": fresh_id()}
        self.post("/trigger", {"message": message, "subscription": "s"})

    def _insist(self, path: str, body: Body) -> Body:
        for _ in waiting(every=0.2):
            status, found = self.post(path, body)
            if status < 300:
                return found
        raise AssertionError(f"{path} went on answering {status}: {found}")

    def _follow(self, is_left_alone: bool) -> bool:
        """Follow the slate to its end; the scheduler comes by unless the slate must help itself."""
        self.begins("batch")
        looks = int(TICK_SECONDS / 0.02)
        for look, _ in enumerate(waiting(every=0.02), start=1):
            if self.is_complete():
                self.begins("end")
                return True
            if look % looks == 0 and not is_left_alone:
                self.tick()
        raise AssertionError(f"the slate never became complete: {self._state()}; {self.server.said[-1500:]}")

    def is_complete(self) -> bool:
        """Say whether the slate has ended on the run that was acknowledged."""
        body = self._state()
        return (
            body.get("state") == "complete"
            and body["feature_run_id"] in self.said.runs
            and body["wanted"] == body["in_flight"] == 0
        )

    def _state(self) -> Body:
        """Return what /status says, without the batches; nothing while it is refused."""
        status, body = self.server.client.get("/status", game_date=self.slate.isoformat())
        return {name: body[name] for name in body if name != "batches"} if status == 200 else {}


def scheduler_start(url: str) -> tuple[int, str | None]:
    """Ask /start as the scheduler, which waits; return the status and Retry-After."""
    with urllib3.PoolManager() as http:
        headers = {"X-CloudScheduler": "true"}
        answer = http.request("POST", f"{url}/start", headers=headers, body=b"{}", retries=False)
        return answer.status, answer.headers.get("Retry-After")
