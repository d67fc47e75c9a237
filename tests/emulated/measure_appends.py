"""Measures four ways to append a shard's rows to BigQuery, on the emulator.

    python tests/emulated/measure_appends.py

Prints, per way: seconds for one append of 750 rows (median of five), whether another client's next query
saw all of them each time, and what became of the good row of a pair whose other row is bad. Seconds on the
emulator compare the calls' own work only: the service adds its own, seconds for a load job or a statement.
"""

import statistics
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
from emulators import PROJECT, BigQueryEmulator, create_schema
from google.api_core.exceptions import GoogleAPICallError
from google.cloud import bigquery
from rich.console import Console
from rich.table import Table

from shared.clock import Stopwatch
from shared.errors import AppError
from shared.warehouse.bigquery_types import json_lines, schema_fields
from shared.warehouse.bigquery_warehouse import BigQueryWarehouse
from shared.warehouse.catalog import table as catalog_table

OUTCOMES = "nba_predictions.prediction_outcomes"
ROWS = 750
ROUNDS = 5
DAY = date(2025, 1, 15)

Row = dict[str, Any]
Append = Callable[[list[Row]], None]


def outcome(request: str, **changes: Any) -> Row:
    return {
        "game_date": DAY,
        "request_id": request,
        "batch_id": "b",
        "player_lookup": "p",
        "input_id": "i",
        "outcome": "predicted",
        "correlation_id": "c",
        "created_at": datetime.now(UTC),
    } | changes


def ways(emulator: BigQueryEmulator) -> dict[str, Append]:
    client = emulator.client()
    warehouse = BigQueryWarehouse(client, emulator.writer(), "measure")
    target = f"{PROJECT}.{OUTCOMES}"

    def by_load_job(rows: list[Row]) -> None:
        config = bigquery.LoadJobConfig(
            source_format="NEWLINE_DELIMITED_JSON", schema=schema_fields(OUTCOMES)
        )
        client.load_table_from_file(json_lines(OUTCOMES, rows), target, job_config=config).result()

    def by_streaming(rows: list[Row]) -> None:
        lines = [orjson.loads(orjson.dumps(row)) for row in rows]
        refused = client.insert_rows_json(target, lines)
        if refused:
            raise AppError(str(refused[0]))

    def by_statement(rows: list[Row]) -> None:
        columns = catalog_table(OUTCOMES).columns
        picked = ", ".join(f"CAST(JSON_VALUE(r, '$.{name}') AS {kind})" for name, kind in columns.items())
        text = f"INSERT INTO {OUTCOMES} ({', '.join(columns)}) SELECT {picked} FROM UNNEST(@rows) AS r"
        values = [orjson.dumps(row).decode() for row in rows]
        given = bigquery.ArrayQueryParameter("rows", "STRING", values)
        client.query(text, job_config=bigquery.QueryJobConfig(query_parameters=[given])).result()

    return {
        "Storage Write API, default stream": lambda rows: warehouse.append(OUTCOMES, rows),
        "load job": by_load_job,
        "streaming insert (insertAll)": by_streaming,
        "INSERT statement": by_statement,
    }


def count(emulator: BigQueryEmulator, batch: str) -> int:
    text = f"SELECT COUNT(*) AS n FROM {OUTCOMES} WHERE game_date = '{DAY}' AND batch_id = '{batch}'"
    return int(next(iter(emulator.client().query_and_wait(text)))["n"])


def measure(emulator: BigQueryEmulator, name: str, append: Append) -> tuple[str, str, str, str]:
    seconds, seen = [], []
    for number in range(ROUNDS):
        batch = f"{name} {number}"
        rows = [outcome(str(n), batch_id=batch) for n in range(ROWS)]
        watch = Stopwatch()
        append(rows)
        seconds.append(watch.seconds())
        seen.append(count(emulator, batch) == ROWS)
    pair = [
        outcome("good", batch_id=f"{name} bad"),
        outcome("bad", batch_id=f"{name} bad", created_at="noon"),
    ]
    try:
        append(pair)
        fate = "no error"
    except (AppError, GoogleAPICallError):
        fate = f"refused, {count(emulator, f'{name} bad')} of 2 written"
    return name, f"{statistics.median(seconds):.3f}", f"{sum(seen)} of {ROUNDS}", fate


def main() -> None:
    emulator = BigQueryEmulator(Path(tempfile.mkdtemp()))
    emulator.start()
    table = Table("way", "seconds", "all rows seen", "a bad row beside a good one")
    try:
        create_schema(emulator.client())
        for name, append in ways(emulator).items():
            table.add_row(*measure(emulator, name, append))
    finally:
        emulator.stop()
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
