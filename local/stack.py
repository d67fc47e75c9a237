"""The one-process stack: three Flask apps, the bus and a DuckDB file. The embedded composition root."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import waitress
from waitress import wasyncore
from werkzeug.middleware.dispatcher import DispatcherMiddleware

import local.api
from data_processors.precompute.ml_feature_store.ml_feature_store_processor import MLFeatureStoreProcessor
from data_processors.precompute.service import create_app as create_precompute_app
from local.client import StackClient
from local.warm_up import translate_statements
from predictions.coordinator.callers import LoopbackCallers
from predictions.coordinator.coordinator import create_app as create_coordinator_app
from predictions.coordinator.wiring import build_coordinator
from predictions.worker.wiring import build_predict_shard
from predictions.worker.worker import create_app as create_worker_app
from shared.alerts import AlertDesk, LogAlerter
from shared.clock import SystemClock
from shared.config import Settings
from shared.http import MAX_BODY_BYTES
from shared.logs import get_logger
from shared.messaging.bus import InMemoryBus
from shared.messaging.dispatcher import BusDispatcher
from shared.ports import Publisher, Warehouse
from shared.statements import load_statement
from shared.topology import subscriptions, topics
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse
from shared.warehouse.schema_check import check_schema

HTTP_THREADS = 16
STOP_SECONDS = 8  # Cloud Run gives ten
_log = get_logger("stack")


class Stack:
    """Everything in one process, answering on loopback.

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
        self.clock = clock
        self._store = DuckDBWarehouse(database, clock)
        self._store.create_schema()
        check_schema(self._store)
        self.bus = InMemoryBus(topics(settings), subscriptions(settings), clock)
        self.warehouse = observe(self._store)
        self._publisher = tap(self.bus)
        self._sockets: dict[int, Any] = {}
        self._server = waitress.create_server(
            self._mount(settings, has_worker),
            map=self._sockets,
            host="127.0.0.1",
            port=port,
            threads=HTTP_THREADS,
            inbuf_overflow=MAX_BODY_BYTES,
            ident=None,
        )
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # bursts queue, by design
        self.url = f"http://127.0.0.1:{self._server.effective_port}"
        self.client = StackClient(self.url)
        self._dispatcher = BusDispatcher(self.bus, self.url, clock, settings.bus_threads)
        self._thread = threading.Thread(target=self._server.run, name="http", daemon=True)

    def start(self) -> None:
        """Begin to answer and to deliver."""
        threading.Thread(target=translate_statements, name="warm-up", daemon=True).start()
        self._thread.start()
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
        self._server.task_dispatcher.shutdown(timeout=STOP_SECONDS)
        self._server.trigger.pull_trigger(self._close_sockets)
        if self._thread.is_alive():
            self._thread.join(timeout=STOP_SECONDS)
        self._store.close()

    def _close_sockets(self) -> None:
        """Close every connection; only the server's own thread may, since it waits on them."""
        wasyncore.close_all(self._sockets, ignore_all=True)

    def _mount(self, settings: Settings, has_worker: bool) -> DispatcherMiddleware:
        store, clock, publisher = self.warehouse, self.clock, self._publisher
        alerter = LogAlerter()
        coordinator = build_coordinator(
            settings,
            store,
            publisher,
            alerter,
            clock,
            is_stopping=clock.stop.is_set,
            alive_since=clock.now(),
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
        root = create_coordinator_app(coordinator, settings, LoopbackCallers(), self._check)
        return DispatcherMiddleware(root, apps)

    def _check(self) -> None:
        check_schema(self._store)
