"""`nba-props serve` over a store whose calls take long, there and back: a composition root."""

import os
import threading
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import local.stack
from cli.main import main
from shared.ports import Row, Statement
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

SECONDS = "SLOW_STORE_SECONDS"


class SlowWarehouse(DuckDBWarehouse):
    """DuckDB behind a long way: each call waits for up to so many seconds, there and back again."""

    _random = Random(0)
    _never = threading.Event()

    def query(self, statement: Statement, **parameters: Any) -> list[Row]:
        self._travel()
        rows = super().query(statement, **parameters)
        self._travel()
        return rows

    def execute(self, statement: Statement, **parameters: Any) -> int:
        self._travel()
        changed = super().execute(statement, **parameters)
        self._travel()
        return changed

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._travel()
        super().append(table, rows)
        self._travel()

    def _travel(self) -> None:
        self._never.wait(self._random.uniform(0.0, float(os.environ[SECONDS]) / 2))


if __name__ == "__main__":
    local.stack.DuckDBWarehouse = SlowWarehouse  # type: ignore[misc]
    main()
