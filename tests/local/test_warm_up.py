"""Warming up translates what the stack runs."""

from local.warm_up import translate_statements
from shared.statements import load_statement
from shared.warehouse.transpile import to_duckdb


def test_after_warming_up_no_statement_is_translated_again():
    translate_statements()
    snapshot = load_statement("predictions.coordinator", "snapshot")
    misses = to_duckdb.cache_info().misses

    to_duckdb(snapshot.sql, tuple(sorted(snapshot.parameters.items())))

    assert to_duckdb.cache_info().misses == misses
