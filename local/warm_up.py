"""Translating every statement before anybody waits for it: the longest takes sqlglot 50 ms."""

from importlib import resources

from shared.statements import load_statement
from shared.warehouse.transpile import statement_to_duckdb

PACKAGES = (
    "shared",
    "local",
    "data_processors.precompute.ml_feature_store",
    "predictions.coordinator",
    "predictions.coordinator.console",
    "predictions.grading",
)


def translate_statements() -> None:
    """Load and translate each named SQL file of the stack, so that its first use finds it done."""
    for package in PACKAGES:
        for file in sorted((resources.files(package) / "sql").iterdir(), key=lambda f: f.name):
            if file.name.endswith(".sql"):
                statement_to_duckdb(load_statement(package, file.name.removesuffix(".sql")))
