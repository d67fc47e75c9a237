"""Products with one mistake each, which the simulation must find. The product knows nothing of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sim_stage import Product

from predictions.coordinator.slate_store import SlateStore
from predictions.coordinator.snapshot import Snapshot
from predictions.coordinator.terms import Claim
from shared.errors import DependencyUnavailable
from shared.ports import Row, Statement, Warehouse


class _Rewriting:
    """A warehouse that runs other statements than it is given."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def execute(self, statement: Statement, **parameters: Any) -> int:
        sql = statement.sql.replace(" AND generation = @generation", "")
        return self._warehouse.execute(replace(statement, sql=sql), **parameters)


class ClaimsWithoutComparing(SlateStore):
    """Takes the slate whether or not somebody else was first."""

    def claim(self, snapshot: Snapshot, claim: Claim) -> int:
        theirs = self._warehouse
        try:
            self._warehouse = _Rewriting(theirs)  # type: ignore[assignment]
            return super().claim(snapshot, claim)
        finally:
            self._warehouse = theirs


class CountsInsteadOfSets(SlateStore):
    """Takes a slate for done when as many players have forecasts as are expected, whatever they are from."""

    def snapshot(self, game_date: date, min_minutes: float | None = None, force: bool = False) -> Snapshot:
        snapshot = super().snapshot(game_date, min_minutes, force)
        if snapshot.covered < snapshot.expected:
            return snapshot
        return replace(snapshot, open_inputs=0, wanted=0, to_skip=0, waiting=0)


class WritesAfterwards:
    """A worker's warehouse that writes when the announcement and the answer are out."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._waiting: list[tuple[str, Sequence[Mapping[str, Any]]]] = []

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._waiting.append((table, rows))

    def afterwards(self) -> None:
        """Write what waits; whoever dies before this has acknowledged for nothing."""
        waiting, self._waiting = self._waiting, []
        for table, rows in waiting:
            self._warehouse.append(table, rows)


class WritesAndHopes:
    """A worker's warehouse that takes a write that failed for one that did not."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def append(self, table: str, rows: Sequence[Row]) -> None:
        try:
            self._warehouse.append(table, rows)
        except DependencyUnavailable:
            return


MUTANTS: dict[str, Product] = {
    "claim without compare": Product(store_class=ClaimsWithoutComparing),
    "acknowledge before write": Product(worker_warehouse=WritesAfterwards),  # type: ignore[arg-type]
    "a failed write is success": Product(worker_warehouse=WritesAndHopes),  # type: ignore[arg-type]
    "counts instead of sets": Product(store_class=CountsInsteadOfSets),
}
