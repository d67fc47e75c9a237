"""Products with one mistake each, which the simulation must find. The product knows nothing of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sim_stage import Product, WorkerWrites

from predictions.coordinator.slate_store import SlateStore
from predictions.coordinator.snapshot import Snapshot
from predictions.coordinator.terms import Claim, SlateTerms
from shared.errors import DependencyUnavailable
from shared.ports import Statement, Warehouse


class _Passing:
    """The Warehouse port in front of another; mutants change one verb."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self.query = warehouse.query
        self.replace_partition = warehouse.replace_partition
        self.columns = warehouse.columns

    def execute(self, statement: Statement, **parameters: Any) -> int:
        return self._warehouse.execute(statement, **parameters)

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._warehouse.append(table, rows)


class _NeverComparing(_Passing):
    """Drops the comparison of the generation from a statement."""

    def execute(self, statement: Statement, **parameters: Any) -> int:
        sql = statement.sql.replace(" AND generation = @generation", "")
        assert sql != statement.sql
        return self._warehouse.execute(replace(statement, sql=sql), **parameters)


class ClaimsWithoutComparing(SlateStore):
    """Takes the slate whether or not somebody else was first."""

    def __init__(self, warehouse: Warehouse, terms: SlateTerms) -> None:
        super().__init__(warehouse, terms)
        self._careless = SlateStore(_NeverComparing(warehouse), terms)

    def claim(self, snapshot: Snapshot, claim: Claim) -> int:
        return self._careless.claim(snapshot, claim)


class CountsInsteadOfSets(SlateStore):
    """Takes a slate for done when as many players have forecasts as are expected, whatever they are from."""

    def snapshot(self, game_date: date, min_minutes: float | None = None, force: bool = False) -> Snapshot:
        snapshot = super().snapshot(game_date, min_minutes, force)
        if snapshot.covered < snapshot.expected:
            return snapshot
        return replace(snapshot, open_inputs=0, wanted=0, to_skip=0, waiting=0)


class _Postponing(_Passing):
    """Keeps what is to be written until it is told to write."""

    def __init__(self, warehouse: Warehouse) -> None:
        super().__init__(warehouse)
        self._kept: list[tuple[str, Sequence[Mapping[str, Any]]]] = []

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._kept.append((table, rows))

    def write(self) -> None:
        """Write what was kept; whoever dies before this has acknowledged for nothing."""
        kept, self._kept = self._kept, []
        for table, rows in kept:
            self._warehouse.append(table, rows)


def writes_afterwards(warehouse: Warehouse) -> WorkerWrites:
    """Announce and acknowledge first, write then."""
    postponing = _Postponing(warehouse)
    return WorkerWrites(postponing, postponing.write)


class _Hoping(_Passing):
    """Takes a write that failed for one that did not."""

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        try:
            self._warehouse.append(table, rows)
        except DependencyUnavailable:
            return


def writes_and_hopes(warehouse: Warehouse) -> WorkerWrites:
    """Announce and acknowledge, whatever became of the write."""
    return WorkerWrites(_Hoping(warehouse))


MUTANTS: dict[str, Product] = {
    "claim without compare": Product(store_class=ClaimsWithoutComparing),
    "acknowledge before write": Product(worker_writes=writes_afterwards),
    "a failed write is taken for success": Product(worker_writes=writes_and_hopes),
    "counts instead of sets": Product(store_class=CountsInsteadOfSets),
}
