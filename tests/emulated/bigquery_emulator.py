"""Starts the BigQuery emulator in the emulators' own environment.

    python bigquery_emulator.py FOLDER PORT GRPC_PORT

Four things are added to it. DuckDB's extensions are installed from their packages, since none can be
fetched. A load job into `table$YYYYMMDD`, which the emulator would count as done without storing anything,
replaces that date in one transaction, as BigQuery does. A read that comes again under its request id gets
that read's answer, as BigQuery gives it, and no refusal. And a query that it has translated once is not
translated again until a statement of another kind may have changed a table: that was half of its time.
"""

import os
import sys
from importlib import resources
from pathlib import Path

FOLDER, PORT, GRPC_PORT = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
os.environ["HOME"] = str(FOLDER)  # where DuckDB keeps extensions

import duckdb  # noqa: E402
from local_bigquery import cli  # noqa: E402
from local_bigquery.api import jobs  # noqa: E402
from local_bigquery.catalog import tables  # noqa: E402
from local_bigquery.jobs import load, query, runner, store  # noqa: E402
from local_bigquery.models import QueryRequest  # noqa: E402
from sqlglot import exp  # noqa: E402

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


def translating_once(translate_anew):
    known = {}

    def translate(tree, context):
        if not isinstance(tree, exp.Query):
            if not isinstance(tree, exp.DML):
                known.clear()
            return translate_anew(tree, context)
        key = (tree, context.dataset_id, tuple(sorted(context.parameters.items())))
        if key not in known:
            sql, bound = translate_anew(tree, context)
            known[key] = sql, set(bound), set(context.referenced)
        sql, names, referenced = known[key]
        context.referenced |= referenced
        return sql, {name: context.values[name] for name in names}

    return translate


def answer_once(project_id: str, body: QueryRequest):
    if not (body.requestId and store.load(project_id, body.requestId)):
        return jobs.run_query(project_id, body)
    is_int64 = bool(body.formatOptions and body.formatOptions.useInt64Timestamp)
    return jobs.get_query_results(
        project_id, body.requestId, body.maxResults, timeoutMs=body.timeoutMs, int64_timestamps=is_int64
    )


install_extensions()
jobs.router.post("/projects/{project_id}/queries")(answer_once)
jobs.router.routes.insert(0, jobs.router.routes.pop())
query.translate = translating_once(query.translate)
runner.HANDLERS["load"] = replacing_a_date(load.run)
place = [f"--port={PORT}", f"--grpc-port={GRPC_PORT}", f"--data-dir={FOLDER / 'data'}"]
cli.main(["serve", "--host=127.0.0.1", "--project=nba-props-platform", *place])
