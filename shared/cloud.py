"""What every service stands on in Google Cloud: the part of the composition roots that they share."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from google.cloud import bigquery
from google.cloud.bigquery_storage_v1 import BigQueryWriteClient
from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient

from shared.clock import SystemClock
from shared.config import Settings, load_settings
from shared.logs import configure_logs
from shared.messaging.pubsub_publisher import BATCHES, PubSubPublisher, publisher_options
from shared.messaging.pubsub_topology import PubSubTopology
from shared.ports import Publisher, TopologyCheck, Warehouse
from shared.telemetry import close_telemetry, configure_telemetry
from shared.topology import subscriptions, topics
from shared.traced import traced_publisher, traced_warehouse
from shared.warehouse.bigquery_warehouse import BigQueryWarehouse
from shared.warehouse.schema_check import check_schema


@dataclass(frozen=True)
class CloudHome:
    """The settings, the real clock, and the adapters of one process."""

    settings: Settings
    clock: SystemClock
    warehouse: Warehouse
    publisher: Publisher
    closing: tuple[Callable[[], None], ...] = ()
    topology: TopologyCheck | None = None

    def check(self) -> None:
        """Raise while the store cannot be reached, or does not fit the code."""
        check_schema(self.warehouse)


@dataclass(frozen=True)
class GoogleClients:
    """The clients of one process. They open threads and connections, so make them after the fork."""

    bigquery: bigquery.Client
    writer: BigQueryWriteClient
    publisher: PublisherClient
    subscriber: Callable[[], SubscriberClient] = SubscriberClient


def google_clients(settings: Settings) -> GoogleClients:
    """Make the clients, as the service account that the process runs as."""
    return GoogleClients(
        bigquery=bigquery.Client(settings.project_id, location=settings.bigquery_location),
        writer=BigQueryWriteClient(),
        publisher=PublisherClient(BATCHES, publisher_options(settings.call_timeout_seconds)),
    )


def open_home(service: str) -> CloudHome:
    """Read the environment and connect; raise InvalidInput naming every setting that is wrong."""
    settings = load_settings()
    configure_logs(settings.log_level, settings.project_id)
    configure_telemetry(service, settings)
    return connect(service, settings, google_clients(settings))


def connect(service: str, settings: Settings, clients: GoogleClients) -> CloudHome:
    """Put a service's adapters on clients."""
    timeout = settings.call_timeout_seconds
    warehouse = BigQueryWarehouse(
        clients.bigquery, clients.writer, service, timeout, settings.load_timeout_seconds
    )
    publisher = PubSubPublisher(clients.publisher, settings.project_id, timeout)
    topology = PubSubTopology(
        clients.publisher,
        clients.subscriber,
        settings.project_id,
        topics(settings),
        subscriptions(settings),
        timeout,
    )
    return CloudHome(
        settings,
        SystemClock(),
        traced_warehouse(warehouse),
        traced_publisher(publisher),
        closing=(close_telemetry, warehouse.close, publisher.close),
        topology=topology,
    )


def end_with(app: Flask, home: CloudHome) -> Flask:
    """Leave with the app what the server calls when it is asked to stop, and when the process ends."""
    app.extensions["stop"] = [home.clock.stop.set]
    app.extensions["close"] = list(home.closing)
    return app
