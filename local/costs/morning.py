"""One morning on the embedded stack, counted: what is asked of the store, and how large the data are."""

import resource
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from local.costs.sizing import mean_bytes
from local.loading import load_sample
from local.observing import Call, WatchedPublisher, WatchedWarehouse
from local.stack import Stack
from shared.clock import SystemClock
from shared.config import Settings
from shared.errors import DependencyUnavailable
from shared.ports import OutgoingMessage, Row, Statement, Warehouse
from shared.slate import morning
from shared.statements import inline_statement
from shared.warehouse.catalog import tables

PATIENCE_SECONDS = 600.0
_SAMPLED_ROWS = 2_000
_Kept = TypeVar("_Kept")


@dataclass(frozen=True)
class TableSize:
    """Rows of one table, and the mean logical bytes of each column as BigQuery bills them."""

    rows: int
    column_bytes: Mapping[str, float]

    @property
    def row_bytes(self) -> float:
        """Return the mean logical bytes of a whole row."""
        return sum(self.column_bytes.values())


@dataclass(frozen=True)
class Morning:
    """A slate from Phase 4 to complete, then /start, /retry, /refresh and /status once each."""

    players: int
    calls: tuple[Call, ...]
    statements: Mapping[str, str]
    messages: tuple[tuple[str, OutgoingMessage], ...]
    tables: Mapping[str, TableSize]
    cpu_seconds: float


class _ReadingWarehouse(WatchedWarehouse):
    """Keeps the text of each statement too."""

    def __init__(self, warehouse: Warehouse) -> None:
        super().__init__(warehouse)
        self.statements: dict[str, str] = {}

    def query(self, statement: Statement, **parameters: Any) -> list[Row]:
        self.statements[statement.name] = statement.sql
        return super().query(statement, **parameters)

    def execute(self, statement: Statement, **parameters: Any) -> int:
        self.statements[statement.name] = statement.sql
        return super().execute(statement, **parameters)


def spend_morning(
    players: int, game_date: date, settings: Settings, patience_seconds: float = PATIENCE_SECONDS
) -> Morning:
    """Run one sample slate in a folder of its own, and count; DependencyUnavailable if it does not end."""
    clock = SystemClock.starting_at(morning(game_date))
    seen: list[_ReadingWarehouse] = []
    published: list[WatchedPublisher] = []
    with TemporaryDirectory() as folder:
        stack = Stack(
            Path(folder) / "nba.duckdb",
            settings,
            clock,
            observe=lambda warehouse: _keep(seen, _ReadingWarehouse(warehouse)),
            tap=lambda publisher: _keep(published, WatchedPublisher(publisher)),
        )
        stack.start()
        try:
            load_sample(stack.warehouse, game_date, players, clock)
            before = _cpu_seconds()
            _ask_everything(stack, game_date.isoformat(), patience_seconds)
            cpu_seconds = _cpu_seconds() - before
            calls = tuple(call for call in seen[0].calls if call.route)
            statements = dict(seen[0].statements)
            sizes = {t.name: _size(stack.warehouse, t.name) for t in tables().values() if not t.is_view}
        finally:
            stack.stop()
    messages = tuple(published[0].published)
    return Morning(players, calls, statements, messages, sizes, round(cpu_seconds, 2))


def _ask_everything(stack: Stack, slate: str, patience_seconds: float) -> None:
    body = {"game_date": slate}
    stack.client.require(stack.client.post("/precompute/process", body))
    if not stack.settle(patience_seconds):
        raise DependencyUnavailable(f"the slate did not settle within {patience_seconds:.0f} s")
    stack.client.require(stack.client.post("/start", body))
    stack.client.require(stack.client.post("/retry", body))
    stack.client.require(stack.client.post("/refresh", body))
    stack.client.require(stack.client.get("/status", game_date=slate))


def _size(warehouse: Warehouse, table: str) -> TableSize:
    count = inline_statement("count", f"SELECT COUNT(*) AS found FROM {table}")
    sample = inline_statement("sample", f"SELECT * FROM {table} LIMIT {_SAMPLED_ROWS}")
    return TableSize(warehouse.query(count)[0]["found"], mean_bytes(warehouse.query(sample)))


def _keep(kept: list[_Kept], made: _Kept) -> _Kept:
    kept.append(made)
    return made


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
