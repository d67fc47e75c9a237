"""Google Cloud on one machine: both emulators, an issuer of identities, and the services under gunicorn."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import urllib3
from bridge import Bridge
from door import Door
from emulators import PROJECT, BigQueryEmulator, Process, PubSubEmulator, answers, create_schema, free_port
from google.protobuf.duration_pb2 import Duration
from google.pubsub_v1 import types
from issuer import Issuer

from local.loading import load_sample
from shared.clock import Stopwatch, SystemClock
from shared.config import load_settings
from shared.messaging.pubsub_publisher import PubSubPublisher
from shared.ports import OutgoingMessage
from shared.slate import slate_date
from shared.statements import inline_statement
from shared.topology import subscriptions, topics
from shared.warehouse.bigquery_warehouse import BigQueryWarehouse

PATIENCE_SECONDS = 180
PAUSE_SECONDS = 1.0  # asking for a status takes the emulator about two seconds of work
SYSTEMS = len(load_settings().systems)
PUSH = "phase5-push@nba-props-platform.iam.gserviceaccount.com"
SCHEDULER = "phase5-scheduler@nba-props-platform.iam.gserviceaccount.com"
PHASE3 = "phase3-processors@nba-props-platform.iam.gserviceaccount.com"
OPERATOR = "operator@example.com"
SERVICES = ("coordinator", "coordinator", "worker", "worker", "precompute")
QUICK = {
    "LEASE_SECONDS": "22",
    "CALL_TIMEOUT_SECONDS": "15",
    "IN_FLIGHT_SECONDS": "30",
    "PHASE4_POLL_SECONDS": "0.5",
    "PHASE4_WAIT_SECONDS": "120",
    "RETRY_AFTER_SECONDS": "1",
    "SHARD_PLAYERS": "10",
    "BUILD": "emulated",
    "OPERATOR_IDENTITIES": OPERATOR,
    "THREADS": "16",
}


class Cloud:
    """Everything, with one slate of the sample league: tomorrow's, so that its deadline is never past."""

    def __init__(self, folder: Path, players: int) -> None:
        self.die_file = folder / "die"
        self.hunger_file = folder / "hunger"
        self.issuer = Issuer()
        self.bigquery = BigQueryEmulator(folder)
        self.door = Door(self.bigquery.url, f"127.0.0.1:{self.bigquery.grpc_port}")
        self.pubsub = PubSubEmulator(folder)
        self.players = players
        self.game_date = slate_date(datetime.now(UTC)) + timedelta(days=1)
        self._folder = folder
        self._http = urllib3.PoolManager(retries=False, timeout=120.0)
        self.bridge = Bridge(self.urls, lambda service: self.token(PUSH, service))
        self.instances: list[Instance] = []
        self.answered = self.bridge.answered

    def start(self) -> None:
        """Start the emulators, make what deploy scripts would make, load the slate, start the services."""
        self.bigquery.start()
        self.pubsub.start()
        create_schema(self.bigquery.client())
        self.warehouse = BigQueryWarehouse(self.bigquery.client(), self.bigquery.writer(), "tests")
        load_sample(self.warehouse, self.game_date, self.players, SystemClock())
        self.create_subscriptions()
        self.instances = [Instance(self, service, number) for number, service in enumerate(SERVICES)]
        for instance in self.instances:
            instance.start()

    def stop(self) -> None:
        with ExitStack() as ends:
            for part in (self.bigquery, self.pubsub, *self.instances):
                ends.callback(part.stop)
            ends.callback(self.door.close)
            ends.callback(self.bridge.close)
            ends.callback(self.issuer.close)
            ends.callback(self._http.clear)

    def urls(self, service: str) -> list[str]:
        return [instance.url for instance in self.instances if instance.service == service]

    def token(self, email: str, service: str) -> str:
        return self.issuer.token(email, audience(service))

    def call(
        self,
        email: str | None,
        method: str,
        service: str,
        path: str,
        body: Any = None,
        at: int = 0,
        **headers: str,
    ) -> tuple[int, Any]:
        """Call a service as somebody (None: without a token); return the status and the JSON answer."""
        if email is not None:
            headers["Authorization"] = f"Bearer {self.token(email, service)}"
        content = None if body is None else orjson.dumps(body)
        url = self.urls(service)[at] + path
        answer = self._http.request(method, url, body=content, headers=headers)
        return answer.status, orjson.loads(answer.data) if answer.data else None

    def run_phase4(self) -> str:
        """Let Phase 4 compute the slate and publish its event; return the run's id."""
        body = {"game_date": self.game_date.isoformat()}
        status, answer = self.call(PHASE3, "POST", "precompute", "/process", body)
        assert (status, answer and answer["event"]) == (200, "published"), answer
        return str(answer["run_id"])

    def status(self) -> dict[str, Any]:
        """Return what the coordinator says of the slate, once it can be asked."""
        seen: list[tuple[int, Any]] = []

        def is_told() -> bool:
            seen[:] = [self.call(OPERATOR, "GET", "coordinator", f"/status?game_date={self.game_date}")]
            return seen[0][0] != 503

        self.wait_until(is_told, lambda: f"the status; the last answer: {seen}")
        assert seen[0][0] == 200, seen
        return dict(seen[0][1])

    def wait_for(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Ask for the status until it fits."""
        seen: list[dict[str, Any]] = []

        def fits() -> bool:
            seen[:] = [self.status()]
            return condition(seen[0])

        self.wait_until(fits, lambda: f"a status that fits; the last one: {seen}")
        return seen[0]

    def wait_until(self, happened: Callable[[], bool], what: Callable[[], str]) -> None:
        watch, pause = Stopwatch(), threading.Event()
        while watch.seconds() < PATIENCE_SECONDS:
            if happened():
                return
            pause.wait(PAUSE_SECONDS)
        raise AssertionError(f"{what()} did not come\n{self.logs()}")

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Read the store; `@day` is the slate."""
        if "@day" in sql:
            return self.warehouse.query(inline_statement("test", sql, day="DATE"), day=self.game_date)
        return self.warehouse.query(inline_statement("test", sql))

    def publish(self, topic: str, *messages: bytes) -> None:
        publisher = PubSubPublisher(self.pubsub.publisher_client(), PROJECT)
        assert publisher.publish(topic, [OutgoingMessage(message) for message in messages]) == []
        publisher.close()

    @contextmanager
    def dying(self, point: str) -> Iterator[None]:
        """Let whoever comes to this point first die there, wait for that, and start it again."""
        self.die_file.write_text(point)
        yield
        self.wait_until(lambda: any(i.is_dead for i in self.instances), lambda: f"dying at {point}")
        for instance in self.instances:
            if instance.is_dead:
                instance.start()

    def logs(self) -> str:
        """Return the end of what every process wrote."""
        files = sorted(self._folder.glob("*.log"))
        return "\n".join(f"--- {file.name}\n{file.read_text()[-1500:]}" for file in files)

    def create_subscriptions(self) -> None:
        """Make the topics and subscriptions; the emulator forgets them with its process."""
        settings = load_settings()
        publisher, subscriber = self.pubsub.publisher_client(), self.pubsub.subscriber_client()
        for topic in topics(settings):
            publisher.create_topic(name=f"projects/{PROJECT}/topics/{topic}")
        for policy in subscriptions(settings):
            service, route = _place(policy.endpoint)
            dead_letters = f"projects/{PROJECT}/topics/{policy.dead_letter_topic}"
            subscriber.create_subscription(
                types.Subscription(
                    name=f"projects/{PROJECT}/subscriptions/{policy.name}",
                    topic=f"projects/{PROJECT}/topics/{policy.topic}",
                    push_config=types.PushConfig(push_endpoint=f"{self.bridge.url}/{service}{route}"),
                    ack_deadline_seconds=60,
                    retry_policy=types.RetryPolicy(
                        minimum_backoff=Duration(seconds=10), maximum_backoff=Duration(seconds=10)
                    ),
                    dead_letter_policy=types.DeadLetterPolicy(
                        dead_letter_topic=dead_letters,
                        max_delivery_attempts=policy.max_delivery_attempts,
                    )
                    if policy.dead_letter_topic
                    else None,
                )
            )


class Instance:
    """One service in one gunicorn with one process, as Cloud Run runs it; it can be started again."""

    def __init__(self, cloud: Cloud, service: str, number: int) -> None:
        self.service = service
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "gunicorn", "--config", "python:shared.gunicorn_settings"]
        command += [f"services:{service}()"]
        environment = QUICK | {
            "PORT": str(port),
            "PYTHONPATH": str(Path(__file__).parent),
            "TOKEN_CERTS_URL": cloud.issuer.url,
            "TOKEN_AUDIENCES": audience(service),
            "EMULATED_BIGQUERY": cloud.door.url,
            "EMULATED_WRITE": cloud.door.address,
            "EMULATED_PUBSUB": cloud.pubsub.host,
            "DIE_FILE": str(cloud.die_file),
            "HUNGER_FILE": str(cloud.hunger_file),
        }
        self.process = Process(command, cloud._folder / f"{service}-{number}.log", environment)

    @property
    def is_dead(self) -> bool:
        return self.process.poll() is not None

    def is_ready(self) -> bool:
        return answers(f"{self.url}/ready")()

    def start(self) -> None:
        self.process.start(self.is_ready)

    def stop(self) -> None:
        self.process.stop()


