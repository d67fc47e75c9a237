"""Where runs take place: how instances are put together, a store, a clock, threads for the calls."""

import logging
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import structlog
from flask import Flask
from sim_fibre import Fibres

from predictions.coordinator import wiring
from predictions.coordinator.callers import LoopbackCallers
from predictions.coordinator.coordinator import create_app as create_coordinator_app
from predictions.coordinator.slate_store import SlateStore
from predictions.worker.wiring import build_predict_shard
from predictions.worker.worker import create_app as create_worker_app
from shared.clock import Clock, FakeClock
from shared.config import Settings, load_settings
from shared.ports import Alerter, Publisher, Warehouse
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

SETTINGS = load_settings(
    shard_players=3,
    phase4_wait_seconds=240.0,
    phase4_poll_seconds=60.0,
    bus_ack_deadline_seconds=300.0,
)


@dataclass(frozen=True)
class Ports:
    """What an instance is given."""

    warehouse: Warehouse
    publisher: Publisher
    alerter: Alerter
    clock: Clock


def _usable() -> None:
    """The check of /ready, which nobody asks for here."""


def _nothing() -> None:
    """What a worker does after it has answered."""


@dataclass(frozen=True)
class WorkerWrites:
    """Where a worker writes, and what it does after it has answered."""

    warehouse: Warehouse
    afterwards: Callable[[], None] = _nothing


@dataclass(frozen=True)
class Product:
    """How the instances are put together; a mutant replaces one of the parts."""

    store_class: type[SlateStore] = SlateStore
    worker_writes: Callable[[Warehouse], WorkerWrites] = WorkerWrites

    def coordinator(self, settings: Settings, ports: Ports) -> Flask:
        """Build a coordinator that remembers nothing."""
        with patch.object(wiring, "SlateStore", self.store_class):
            built = wiring.build_coordinator(
                settings, ports.warehouse, ports.publisher, ports.alerter, ports.clock
            )
        return create_coordinator_app(built, settings, LoopbackCallers(), _usable)

    def worker(self, settings: Settings, ports: Ports) -> tuple[Flask, Callable[[], None]]:
        """Build a worker, and what it does after it has answered."""
        writes = self.worker_writes(ports.warehouse)
        predict = build_predict_shard(settings, writes.warehouse, ports.publisher, ports.clock)
        return create_worker_app(predict, settings, _usable), writes.afterwards


PRODUCT = Product()


@dataclass
class Stage:
    """The clock and the threads, for one run after the other; each run gets a store of its own.

    A new store takes 30 ms, and many small appends make an old one slower by more than that.
    """

    clock: FakeClock = field(default_factory=lambda: FakeClock(datetime(2021, 1, 1, tzinfo=UTC)))
    fibres: Fibres = field(default_factory=Fibres)
    _store: DuckDBWarehouse | None = None

    def set_up(self) -> DuckDBWarehouse:
        """Return an empty store."""
        self._close_store()
        self._store = DuckDBWarehouse(None, self.clock, threads=1)
        self._store.create_schema()
        return self._store

    def close(self) -> None:
        """End the threads and let the store go."""
        self.fibres.close()
        self._close_store()

    def _close_store(self) -> None:
        if self._store is not None:
            self._store.close()
        self._store = None

    def set_time(self, moment: datetime) -> None:
        """Set the clock, backwards too: another run begins."""
        self.clock.advance((moment - self.clock.now()).total_seconds())


@contextmanager
def logs_told_to(listener: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """Give every log line of level WARNING and above to a listener instead of printing it."""

    def tell(_: Any, level: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        listener(dict(event) | {"level": level})
        raise structlog.DropEvent

    before = structlog.get_config()
    wrapper = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(processors=[tell], wrapper_class=wrapper, cache_logger_on_first_use=False)
    try:
        yield
    finally:
        structlog.configure(**before)
