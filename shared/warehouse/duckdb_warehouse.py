"""The embedded warehouse: one DuckDB file (or memory), shared by the threads of one process."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from shared.clock import Clock
from shared.ports import Row, Statement
from shared.statements import refuse_odd_parameters
from shared.warehouse.catalog import partition_of, refuse_unknown_columns, tables
from shared.warehouse.catalog import table as catalog_table
from shared.warehouse.duckdb_engine import DuckDBEngine, translated
from shared.warehouse.transpile import (
    STORE_NOW,
    duckdb_type,
    google_type,
    statement_to_duckdb,
    to_duckdb,
)

DATASETS = ("nba_analytics", "nba_predictions", "nba_reference")
ROWS_PER_INSERT = 5_000


class DuckDBWarehouse:
    """The Warehouse port on DuckDB; the store's clock is the clock passed in.

    Writers take turns, so that two of them never conflict inside one process; DuckDB itself keeps a
    second process out of the file.
    """

    def __init__(self, path: Path | None, clock: Clock, threads: int = 2) -> None:
        self._engine = DuckDBEngine(path, threads)
        self._clock = clock
        self._writing = threading.Lock()

    def create_schema(self) -> None:
        """Create every dataset, table and view of the DDL folder that does not exist yet.

        A table of an older file gets the columns that it lacks, if they may be null.
        """
        declared = tables().values()
        self._create([f"CREATE SCHEMA IF NOT EXISTS {dataset}" for dataset in DATASETS])
        self._create([to_duckdb(table.ddl) for table in declared if not table.is_view])
        self._add_columns()  # before the views that may read them
        self._create([to_duckdb(view.ddl) for view in declared if view.is_view])

    def query(self, statement: Statement, **parameters: Any) -> list[Row]:
        with translated(statement.name), self._engine.cursor() as cursor:
            self._run(cursor, statement, parameters)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    def execute(self, statement: Statement, **parameters: Any) -> int:
        with self._writing, translated(statement.name), self._engine.cursor() as cursor:
            self._run(cursor, statement, parameters)
            changed = cursor.fetchone()
            return int(changed[0]) if changed else 0

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        with self._transaction(f"append to {table}") as cursor:
            _insert(cursor, table, rows)

    def replace_partition(self, table: str, partition: date, rows: Sequence[Mapping[str, Any]]) -> None:
        column = partition_of(table, partition, rows)
        with self._transaction(f"replace {table} of {partition}") as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE {column} = $partition", {"partition": partition})
            _insert(cursor, table, rows)

    def columns(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        with translated("columns"), self._engine.cursor() as cursor:
            cursor.execute(
                "SELECT table_schema || '.' || table_name, column_name, data_type "
                "FROM information_schema.columns"
            )
            for name, column, kind in cursor.fetchall():
                found.setdefault(name, {})[column] = google_type(kind)
        return found

    def require_room(self) -> None:
        """Raise DependencyUnavailable unless the disk takes what one append needs."""
        self._engine.require_room()

    def close(self) -> None:
        """Write everything to the file and let it go."""
        self._engine.close()

    def _create(self, definitions: Sequence[str]) -> None:
        with self._writing, translated("create_schema"), self._engine.cursor() as cursor:
            for definition in definitions:
                cursor.execute(definition)

    def _add_columns(self) -> None:
        existing = self.columns()
        with self._writing, translated("add_columns"), self._engine.cursor() as cursor:
            for table in tables().values():
                if table.is_view:
                    continue
                for column in table.columns.keys() - existing[table.name].keys() - table.required:
                    kind = duckdb_type(table.columns[column])
                    cursor.execute(f"ALTER TABLE {table.name} ADD COLUMN {column} {kind}")

    def _run(self, cursor: Any, statement: Statement, parameters: Mapping[str, Any]) -> None:
        refuse_odd_parameters(statement, parameters)
        sql = statement_to_duckdb(statement)
        bound = dict(parameters)
        if f"${STORE_NOW}" in sql:
            bound[STORE_NOW] = self._clock.now()
        cursor.execute(self._engine.parsed(cursor, sql), bound)

    @contextmanager
    def _transaction(self, what: str) -> Iterator[Any]:
        with self._writing, translated(what), self._engine.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                cursor.close()  # rolls back, whatever state it is in
                raise


def _insert(cursor: Any, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows through one JSON parameter, typed by the DDL: a thousand rows cost a few ms."""
    columns = catalog_table(table).columns
    for start in range(0, len(rows), ROWS_PER_INSERT):
        chunk = [_complete(table, columns, row) for row in rows[start : start + ROWS_PER_INSERT]]
        cursor.execute(_insert_sql(table), {"rows": orjson.dumps(chunk).decode()})


@cache
def _insert_sql(table: str) -> str:
    columns = catalog_table(table).columns
    shape = orjson.dumps([{name: _json_type(kind) for name, kind in columns.items()}]).decode()
    names = ", ".join(columns)
    fields = ", ".join(f"r.{name}" for name in columns)
    return (
        f"INSERT INTO {table} ({names}) "
        f"SELECT {fields} FROM (SELECT unnest(from_json_strict($rows, '{shape}')) AS r)"
    )


def _complete(table: str, columns: Mapping[str, str], row: Mapping[str, Any]) -> Mapping[str, Any]:
    if row.keys() == columns.keys():
        return row
    refuse_unknown_columns(table, row)
    return {name: row.get(name) for name in columns}


def _json_type(google: str) -> Any:
    if google.startswith("ARRAY<"):
        return [duckdb_type(google[6:-1])]
    return duckdb_type(google)
