"""What the tables should look like, read from the DDL files, which are the only place that says so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import sqlglot
from sqlglot import exp

from shared.errors import DataContractViolation


@dataclass(frozen=True)
class Table:
    """One table or view: its DDL, and for tables the GoogleSQL type of each column and which are NOT NULL."""

    name: str
    ddl: str
    is_view: bool
    columns: Mapping[str, str]
    required: frozenset[str]
    partition_column: str | None


@cache
def tables() -> dict[str, Table]:
    """Return every table and view of the DDL folder by `dataset.table`, tables before views."""
    files = sorted(
        (f for f in resources.files("shared.schema").iterdir() if f.name.endswith(".sql")),
        key=lambda f: f.name,
    )
    parsed = [_parse(f.read_text("utf-8")) for f in files]
    return {t.name: t for t in sorted(parsed, key=lambda t: t.is_view)}


def table(name: str) -> Table:
    """Return one table; a name that no DDL file declares is a contract violation."""
    if name not in tables():
        raise DataContractViolation(f"no DDL file declares the table {name}")
    return tables()[name]


def refuse_unknown_columns(name: str, names: Iterable[str]) -> None:
    """Raise DataContractViolation if the DDL of a table lacks one of these columns."""
    unknown = sorted(set(names) - table(name).columns.keys())
    if unknown:
        raise DataContractViolation(f"{name} has no column {', '.join(unknown)}")


def partition_of(name: str, partition: date, rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the column that a table is partitioned by; rows of another date break the contract."""
    column = str(table(name).partition_column)
    strays = [row for row in rows if str(row.get(column)) != partition.isoformat()]
    if strays:
        raise DataContractViolation(f"{len(strays)} rows for {name} are not of {partition}")
    return column


def _parse(ddl: str) -> Table:
    created = sqlglot.parse_one(ddl, read="bigquery")
    target = created.find(exp.Table)
    if not isinstance(created, exp.Create) or target is None:
        raise DataContractViolation("a DDL file must hold one CREATE statement")
    partition = created.find(exp.PartitionedByProperty)
    column = partition.find(exp.Column, exp.Identifier) if partition else None
    definitions = [d for d in created.find_all(exp.ColumnDef) if isinstance(d.parent, exp.Schema)]
    return Table(
        name=f"{target.db}.{target.name}",
        ddl=ddl,
        is_view=created.kind == "VIEW",
        columns={definition.name: definition.args["kind"].sql("bigquery") for definition in definitions},
        required=frozenset(d.name for d in definitions if d.find(exp.NotNullColumnConstraint)),
        partition_column=column.name if column else None,
    )
