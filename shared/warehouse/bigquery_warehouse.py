"""The Warehouse port on BigQuery: typed queries, rows by the Storage Write API, dates by load jobs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.cloud import bigquery
from google.cloud.bigquery.retry import DEFAULT_JOB_RETRY
from google.cloud.bigquery_storage_v1 import BigQueryWriteClient

from shared.errors import DependencyUnavailable, WriteConflict
from shared.ports import Row, Statement
from shared.warehouse.bigquery_errors import translated
from shared.warehouse.bigquery_jobs import REST_RETRY, Budget, begin, load_config, query_config
from shared.warehouse.bigquery_stream import append_requests, send_all
from shared.warehouse.bigquery_types import google_type, json_lines
from shared.warehouse.catalog import partition_of, tables

_UPLOAD_RETRIES = 3


class BigQueryWarehouse:
    """Every call ends within its timeout, is labelled with who made it, and raises errors of ours.

    A call that BigQuery does not complete is given up after `timeout` seconds, `replace_partition` after
    `load_timeout`; it may overrun by the request that it is just waiting for.
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
        """Read: half of the time goes to the first request, half to waiting for what that did not bring.

        Refused as one that is known already, an earlier attempt got through and its answer was lost: the
        caller may read again.
        """
        with translated(statement.name), _known_already(statement.name):
            self._refuse_when_closed()
            rows = self._client.query_and_wait(
                statement.sql,
                job_config=query_config(self._service, statement, parameters, self._timeout),
                api_timeout=self._timeout / 2,
                wait_timeout=self._timeout / 2,
                retry=REST_RETRY.with_timeout(self._timeout),
                job_retry=DEFAULT_JOB_RETRY.with_timeout(self._timeout / 2),
            )
            return [dict(row.items()) for row in rows]

    def execute(self, statement: Statement, **parameters: Any) -> int:
        """Run the statement as one job; only a conflict, which has changed nothing, is run again."""
        again = Retry(if_exception_type(WriteConflict), initial=0.5, maximum=4.0, timeout=self._timeout)
        try:
            return again(self._execute_once)(statement, parameters, Budget(self._timeout))
        except exceptions.RetryError as lasting:
            raise WriteConflict(str(lasting.cause)) from lasting

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Send rows to the table's default stream.

        A repeated attempt may write rows twice; readers take one row a key.
        """
        with translated(f"append to {table}"):
            self._refuse_when_closed()
            trace_id = f"nba-props:{self._service}"
            send_all(
                self._writer, append_requests(self._client.project, table, rows, trace_id), self._timeout
            )

    def replace_partition(self, table: str, partition: date, rows: Sequence[Mapping[str, Any]]) -> None:
        """Load the rows over one date, as one job: readers see the old rows until it has succeeded.

        No rows are a DELETE of the date: what loading an empty file over one does is not documented.
        """
        column = partition_of(table, partition, rows)
        if rows:
            self._load(table, partition, rows)
        else:
            sql = f"DELETE FROM {table} WHERE {column} = @partition"
            self.execute(Statement(f"empty {table}", sql, {"partition": "DATE"}), partition=partition)

    def columns(self) -> dict[str, dict[str, str]]:
        budget = Budget(self._timeout)
        with translated("columns"):
            self._refuse_when_closed()
            return {name: found for name in tables() if (found := self._columns_of(name, budget)) is not None}

    def close(self) -> None:
        """Let the connections go; every later call is refused."""
        self._is_closed = True
        self._client.close()
        self._writer.transport.close()

    def _execute_once(self, statement: Statement, parameters: Mapping[str, Any], budget: Budget) -> int:
        def send(job_id: str) -> bigquery.QueryJob:
            return self._client.query(
                statement.sql,
                job_id=job_id,
                job_config=query_config(self._service, statement, parameters, budget.left()),
                retry=budget.retry(),
                timeout=budget.left(),
                job_retry=None,
            )

        with translated(statement.name):
            self._refuse_when_closed()
            job = begin(self._client, send, budget)
            job.result(retry=budget.retry(), timeout=budget.left(), job_retry=None)
            return job.num_dml_affected_rows or 0

    def _load(self, table: str, partition: date, rows: Sequence[Mapping[str, Any]]) -> None:
        budget = Budget(self._load_timeout)

        def send(job_id: str) -> bigquery.LoadJob:
            return self._client.load_table_from_file(
                json_lines(table, rows),
                f"{self._client.project}.{table}${partition:%Y%m%d}",
                job_id=job_id,
                job_config=load_config(self._service, table, self._load_timeout),
                num_retries=_UPLOAD_RETRIES,
                timeout=self._timeout,
            )

        with translated(f"replace {table} of {partition}"):
            self._refuse_when_closed()
            job = begin(self._client, send, budget)
            job.result(retry=budget.retry(), timeout=budget.left())

    def _columns_of(self, name: str, budget: Budget) -> dict[str, str] | None:
        try:
            found = self._client.get_table(
                f"{self._client.project}.{name}", retry=budget.retry(), timeout=budget.left()
            )
        except exceptions.NotFound:
            return None
        return {field.name: google_type(field) for field in found.schema}

    def _refuse_when_closed(self) -> None:
        if self._is_closed:
            raise DependencyUnavailable("the store is closed")


@contextmanager
def _known_already(what: str) -> Iterator[None]:
    try:
        yield
    except exceptions.Conflict as error:
        raise DependencyUnavailable(f"{what}: the answer was lost: {error.message}") from error
