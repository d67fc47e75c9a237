"""The ports, each call a span of its own; put around the adapters only where something is recorded."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from shared.clock import Stopwatch
from shared.ports import OutgoingMessage, Publisher, PublishFailure, Row, Statement, Warehouse
from shared.telemetry import record, recorder, span


def traced_warehouse(warehouse: Warehouse) -> Warehouse:
    """Return the warehouse with its calls recorded, or as it is if nothing records."""
    return warehouse if recorder() is None else TracedWarehouse(warehouse)


def traced_publisher(publisher: Publisher) -> Publisher:
    """Return the publisher with its calls recorded, or as it is if nothing records."""
    return publisher if recorder() is None else TracedPublisher(publisher)


class TracedWarehouse:
    """The Warehouse port: spans named for the verb and the statement or table, and how long each took."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def query(self, statement: Statement, **parameters: Any) -> list[Row]:
        with _call("query", statement.name):
            return self._warehouse.query(statement, **parameters)

    def execute(self, statement: Statement, **parameters: Any) -> int:
        with _call("execute", statement.name):
            return self._warehouse.execute(statement, **parameters)

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        with _call("append", table, rows=len(rows)):
            self._warehouse.append(table, rows)

    def replace_partition(self, table: str, partition: date, rows: Sequence[Mapping[str, Any]]) -> None:
        with _call("replace", table, rows=len(rows)):
            self._warehouse.replace_partition(table, partition, rows)

    def columns(self) -> dict[str, dict[str, str]]:
        return self._warehouse.columns()  # the probes' look at the schema


class TracedPublisher:
    """The Publisher port: a span for each list, in which the messages say that they were published."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def publish(self, topic: str, messages: Sequence[OutgoingMessage]) -> list[PublishFailure]:
        with span(f"publish {topic}", messages=len(messages)):
            return self._publisher.publish(topic, messages)


@contextmanager
def _call(verb: str, name: str, **attributes: object) -> Iterator[None]:
    watch = Stopwatch()
    try:
        with span(f"{verb} {name}", **attributes):
            yield
    finally:
        record("store_call_seconds", watch.seconds(), verb=verb, name=name)
