"""Appends to a table's default stream of the Storage Write API, which shows rows as soon as it takes them."""

from collections.abc import Mapping, Sequence
from typing import Any

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.cloud.bigquery_storage_v1 import BigQueryWriteClient, types

from shared.warehouse.bigquery_jobs import Budget
from shared.warehouse.bigquery_rows import encoded_chunks, row_descriptor

_TRANSIENT = if_exception_type(
    exceptions.ServiceUnavailable,
    exceptions.InternalServerError,
    exceptions.TooManyRequests,
    exceptions.Aborted,
    exceptions.Unknown,
)


def append_requests(
    project: str, table: str, rows: Sequence[Mapping[str, Any]], trace_id: str
) -> list[types.AppendRowsRequest]:
    """Return what is sent; a row that does not fit raises (see encoded_chunks) before anything is."""
    dataset, _, name = table.partition(".")
    return [
        types.AppendRowsRequest(
            write_stream=f"projects/{project}/datasets/{dataset}/tables/{name}/streams/_default",
            proto_rows=types.AppendRowsRequest.ProtoData(
                writer_schema=types.ProtoSchema(proto_descriptor=row_descriptor(table)),
                rows=types.ProtoRows(serialized_rows=encoded),
            ),
            trace_id=trace_id,
        )
        for encoded in encoded_chunks(table, rows)
    ]


def send_all(
    writer: BigQueryWriteClient, requests: Sequence[types.AppendRowsRequest], timeout: float
) -> None:
    """Send all requests within `timeout` seconds; what fails in passing is tried again, from the first."""
    if requests:
        again = Retry(_TRANSIENT, initial=0.2, maximum=2.0, timeout=timeout)
        again(_send_once)(writer, requests, Budget(timeout))


def _send_once(
    writer: BigQueryWriteClient, requests: Sequence[types.AppendRowsRequest], budget: Budget
) -> None:
    """Send all requests over one stream; each must be answered, and none refused."""
    routing = (("x-goog-request-params", f"write_stream={requests[0].write_stream}"),)
    taken = 0
    for answer in writer.append_rows(iter(requests), retry=None, timeout=budget.left(), metadata=routing):
        if answer.error.code:
            raise exceptions.from_grpc_status(answer.error.code, _refusal(answer))
        taken += 1
    if taken < len(requests):
        raise exceptions.ServiceUnavailable(f"{taken} of {len(requests)} requests were answered")


def _refusal(answer: types.AppendRowsResponse) -> str:
    return "; ".join([answer.error.message, *(fault.message for fault in answer.row_errors[:3])])
