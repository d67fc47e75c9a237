"""Jobs of BigQuery: what each says of itself, how long it may take, and how one is found again."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.cloud import bigquery

from shared.clock import Stopwatch
from shared.ports import Statement
from shared.warehouse.bigquery_types import query_parameters, schema_fields

# The default pauses up to a minute, so that a call of half a minute would give up early.
REST_RETRY = bigquery.DEFAULT_RETRY.with_delay(initial=0.5, maximum=4.0, multiplier=2.0)
_UNLABELLED = re.compile(r"[^a-z0-9_-]")


class Budget:
    """The seconds that one call may take, shared by all its attempts."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._watch = Stopwatch()

    def left(self) -> float:
        """Return the seconds that are left; never nothing, since a client takes 0 for a mistake."""
        return max(0.1, self._seconds - self._watch.seconds())

    def retry(self) -> Retry:
        """Return how a REST call that fails in passing is tried again, within what is left."""
        return REST_RETRY.with_timeout(self.left())


def begin(client: bigquery.Client, send: Callable[[str], Any], budget: Budget) -> Any:
    """Return the job that `send` starts under the id it is given.

    BigQuery refuses an id that it knows. This one is fresh, so an earlier attempt got through and only its
    answer was lost: that job is the one. It may take a moment before it can be read.
    """
    job_id = str(uuid4())
    try:
        return send(job_id)
    except exceptions.Conflict:
        again = Retry(if_exception_type(exceptions.NotFound), initial=0.2, maximum=2.0, timeout=budget.left())
        return again(client.get_job)(job_id, retry=budget.retry(), timeout=budget.left())


def query_config(
    service: str, statement: Statement, parameters: Mapping[str, Any], timeout: float
) -> bigquery.QueryJobConfig:
    """Return a labelled query job that BigQuery itself ends after `timeout` seconds."""
    return bigquery.QueryJobConfig(
        query_parameters=query_parameters(statement, parameters),
        labels=_labels(service, statement.name),
        job_timeout_ms=int(timeout * 1000),
    )


def load_config(service: str, table: str, timeout: float) -> bigquery.LoadJobConfig:
    """Return a labelled load job that replaces all that its destination holds, once it has succeeded."""
    return bigquery.LoadJobConfig(
        source_format=bigquery.SourceFormat.NEWLINE_DELIMITED_JSON,
        create_disposition=bigquery.CreateDisposition.CREATE_NEVER,  # else it makes one of another kind
        write_disposition=bigquery.WriteDisposition.WRITE_TRUNCATE,
        schema=schema_fields(table),
        labels=_labels(service, table),
        job_timeout_ms=int(timeout * 1000),
    )


def _labels(service: str, statement: str) -> dict[str, str]:
    return {"service": _label(service), "statement": _label(statement)}


def _label(text: str) -> str:
    """A label takes 63 small letters, digits, - and _."""
    return _UNLABELLED.sub("_", text.lower())[:63]
