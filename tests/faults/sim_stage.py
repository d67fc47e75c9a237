"""Where runs take place: a clock, threads for the calls, and a new store for each run."""

import logging
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID

import structlog
from sim_dice import Dice
from sim_fibre import Fibres
from sim_memory import RememberingWarehouse
from sim_waiting import FibreFuture, FibreThreading

from predictions.coordinator import shared_read
from shared import ids
from shared.clock import FakeClock
from shared.ports import Warehouse
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse


@dataclass
class Stage:
    """The clock and the threads, for one run after the other; each run gets a store of its own.

    A new store takes 30 ms, and many small appends make an old one slower by more than that.
    """

    clock: FakeClock = field(default_factory=lambda: FakeClock(datetime(2021, 1, 1, tzinfo=UTC)))
    fibres: Fibres = field(default_factory=Fibres)
    remembers: bool = True
    _store: DuckDBWarehouse | None = None

    def set_up(self, in_flight_seconds: float) -> Warehouse:
        """Return an empty store."""
        self._close_store()
        self._store = DuckDBWarehouse(None, self.clock, threads=1)
        self._store.create_schema()
        if not self.remembers:
            return self._store
        return RememberingWarehouse(self._store, self.clock, in_flight_seconds)

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
def one_at_a_time(dice: Dice) -> Iterator[None]:
    """Let calls that wait for each other park, and fresh ids be the same in every run of a seed."""
    random = dice.of("fresh ids")
    seeded = SimpleNamespace(uuid4=lambda: UUID(int=random.getrandbits(128)))
    with ExitStack() as stack:
        stack.enter_context(patch.object(shared_read, "threading", FibreThreading))
        stack.enter_context(patch.object(shared_read, "Future", FibreFuture))
        stack.enter_context(patch.object(ids, "uuid", seeded))
        yield


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
