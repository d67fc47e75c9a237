"""GoogleSQL to DuckDB: the only place that knows both dialects."""

from functools import cache

import sqlglot
from sqlglot import exp

from shared.ports import Statement

STORE_NOW = "store_now"

_DUCKDB_TYPES = {
    "STRING": "VARCHAR",
    "INT64": "BIGINT",
    "FLOAT64": "DOUBLE",
    "BOOL": "BOOLEAN",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMPTZ",
    "JSON": "JSON",
}
_GOOGLE_TYPES = {duck: google for google, duck in _DUCKDB_TYPES.items()} | {
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP"
}


def duckdb_type(google_type: str) -> str:
    """Return DuckDB's name of a GoogleSQL type, arrays included."""
    if google_type.startswith("ARRAY<"):
        return duckdb_type(google_type[6:-1]) + "[]"
    return _DUCKDB_TYPES[google_type]


def google_type(duckdb_name: str) -> str:
    """Return the GoogleSQL name of a DuckDB type, arrays included; unknown ones unchanged."""
    if duckdb_name.endswith("[]"):
        return f"ARRAY<{google_type(duckdb_name[:-2])}>"
    return _GOOGLE_TYPES.get(duckdb_name, duckdb_name)


@cache
def to_duckdb(sql: str, parameters: tuple[tuple[str, str], ...] = ()) -> str:
    """Translate a statement: typed parameters, the store's clock, project names dropped."""
    types = dict(parameters)

    def rewrite(node: exp.Expression) -> exp.Expression:
        match node:
            case exp.Parameter() if node.name in types:
                return exp.cast(exp.Placeholder(this=node.name), duckdb_type(types[node.name]))
            case exp.CurrentTimestamp():
                return _store_now()
            case exp.CurrentDate():
                zone = node.this or exp.Literal.string("UTC")
                return exp.cast(exp.AtTimeZone(this=_store_now(), zone=zone), "DATE")
            case exp.Table() if node.catalog:
                node.set("catalog", None)
            case exp.Create() if node.expression and isinstance(node.this, exp.Schema):
                node.set("this", node.this.this)  # DuckDB takes the columns of the SELECT alone
        return node

    tree = sqlglot.parse_one(sql, read="bigquery").transform(_count_nothing_as_zero).transform(rewrite)
    return tree.sql("duckdb", unsupported_level=sqlglot.ErrorLevel.IGNORE)


def statement_to_duckdb(statement: Statement) -> str:
    """Translate a named statement; the translation is made once per text."""
    return to_duckdb(statement.sql, tuple(sorted(statement.parameters.items())))


def _count_nothing_as_zero(node: exp.Expression) -> exp.Expression:
    """COUNTIF of no rows is 0 in GoogleSQL and null in DuckDB."""
    if isinstance(node, exp.CountIf):
        return exp.Coalesce(this=node.copy(), expressions=[exp.Literal.number(0)])
    return node


def _store_now() -> exp.Expression:
    return exp.cast(exp.Placeholder(this=STORE_NOW), "TIMESTAMPTZ")
