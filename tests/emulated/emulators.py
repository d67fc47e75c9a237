"""The emulators of BigQuery and Pub/Sub as processes of the tests, and clients that talk to them."""

import os
import shutil
import signal
import socket
import subprocess
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import grpc
import urllib3
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery, pubsub_v1
from google.cloud.bigquery_storage_v1 import BigQueryWriteClient
from google.cloud.bigquery_storage_v1.services.big_query_write.transports import BigQueryWriteGrpcTransport
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from shared.clock import Stopwatch
from shared.messaging.pubsub_publisher import BATCHES, publisher_options
from shared.warehouse.catalog import tables

PROJECT = "nba-props-platform"
START_SECONDS = 60
ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-emulators" / "bin" / "python"
_SDK = "platform/pubsub-emulator/lib"


def bigquery_absence() -> str | None:
    """Say why there is no BigQuery emulator here, or None if there is one."""
    if PYTHON.exists():
        return None
    return "no BigQuery emulator: .venv-emulators is missing; `make test-emulated` makes it with Python 3.13"


def pubsub_absence() -> str | None:
    """Say why there is no Pub/Sub emulator here, or None if there is one."""
    if shutil.which("java") is None:
        return "no Pub/Sub emulator: it needs Java"
    if pubsub_jar() is None:
        return "no Pub/Sub emulator: the Google Cloud SDK's component pubsub-emulator is not installed"
    return None


def pubsub_jar() -> Path | None:
    """Return the emulator's jar inside the Google Cloud SDK that `gcloud` belongs to."""
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        return None
    roots = [Path(gcloud).resolve().parents[1], Path("/usr/lib/google-cloud-sdk")]
    return next((jar for root in roots for jar in sorted((root / _SDK).glob("*-all.jar"))), None)


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Process:
    """A child process with its output in a file; `start` returns once `is_up` says so."""

    def __init__(self, command: list[str], log: Path, env: dict[str, str] | None = None) -> None:
        self.log = log
        self._command = command
        self._env = os.environ | (env or {})
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, is_up: Callable[[], bool]) -> None:
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command, stdout=output, stderr=output, env=self._env, cwd=ROOT, start_new_session=True
            )
        watch, pause = Stopwatch(), threading.Event()
        while watch.seconds() < START_SECONDS:
            if self._process.poll() is not None:
                break
            if is_up():
                return
            pause.wait(0.1)
        raise AssertionError(f"{self._command[0]} did not start: {self.log.read_text()[-2000:]}")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.poll() if self._process else 0

    def signal(self, number: int) -> None:
        """Send a signal to the process, which passes it on to its children as it sees fit."""
        os.kill(self.pid, number)

    def signal_all(self, number: int) -> None:
        """Send a signal to the process and its children; nothing to one that has ended."""
        if self.poll() is None:
            os.killpg(self.pid, number)

    def children(self) -> list[int]:
        """Return the processes that it has started and that live."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def wait(self, seconds: float) -> int:
        assert self._process is not None
        return self._process.wait(seconds)

    def stop(self) -> None:
        """End it and its children, whatever they are doing."""
        self.signal_all(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(30)


def answers(url: str) -> Callable[[], bool]:
    """Return a check that something answers HTTP there."""

    def check() -> bool:
        try:
            with urllib3.PoolManager(retries=False, timeout=10.0) as http:
                return http.request("GET", url).status < 500
        except urllib3.exceptions.HTTPError:
            return False

    return check


class BigQueryEmulator:
    """One BigQuery emulator with a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.port, self.grpc_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        script = str(Path(__file__).parent / "bigquery_emulator.py")
        command = [str(PYTHON), script, str(folder), str(self.port), str(self.grpc_port)]
        self.process = Process(command, folder / "bigquery.log")

    def start(self) -> None:
        self.process.start(answers(f"{self.url}/bigquery/v2/projects"))

    def stop(self) -> None:
        self.process.stop()

    def client(self, project: str = PROJECT) -> bigquery.Client:
        """Return an unmodified BigQuery client that talks to the emulator."""
        return bigquery_client(self.url, project)

    def writer(self) -> BigQueryWriteClient:
        """Return an unmodified Storage Write client that talks to the emulator."""
        return write_client(f"127.0.0.1:{self.grpc_port}")


def bigquery_client(url: str, project: str = PROJECT) -> bigquery.Client:
    return bigquery.Client(project, AnonymousCredentials(), client_options={"api_endpoint": url})


def write_client(address: str) -> BigQueryWriteClient:
    channel = grpc.insecure_channel(address)
    return BigQueryWriteClient(transport=BigQueryWriteGrpcTransport(channel=channel))


def publisher_client(channel: grpc.Channel | str) -> pubsub_v1.PublisherClient:
    if isinstance(channel, str):
        channel = grpc.insecure_channel(channel)
    transport = PublisherGrpcTransport(channel=channel)
    return pubsub_v1.PublisherClient(BATCHES, publisher_options(30.0), transport=transport)


def subscriber_client(channel: grpc.Channel | str) -> pubsub_v1.SubscriberClient:
    if isinstance(channel, str):
        channel = grpc.insecure_channel(channel)
    return pubsub_v1.SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))


def create_schema(client: bigquery.Client) -> None:
    """Create the datasets, tables and views of the DDL folder, as bin/bigquery/apply_schemas.sh does."""
    for declared in tables().values():
        client.create_dataset(declared.name.partition(".")[0], exists_ok=True)
        client.query(declared.ddl).result()


class PubSubEmulator:
    """One official Pub/Sub emulator."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        command = ["java", "-Xmx512m", "-jar", str(pubsub_jar()), "--host=127.0.0.1", f"--port={self.port}"]
        self.process = Process(command, folder / "pubsub.log")
        self._channels: list[grpc.Channel] = []

    def start(self) -> None:
        self.process.start(answers(f"http://{self.host}/"))

    def stop(self) -> None:
        for channel in self._channels:
            channel.close()
        self._channels.clear()
        self.process.stop()

    def publisher_client(self) -> pubsub_v1.PublisherClient:
        """Return an unmodified publisher client that talks to the emulator."""
        return publisher_client(self._channel())

    def subscriber_client(self) -> pubsub_v1.SubscriberClient:
        """Return an unmodified subscriber client that talks to the emulator."""
        return subscriber_client(self._channel())

    def create_pull_subscription(self, project: str, topic: str) -> None:
        """Create a topic and a subscription of the same name that can be pulled."""
        name = f"projects/{project}/topics/{topic}"
        self.publisher_client().create_topic(name=name)
        path = f"projects/{project}/subscriptions/{topic}"
        self.subscriber_client().create_subscription(name=path, topic=name)

    def pull(self, project: str, topic: str) -> list[pubsub_v1.types.PubsubMessage]:
        """Return every message that the subscription of this name holds, and acknowledge them."""
        client, path = self.subscriber_client(), f"projects/{project}/subscriptions/{topic}"
        messages = []
        while found := _pull_at_once(client, path):
            messages += [entry.message for entry in found]
            client.acknowledge(subscription=path, ack_ids=[entry.ack_id for entry in found])
        return messages

    def _channel(self) -> grpc.Channel:
        channel = grpc.insecure_channel(self.host)
        self._channels.append(channel)
        return channel


def _pull_at_once(client: pubsub_v1.SubscriberClient, path: str) -> list[pubsub_v1.types.ReceivedMessage]:
    """Pull without waiting, which is deprecated for programs and right for a test that expects nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        answer = client.pull(subscription=path, max_messages=1000, return_immediately=True)
    return list(answer.received_messages)
