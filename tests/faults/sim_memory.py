"""A store that does not read twice what cannot have changed: most of a run's time goes into its reads."""

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from shared.clock import Clock
from shared.ports import Row, Statement, Warehouse


class RememberingWarehouse:
    """The Warehouse port in front of a store that nobody else writes to.

    An answer holds until the next write, and until the next moment at which time alone changes one: a
    lease runs out, or a request is no longer in flight. A test compares runs with and without it.
    """

    def __init__(self, store: Warehouse, clock: Clock, in_flight_seconds: float) -> None:
        self._store = store
        self._clock = clock
        self._in_flight = timedelta(seconds=in_flight_seconds)
        self._turns: list[datetime] = []
        self._answers: dict[str, list[Row]] = {}
        self._turn = 0

    def query(self, statement: Statement, **parameters: Any) -> list[Row]:
        turn = bisect_right(self._turns, self._clock.now())
        if turn != self._turn:
            self._turn = turn
            self._answers.clear()
        key = f"{statement.name}|{parameters}"
        if key not in self._answers:
            self._answers[key] = self._store.query(statement, **parameters)
        return [dict(row) for row in self._answers[key]]

    def execute(self, statement: Statement, **parameters: Any) -> int:
        self._answers.clear()
        if "lease_seconds" in parameters:
            insort(self._turns, self._clock.now() + timedelta(seconds=parameters["lease_seconds"]))
        return self._store.execute(statement, **parameters)

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._answers.clear()
        for requested_at in {row["requested_at"] for row in rows if "requested_at" in row}:
            insort(self._turns, requested_at + self._in_flight)
        self._store.append(table, rows)

    def replace_partition(self, table: str, partition: date, rows: Sequence[Mapping[str, Any]]) -> None:
        self._answers.clear()
        self._store.replace_partition(table, partition, rows)

    def columns(self) -> dict[str, dict[str, str]]:
        return self._store.columns()
