"""Starts the BigQuery emulator in the emulators' own environment.

    python bigquery_emulator.py FOLDER PORT GRPC_PORT

Two things are added to it. DuckDB's extensions are installed from their packages, since none can be
fetched. And a load job into `table$YYYYMMDD`, which the emulator would count as done without storing
anything, replaces that date in one transaction, as BigQuery does.
"""

import os
import sys
from importlib import resources
from pathlib import Path

FOLDER, PORT, GRPC_PORT = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
os.environ["HOME"] = str(FOLDER)  # where DuckDB keeps extensions

import duckdb  # noqa: E402
from local_bigquery import cli  # noqa: E402
from local_bigquery.catalog import tables  # noqa: E402
from local_bigquery.jobs import load, runner  # noqa: E402

EXTENSIONS = ("ducklake", "icu", "spatial")


def install_extensions() -> None:
    for name in EXTENSIONS:
        package = resources.files(f"duckdb_extension_{name}")
        (file,) = Path(str(package)).glob("**/*.duckdb_extension")
        duckdb.execute(f"INSTALL '{file}'")


def replacing_a_date(load_whole):
    def run(cur, config, upload):
        reference = config.destinationTable
        table_id, _, date = reference.tableId.partition("$")
        if not date:
            return load_whole(cur, config, upload)
        reference.tableId = table_id
        config.writeDisposition = "WRITE_APPEND"
        table = tables.name(*tables.reference(reference))
        column = "data_date" if table_id == "processor_run_history" else "game_date"
        cur.execute("BEGIN")
        try:
            cur.execute(f"DELETE FROM {table} WHERE strftime({column}, '%Y%m%d') = ?", [date])
            result = load_whole(cur, config, upload)
            cur.execute("COMMIT")
        except BaseException:
            cur.execute("ROLLBACK")
            raise
        return result

    return run


install_extensions()
runner.HANDLERS["load"] = replacing_a_date(load.run)
place = [f"--port={PORT}", f"--grpc-port={GRPC_PORT}", f"--data-dir={FOLDER / 'data'}"]
cli.main(["serve", "--host=127.0.0.1", "--project=nba-props-platform", *place])