def audience(service: str) -> str:
    """Return what a token for a service is for: the URL that the deploy scripts give it."""
    return f"https://{service}.example.com"


def _place(endpoint: str) -> tuple[str, str]:
    if endpoint.startswith("/worker"):
        return "worker", endpoint.removeprefix("/worker")
    return "coordinator", endpoint


def finished(run_id: str) -> Callable[[dict[str, Any]], bool]:
    return lambda body: body["state"] == "complete" and body["feature_run_id"] == run_id


def assert_everybody_once(cloud: Cloud, run_id: str) -> None:
    """Everyone expected ended once for this run, and readers see one forecast a player and system."""
    status = cloud.status()
    forecasts = cloud.rows(
        "SELECT player_lookup, system_id, feature_run_id, build "
        "FROM nba_predictions.player_prop_predictions_current WHERE game_date = @day"
    )
    keys = {(row["player_lookup"], row["system_id"]) for row in forecasts}
    assert status["expected"] == cloud.players
    assert status["predicted"] + sum(status["skipped"].values()) == cloud.players
    assert status["failed"] == {}
    assert len(keys) == len(forecasts) == status["predicted"] * SYSTEMS
    assert {row["feature_run_id"] for row in forecasts} == {run_id}
    assert {row["build"] for row in forecasts} == {"emulated"}
