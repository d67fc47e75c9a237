"""The one-process stack: three Flask apps, the bus and a DuckDB file. The embedded composition root."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from werkzeug.middleware.dispatcher import DispatcherMiddleware

import local.api
from data_processors.precompute.ml_feature_store.ml_feature_store_processor import MLFeatureStoreProcessor
from data_processors.precompute.service import create_app as create_precompute_app
from local.admission import LANES, AdmissionGate
from local.allocator import share_arenas
from local.client import StackClient
from local.same_origin import SameOriginGate
from local.server import LoopbackServer
from local.warm_up import translate_statements
from predictions.coordinator.callers import LoopbackCallers
from predictions.coordinator.coordinator import create_app as create_coordinator_app
from predictions.coordinator.visitors import LoopbackVisitors
from predictions.coordinator.wiring import build_coordinator
from predictions.worker.wiring import build_predict_shard
from predictions.worker.worker import create_app as create_worker_app
from shared.alerts import AlertDesk, LogAlerter
from shared.clock import Stopwatch, SystemClock
from shared.config import Settings
from shared.logs import get_logger
from shared.messaging.bus import InMemoryBus
from shared.messaging.dispatcher import BusDispatcher
from shared.ports import Publisher, Warehouse
from shared.statements import load_statement
from shared.telemetry import close_telemetry, configure_telemetry
from shared.topology import subscriptions, topics
from shared.traced import traced_publisher, traced_warehouse
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse
from shared.warehouse.schema_check import check_schema

STOP_SECONDS = 8  # Cloud Run gives ten
REFUSING_THREADS = 4  # beside those that every lane could hold
_log = get_logger("stack")


class Stack:
    """Everything in one process, answering on loopback.

    The bus pushes through a door of its own, so that whoever crowds the front door holds up no delivery.
    Without a worker its route does not exist, so that every request message is refused: an outage.
    """

    def __init__(
        self,
        database: Path | None,
        settings: Settings,
        clock: SystemClock,
        port: int = 0,
        has_worker: bool = True,
        observe: Callable[[Warehouse], Warehouse] = lambda warehouse: warehouse,
        tap: Callable[[Publisher], Publisher] = lambda publisher: publisher,
    ) -> None:
        share_arenas()
        configure_telemetry("nba-props", settings)
        self.clock = clock
        self._store = DuckDBWarehouse(database, clock)
        self._store.create_schema()
        check_schema(self._store)
        self.bus = InMemoryBus(topics(settings), subscriptions(settings), clock)
        self.warehouse = traced_warehouse(observe(self._store))
        self._publisher = traced_publisher(tap(self.bus))
        app = self._mount(settings, has_worker)
        gate = AdmissionGate(
            app, {policy.endpoint for policy in subscriptions(settings)}, settings.retry_after_seconds
        )
        threads = sum(lane.places for lane in LANES.values()) + REFUSING_THREADS
        self._front_door = LoopbackServer(SameOriginGate(gate), "http", threads, port)
        self._bus_door = LoopbackServer(app, "bus-http", 2 * settings.bus_threads)  # half may hang
        self.url = self._front_door.url
        self.client = StackClient(self.url)
        self._dispatcher = BusDispatcher(self.bus, self._bus_door.url, clock, settings.bus_threads)

    def start(self) -> None:
        """Begin to answer and to deliver."""
        threading.Thread(target=translate_statements, name="warm-up", daemon=True).start()
        self._front_door.start()
        self._bus_door.start()
        self._dispatcher.start()

    def resume(self) -> None:
        """Ask about every slate whose batch was under way when the last process ended."""
        for row in self.warehouse.query(load_statement("local", "unfinished_slates")):
            _log.warning(
                "an unfinished slate is resumed",
                event_name="resume",
                game_date=row["game_date"].isoformat(),
            )
            self.client.post("/retry", {"game_date": row["game_date"].isoformat()})

    def settle(self, seconds: float) -> bool:
        """Wait until the bus has delivered everything; say whether that came in time."""
        return self._dispatcher.wait_idle(seconds)

    def stop(self) -> None:
        """Stop delivering, then answering, then write everything to the file."""
        self.clock.stop.set()
        self._dispatcher.stop()
        self.client.close()
        watch = Stopwatch()
        for door in (self._front_door, self._bus_door):
            door.stop(max(0.0, STOP_SECONDS - watch.seconds()))
        self._store.close()
        close_telemetry()

    def _mount(self, settings: Settings, has_worker: bool) -> DispatcherMiddleware:
        store, clock, publisher = self.warehouse, self.clock, self._publisher
        settings = settings.model_copy(update={"alerts_per_hour": 0})  # the log takes them all
        alerter = LogAlerter()
        coordinator = build_coordinator(
            settings,
            store,
            publisher,
            alerter,
            clock,
            is_stopping=clock.stop.is_set,
            alive_since=clock.now(),
            topology=self.bus,
            is_embedded=True,
        )
        processor = MLFeatureStoreProcessor(
            store, publisher, AlertDesk(store, alerter, clock), clock, settings
        )
        apps: dict[str, Any] = {
            "/precompute": create_precompute_app(processor, settings, self._check),
            "/local": local.api.create_app(store, clock, settings.retry_after_seconds, self.bus.pending),
        }
        if has_worker:
            predict = build_predict_shard(settings, store, publisher, clock)
            apps["/worker"] = create_worker_app(predict, settings, self._check)
        root = create_coordinator_app(
            coordinator, settings, LoopbackCallers(), self._check, LoopbackVisitors()
        )
        return DispatcherMiddleware(root, apps)

    def _check(self) -> None:
        check_schema(self._store)
        self._store.require_room()
