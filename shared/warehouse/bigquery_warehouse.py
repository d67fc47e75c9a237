"""The Warehouse port on BigQuery: typed queries, rows by the Storage Write API, dates by load jobs."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.cloud import bigquery
from google.cloud.bigquery.retry import DEFAULT_JOB_RETRY
from google.cloud.bigquery_storage_v1 import BigQueryWriteClient, types

from shared.clock import Stopwatch
from shared.errors import DataContractViolation, DependencyUnavailable, WriteConflict
from shared.ports import Row, Statement
from shared.warehouse.bigquery_errors import translated
from shared.warehouse.bigquery_rows import encoded_chunks, row_descriptor
from shared.warehouse.bigquery_types import google_type, json_lines, query_parameters, schema_fields
from shared.warehouse.catalog import table as catalog_table
from shared.warehouse.catalog import tables

_TRANSIENT = if_exception_type(
    exceptions.ServiceUnavailable,
    exceptions.InternalServerError,
    exceptions.BadGateway,
    exceptions.TooManyRequests,
    exceptions.Aborted,
)
_UNLABELLED = re.compile(r"[^a-z0-9_-]")


class BigQueryWarehouse:
    """Every call ends within its timeout, is labelled with who made it, and raises errors of ours.

    `query`, `execute` and `append` take `timeout` seconds at most, `replace_partition` `load_timeout`.
    """

    def __init__(
        self,
        client: bigquery.Client,
        writer: BigQueryWriteClient,
        service: str,
        timeout: float = 30.0,
        load_timeout: float = 300.0,
    ) -> None:
        self._client = client
        self._writer = writer
        self._service = service
        self._timeout = timeout
        self._load_timeout = load_timeout
        self._is_closed = False

    def query(self, statement: Statement, **parameters: Any) -> list[Row]:
        config = self._query_config(statement, parameters)
        with translated(statement.name):
            self._refuse_when_closed()
            rows = self._client.query_and_wait(
                statement.sql,
                job_config=config,
                api_timeout=self._timeout,
                wait_timeout=self._timeout,
                retry=bigquery.DEFAULT_RETRY.with_timeout(self._timeout),
                job_retry=DEFAULT_JOB_RETRY.with_timeout(self._timeout),
            )
            return [dict(row.items()) for row in rows]

    def execute(self, statement: Statement, **parameters: Any) -> int:
        """Run the statement as one job; only a conflict, which has changed nothing, is tried again."""
        config = self._query_config(statement, parameters)
        again = Retry(if_exception_type(WriteConflict), initial=0.5, maximum=4.0, timeout=self._timeout)
        return again(self._execute_once)(statement, config)

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Send rows to the table's default stream, which shows them as soon as it has taken them.

        A repeated attempt may write rows twice; readers take one row a key.
        """
        with translated(f"append to {table}"):
            self._refuse_when_closed()
            requests = [self._append_request(table, chunk) for chunk in encoded_chunks(table, rows)]
            if requests:
                again = Retry(_TRANSIENT, initial=0.2, maximum=2.0, timeout=self._timeout)
                again(self._append_once)(requests, Stopwatch())

    def replace_partition(self, table: str, partition: date, rows: Sequence[Mapping[str, Any]]) -> None:
        """Load the rows over one date, as one job: readers see the old rows until it has succeeded."""
        column = str(catalog_table(table).partition_column)
        strays = [row for row in rows if str(row.get(column)) != partition.isoformat()]
        if strays:
            raise DataContractViolation(f"{len(strays)} rows for {table} are not of {partition}")
        with translated(f"replace {table} of {partition}"):
            self._refuse_when_closed()
            job = self._client.load_table_from_file(
                json_lines(table, rows),
                f"{self._client.project}.{table}${partition:%Y%m%d}",
                job_config=self._load_config(table),
                timeout=self._timeout,
            )
            job.result(retry=bigquery.DEFAULT_RETRY.with_timeout(self._timeout), timeout=self._load_timeout)

    def columns(self) -> dict[str, dict[str, str]]:
        with translated("columns"):
            self._refuse_when_closed()
            return {name: found for name in tables() if (found := self._columns_of(name)) is not None}

    def close(self) -> None:
        """Let the connections go; every later call is refused."""
        self._is_closed = True
        self._client.close()
        self._writer.transport.close()

    def _execute_once(self, statement: Statement, config: bigquery.QueryJobConfig) -> int:
        with translated(statement.name):
            self._refuse_when_closed()
            retry = bigquery.DEFAULT_RETRY.with_timeout(self._timeout)
            job = self._client.query(
                statement.sql, job_config=config, retry=retry, timeout=self._timeout, job_retry=None
            )
            job.result(retry=retry, timeout=self._timeout, job_retry=None)
            return job.num_dml_affected_rows or 0

    def _query_config(self, statement: Statement, parameters: Mapping[str, Any]) -> bigquery.QueryJobConfig:
        return bigquery.QueryJobConfig(
            query_parameters=query_parameters(statement, parameters),
            labels=self._labels(statement.name),
            job_timeout_ms=int(self._timeout * 1000),
        )

    def _load_config(self, table: str) -> bigquery.LoadJobConfig:
        return bigquery.LoadJobConfig(
            source_format=bigquery.SourceFormat.NEWLINE_DELIMITED_JSON,
            write_disposition=bigquery.WriteDisposition.WRITE_TRUNCATE,
            schema=schema_fields(table),
            labels=self._labels(table),
            job_timeout_ms=int(self._load_timeout * 1000),
        )

    def _labels(self, statement: str) -> dict[str, str]:
        """Say on every job who asked for what; a label takes small letters, digits, - and _."""
        return {"service": self._service, "statement": _UNLABELLED.sub("_", statement.lower())[:63]}

    def _append_request(self, table: str, encoded: list[bytes]) -> types.AppendRowsRequest:
        return types.AppendRowsRequest(
            write_stream=self._stream(table),
            proto_rows=types.AppendRowsRequest.ProtoData(
                writer_schema=types.ProtoSchema(proto_descriptor=row_descriptor(table)),
                rows=types.ProtoRows(serialized_rows=encoded),
            ),
            trace_id=f"nba-props:{self._service}",
        )

    def _append_once(self, requests: list[types.AppendRowsRequest], watch: Stopwatch) -> None:
        """Send all requests over one stream; each must be answered, and none refused."""
        left = max(0.1, self._timeout - watch.seconds())
        routing = (("x-goog-request-params", f"write_stream={requests[0].write_stream}"),)
        answers = self._writer.append_rows(iter(requests), retry=None, timeout=left, metadata=routing)
        taken = 0
        for answer in answers:
            if answer.error.code:
                raise exceptions.from_grpc_status(answer.error.code, _refusal(answer))
            taken += 1
        if taken < len(requests):
            raise exceptions.ServiceUnavailable(f"{taken} of {len(requests)} requests were answered")

    def _stream(self, table: str) -> str:
        dataset, _, name = table.partition(".")
        return f"projects/{self._client.project}/datasets/{dataset}/tables/{name}/streams/_default"

    def _columns_of(self, name: str) -> dict[str, str] | None:
        try:
            found = self._client.get_table(
                f"{self._client.project}.{name}",
                retry=bigquery.DEFAULT_RETRY.with_timeout(self._timeout),
                timeout=self._timeout,
            )
        except exceptions.NotFound:
            return None
        return {field.name: google_type(field) for field in found.schema}

    def _refuse_when_closed(self) -> None:
        if self._is_closed:
            raise DependencyUnavailable("the store is closed")


def _refusal(answer: types.AppendRowsResponse) -> str:
    return "; ".join([answer.error.message, *(fault.message for fault in answer.row_errors[:3])])
