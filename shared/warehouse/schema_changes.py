"""What must change so that BigQuery fits the DDL: what may be added, and what nothing may change.

What exists is given as the REST resource that `bq show --format=json` prints. Nothing here reads or writes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp

from shared.warehouse.catalog import Table

Resource = Mapping[str, Any]

# The names that the REST interface still uses for some GoogleSQL types.
_OLD_TYPES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL", "RECORD": "STRUCT"}


@dataclass(frozen=True)
class SchemaChanges:
    """Statements that make the store fit, or sentences that say why a person has to decide.

    With any refusal, nothing may be changed.
    """

    statements: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Column:
    type: str
    is_required: bool


def schema_changes(declared: Mapping[str, Table], existing: Mapping[str, Resource]) -> SchemaChanges:
    """Compare all declared tables and views with those that exist, by `dataset.table`."""
    statements: list[str] = []
    refusals: list[str] = []
    for name, table in declared.items():
        found = changes_of(table, existing.get(name))
        statements.extend(found.statements)
        refusals.extend(found.refusals)
    return SchemaChanges(tuple(statements), tuple(refusals))


def changes_of(table: Table, existing: Resource | None) -> SchemaChanges:
    """Compare one table or view with what exists in its place, if anything does."""
    if existing is None:
        return SchemaChanges((table.ddl,))
    kind = str(existing.get("type", "TABLE")).lower()
    wanted = "view" if table.is_view else "table"
    if kind != wanted:
        return SchemaChanges((), (f"{table.name} is a {kind} in the store and a {wanted} in the code",))
    if table.is_view:
        return SchemaChanges(() if _is_same_view(table, existing) else (table.ddl,))
    return _changes_of_table(table, existing)


def _changes_of_table(table: Table, existing: Resource) -> SchemaChanges:
    found = {str(f["name"]): _column(f) for f in existing.get("schema", {}).get("fields", [])}
    refusals = (*_refused_columns(table, found), *_refused_layout(table, existing))
    added = tuple(
        f"ALTER TABLE {table.name} ADD COLUMN IF NOT EXISTS {name} {kind}"
        for name, kind in table.columns.items()
        if name not in found and name not in table.required
    )
    return SchemaChanges(added, refusals)


def _refused_columns(table: Table, found: Mapping[str, _Column]) -> Iterator[str]:
    for name, kind in table.columns.items():
        there, is_required = found.get(name), name in table.required
        if there is None and is_required:
            yield f"{table.name}.{name} is NOT NULL, and such a column cannot be added to a table that exists"
        elif there is not None and there.type != kind:
            yield f"{table.name}.{name} is {there.type} in the store and {kind} in the code"
        elif there is not None and there.is_required and not is_required:
            yield f"{table.name}.{name} is NOT NULL in the store, and the code may write nulls into it"
    for name, there in found.items():
        if name not in table.columns and there.is_required:
            yield f"{table.name}.{name} is NOT NULL in the store, and the code does not write it"


def _refused_layout(table: Table, existing: Resource) -> Iterator[str]:
    """Partitioning and clustering: the first cannot be changed, the second not for rows that are there."""
    created = sqlglot.parse_one(table.ddl, read="bigquery")
    pairs = (
        ("partitioned", _declared_partition(created), _existing_partition(existing)),
        ("clustered", _declared_clusters(created), ", ".join(_clusters(existing))),
    )
    for what, wanted, found in pairs:
        if wanted != found:
            yield (
                f"{table.name} is {what} by {found or 'nothing'} in the store and by "
                f"{wanted or 'nothing'} in the code"
            )


def _column(field: Resource) -> _Column:
    kind = _OLD_TYPES.get(str(field["type"]), str(field["type"]))
    mode = field.get("mode", "NULLABLE")
    return _Column(f"ARRAY<{kind}>" if mode == "REPEATED" else kind, mode == "REQUIRED")


def _declared_partition(created: exp.Expr) -> str:
    found = created.find(exp.PartitionedByProperty)
    if found is None:
        return ""
    column = found.find(exp.Column, exp.Identifier)
    truncated = found.find(exp.DateTrunc, exp.TimestampTrunc)
    unit = truncated.args["unit"].name if truncated else "DAY"
    return f"{unit} of {column.name if column else 'the time of loading'}"


def _existing_partition(existing: Resource) -> str:
    found = existing.get("timePartitioning")
    return f"{found.get('type', 'DAY')} of {found.get('field', 'the time of loading')}" if found else ""


def _declared_clusters(created: exp.Expr) -> str:
    found = created.find(exp.ClusterProperty)
    return ", ".join(column.name for column in found.expressions) if found else ""


def _clusters(existing: Resource) -> list[str]:
    return [str(name) for name in existing.get("clustering", {}).get("fields", [])]


def _is_same_view(table: Table, existing: Resource) -> bool:
    """Compare by meaning: spaces, comments and the project's name in front of a table are not differences."""
    created = sqlglot.parse_one(table.ddl, read="bigquery")
    stored = str(existing.get("view", {}).get("query", "")) or "SELECT"
    return _plain(created.expression) == _plain(sqlglot.parse_one(stored, read="bigquery"))


def _plain(query: exp.Expr) -> str:
    for table in query.find_all(exp.Table):
        table.set("catalog", None)
        table.meta.pop("quoted_table", None)  # one pair of quotes around all parts
    for identifier in query.find_all(exp.Identifier):
        identifier.set("quoted", False)
    return query.sql("bigquery", comments=False)
