"""Rows as the Storage Write API takes them: protocol buffers whose shape is read from the DDL."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from math import isfinite
from typing import Any

import orjson
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from shared.warehouse.catalog import refuse_unknown_columns
from shared.warehouse.catalog import table as catalog_table

REQUEST_BYTES = 4_000_000  # a request may have 10 MB at least; the rows of one stay together or fail together
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Field = descriptor_pb2.FieldDescriptorProto
_TYPES = {
    "STRING": _Field.TYPE_STRING,
    "JSON": _Field.TYPE_STRING,
    "INT64": _Field.TYPE_INT64,
    "FLOAT64": _Field.TYPE_DOUBLE,
    "BOOL": _Field.TYPE_BOOL,
    "DATE": _Field.TYPE_INT32,
    "TIMESTAMP": _Field.TYPE_INT64,
}


@cache
def row_descriptor(table: str) -> descriptor_pb2.DescriptorProto:
    """Return the shape of a table's rows; a column that is NOT NULL is a required field."""
    declared = catalog_table(table)
    shape = descriptor_pb2.DescriptorProto(name="Row")
    for number, (name, kind) in enumerate(declared.columns.items(), start=1):
        is_array = kind.startswith("ARRAY<")
        shape.field.add(
            name=name,
            number=number,
            type=_TYPES[kind[6:-1] if is_array else kind],
            label=_Field.LABEL_REPEATED
            if is_array
            else _Field.LABEL_REQUIRED
            if name in declared.required
            else _Field.LABEL_OPTIONAL,
        )
    return shape


def encoded_chunks(table: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[list[bytes]]:
    """Yield the rows in lists that fit into one request.

    Raises DataContractViolation for a column that the DDL does not have, and ValueError, TypeError or
    EncodeError for a value that does not fit its column.
    """
    chunk: list[bytes] = []
    size = 0
    for row in rows:
        encoded = _encode(table, row)
        if chunk and size + len(encoded) > REQUEST_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(encoded)
        size += len(encoded)
    if chunk:
        yield chunk


def _encode(table: str, row: Mapping[str, Any]) -> bytes:
    columns = catalog_table(table).columns
    refuse_unknown_columns(table, row)
    values = {name: _value(columns[name], value) for name, value in row.items() if value is not None}
    return bytes(_row_class(table)(**values).SerializeToString())


def _value(kind: str, value: Any) -> Any:
    match kind:
        case "DATE":
            return (_as_date(value) - _EPOCH.date()).days
        case "TIMESTAMP":
            return (_as_datetime(value) - _EPOCH) // timedelta(microseconds=1)
        case "FLOAT64" if not isfinite(value):
            raise ValueError(f"{value} is no number that a table should hold")
        case "JSON":
            return orjson.dumps(value, default=str).decode()
    return value


def _as_date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _as_datetime(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


@cache
def _row_class(table: str) -> Any:
    file = descriptor_pb2.FileDescriptorProto(name=f"{table}.proto", package=table, syntax="proto2")
    file.message_type.add().CopyFrom(row_descriptor(table))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{table}.Row"))
