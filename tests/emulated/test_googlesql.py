"""Every statement of the project before GoogleSQL's own analyzer, which refuses what emulators let pass.

Datasets are flattened (`a.b` is `a__b` here), since the analyzer's simple catalog has one level.
"""

import re
from functools import cache
from importlib import resources
from typing import Any

import pytest
from docs_page import DEPLOY_GUIDE, RUNBOOK

from shared.statements import load_statement
from shared.warehouse.catalog import tables

pytestmark = pytest.mark.emulated

zetasql_types = pytest.importorskip("zetasql.types", reason="zetasql is not installed here")

from zetasql.api import Analyzer, CatalogBuilder, TableBuilder  # noqa: E402
from zetasql.types import AnalyzerOptions, ArrayType, LanguageOptions, Type, TypeKind  # noqa: E402
from zetasql.types import ZetaSQLBuiltinFunctionOptions as BuiltinFunctions  # noqa: E402
from zetasql.types.proto_model import ProductMode  # noqa: E402

PACKAGES = (
    "shared",
    "predictions.coordinator",
    "predictions.coordinator.console",
    "predictions.grading",
    "data_processors.precompute.ml_feature_store",
    "local",
)
PARTS = {"still_at_work"}  # a condition that other statements include
KINDS = {
    "STRING": TypeKind.TYPE_STRING,
    "INT64": TypeKind.TYPE_INT64,
    "FLOAT64": TypeKind.TYPE_DOUBLE,
    "BOOL": TypeKind.TYPE_BOOL,
    "DATE": TypeKind.TYPE_DATE,
    "TIMESTAMP": TypeKind.TYPE_TIMESTAMP,
    "JSON": TypeKind.TYPE_JSON,
}
NAMES = {kind: name for name, kind in KINDS.items()}


def statements() -> list[Any]:
    found = []
    for package in PACKAGES:
        for file in sorted(f.name for f in (resources.files(package) / "sql").iterdir()):
            name = file.removesuffix(".sql")
            if name not in PARTS:
                found.append(pytest.param(package, name, id=f"{package}/{name}"))
    return found


def google_type(name: str) -> Type:
    if name.startswith("ARRAY<"):
        return Type(type_kind=TypeKind.TYPE_ARRAY, array_type=ArrayType(element_type=google_type(name[6:-1])))
    return Type(type_kind=KINDS[name])


def name_of(kind: Type) -> str:
    if kind.type_kind == TypeKind.TYPE_ARRAY:
        return f"ARRAY<{name_of(kind.array_type.element_type)}>"
    return NAMES[kind.type_kind]


@cache
def language() -> LanguageOptions:
    options = LanguageOptions.maximum_features()
    options.product_mode = ProductMode.PRODUCT_EXTERNAL  # as BigQuery is: without the types that it lacks
    return options


def flat(sql: str) -> str:
    sql = re.sub(r"`[\w-]+\.(nba_\w+)\.(\w+)`", r"\1.\2", sql)
    return re.sub(r"\b(nba_(?:analytics|predictions|reference))\.(\w+)", r"\1__\2", sql)


def catalog_of(columns: dict[str, dict[str, str]]) -> Any:
    builder = CatalogBuilder("project")
    for name, kinds in columns.items():
        table = TableBuilder(flat(name))
        for column, kind in kinds.items():
            table.add_column(column, google_type(kind))
        builder.add_table(table.build())
    return builder.with_builtin_functions(BuiltinFunctions(language_options=language())).build()


def analyze(sql: str, parameters: dict[str, str], catalog: Any) -> Any:
    options = AnalyzerOptions(language_options=language())
    options.query_parameters = [
        AnalyzerOptions.QueryParameter(name=name, type=google_type(kind)) for name, kind in parameters.items()
    ]
    return Analyzer(options, catalog).analyze_statement(flat(sql).strip().removesuffix(";"))


@cache
def whole_catalog() -> Any:
    """Return a catalog of all tables, and of all views as the analyzer types them."""
    columns = {name: dict(t.columns) for name, t in tables().items() if not t.is_view}
    for name, view in tables().items():  # a view that needs another comes after it
        if view.is_view:
            query = view.ddl.partition(" AS\n")[2]
            found = analyze(query, {}, catalog_of(columns)).output_column_list
            columns[name] = {column.name: name_of(column.column.type) for column in found}
    return catalog_of(columns)


@pytest.mark.parametrize("name", tables())
def test_googlesql_accepts_the_ddl(name: str) -> None:
    analyze(tables()[name].ddl, {}, whole_catalog())


@pytest.mark.parametrize(("package", "name"), statements())
def test_googlesql_accepts_the_statement(package: str, name: str) -> None:
    statement = load_statement(package, name)

    analyze(statement.sql, dict(statement.parameters), whole_catalog())


QUERIES = RUNBOOK.blocks("sql") + DEPLOY_GUIDE.blocks("sql")


@pytest.mark.parametrize(("section", "sql"), QUERIES, ids=[section for section, _ in QUERIES])
def test_googlesql_accepts_the_documented_query(section: str, sql: str) -> None:
    analyze(sql, {}, whole_catalog())


def test_the_analyzer_refuses_what_bigquery_refuses() -> None:
    sql = "SELECT ROW_NUMBER() OVER (PARTITION BY line) FROM nba_predictions.player_prop_predictions"

    with pytest.raises(Exception, match="FLOAT64 is not allowed"):
        analyze(sql, {}, whole_catalog())
