"""Which tables of a query are read without a limit on their partition column: each would be read whole."""

import sqlglot
from sqlglot import exp

from shared.warehouse.catalog import tables


def unlimited_tables(sql: str) -> list[str]:
    """Return the tables and views that no condition of their SELECT or JOIN limits to constant dates."""
    tree = sqlglot.parse_one(sql, read="bigquery")
    stored = [table for table in tree.find_all(exp.Table) if table.db]  # the others are CTEs of the query
    return [f"{table.db}.{table.name}" for table in stored if not _is_limited(table)]


def _is_limited(table: exp.Table) -> bool:
    # Every view has the partition column of the tables behind it, which is called game_date in all of them.
    column = tables()[f"{table.db}.{table.name}"].partition_column or "game_date"
    return any(_limits(condition, table, column) for condition in _conditions(table))


def _conditions(table: exp.Table) -> list[exp.Expression]:
    """Return the conditions that must all hold; that of a join limits only the table that it brings."""
    select = table.find_ancestor(exp.Select)
    assert select is not None
    found = [select.args["where"].this] if select.args.get("where") else []
    if isinstance(table.parent, exp.Join) and table.parent.args.get("on"):
        found.append(table.parent.args["on"])
    return [
        part
        for condition in found
        for part in (condition.flatten() if isinstance(condition, exp.And) else [condition])
    ]


def _limits(condition: exp.Expression, table: exp.Table, column: str) -> bool:
    """Say whether a condition compares the column of this table with something that is no column."""
    if not isinstance(condition, exp.EQ | exp.GTE | exp.Between) or not isinstance(
        condition.this, exp.Column
    ):
        return False
    is_column = condition.this.name == column and condition.this.table in ("", table.alias_or_name)
    bounds = [
        part for key, part in condition.args.items() if key != "this" and isinstance(part, exp.Expression)
    ]
    return is_column and not any(bound.find(exp.Column) for bound in bounds)
