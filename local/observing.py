"""Looking on without touching: what a stack asks of its warehouse and what it publishes."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from structlog.contextvars import get_contextvars

from shared.ports import OutgoingMessage, Publisher, PublishFailure, Row, Statement, Warehouse


@dataclass(frozen=True)
class Call:
    """One statement: the route that made it, the verb of the port, the statement or table."""

    route: str
    verb: str
    name: str


class WatchedWarehouse:
    """The Warehouse port, writing down each call and passing it on."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._lock = threading.Lock()
        self.calls: list[Call] = []

    def query(self, statement: Statement, **parameters: Any) -> list[Row]:
        self._note("query", statement.name)
        return self._warehouse.query(statement, **parameters)

    def execute(self, statement: Statement, **parameters: Any) -> int:
        self._note("execute", statement.name)
        return self._warehouse.execute(statement, **parameters)

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._note("append", table)
        self._warehouse.append(table, rows)

    def replace_partition(self, table: str, partition: date, rows: Sequence[Mapping[str, Any]]) -> None:
        self._note("replace_partition", table)
        self._warehouse.replace_partition(table, partition, rows)

    def columns(self) -> dict[str, dict[str, str]]:
        return self._warehouse.columns()

    def _note(self, verb: str, name: str) -> None:
        route = str(get_contextvars().get("route", ""))
        with self._lock:
            self.calls.append(Call(route, verb, name))


class WatchedPublisher:
    """The Publisher port, keeping what was published and passing it on."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self.published: list[tuple[str, OutgoingMessage]] = []

    def publish(self, topic: str, messages: Sequence[OutgoingMessage]) -> list[PublishFailure]:
        self.published.extend((topic, message) for message in messages)
        return self._publisher.publish(topic, messages)
