"""Types and values between our statements and tables and BigQuery's REST interface."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from google.cloud import bigquery

from shared.ports import Statement
from shared.statements import refuse_odd_parameters
from shared.warehouse.catalog import refuse_unknown_columns
from shared.warehouse.catalog import table as catalog_table

QueryParameter = bigquery.ScalarQueryParameter | bigquery.ArrayQueryParameter
_GOOGLE_TYPES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}


def query_parameters(statement: Statement, values: Mapping[str, Any]) -> list[QueryParameter]:
    """Return the values with the types that the statement declares.

    Raises DataContractViolation naming the parameters that are missing or too many.
    """
    refuse_odd_parameters(statement, values)
    return [_parameter(name, kind, values[name]) for name, kind in statement.parameters.items()]


def _parameter(name: str, kind: str, value: Any) -> QueryParameter:
    if kind.startswith("ARRAY<"):
        return bigquery.ArrayQueryParameter(name, kind[6:-1], value or [])  # it knows no null array
    return bigquery.ScalarQueryParameter(name, kind, value)


def google_type(field: bigquery.SchemaField) -> str:
    """Return the GoogleSQL type of a column as the REST interface describes it."""
    kind = _GOOGLE_TYPES.get(field.field_type, field.field_type)
    return f"ARRAY<{kind}>" if field.mode == "REPEATED" else kind


def schema_fields(table: str) -> list[bigquery.SchemaField]:
    """Return a table's columns as its DDL declares them, for a load job."""
    declared = catalog_table(table)
    return [
        bigquery.SchemaField(name, kind.removeprefix("ARRAY<").removesuffix(">"), mode=mode)
        for name, kind in declared.columns.items()
        for mode in [_mode(kind, name in declared.required)]
    ]


def _mode(kind: str, is_required: bool) -> str:
    if kind.startswith("ARRAY<"):
        return "REPEATED"
    return "REQUIRED" if is_required else "NULLABLE"


def json_lines(table: str, rows: Sequence[Mapping[str, Any]]) -> io.BytesIO:
    """Return rows as newline-delimited JSON; absent and null are the same, also for arrays.

    Raises DataContractViolation for a column that the DDL does not have.
    """
    refuse_unknown_columns(table, {name for row in rows for name in row})
    lines = (orjson.dumps({name: v for name, v in row.items() if v is not None}) for row in rows)
    return io.BytesIO(b"\n".join(lines))
