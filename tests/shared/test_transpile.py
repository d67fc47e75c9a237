from datetime import UTC, date, datetime

import duckdb
import pytest

from shared.errors import DataContractViolation
from shared.warehouse.catalog import table, tables
from shared.warehouse.transpile import STORE_NOW, duckdb_type, google_type, to_duckdb

MOMENT = datetime(2025, 11, 29, 3, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


@pytest.mark.parametrize(
    ("google", "duck"),
    [
        ("STRING", "VARCHAR"),
        ("INT64", "BIGINT"),
        ("FLOAT64", "DOUBLE"),
        ("BOOL", "BOOLEAN"),
        ("DATE", "DATE"),
        ("TIMESTAMP", "TIMESTAMPTZ"),
        ("JSON", "JSON"),
        ("ARRAY<STRING>", "VARCHAR[]"),
        ("ARRAY<FLOAT64>", "DOUBLE[]"),
    ],
)
def test_types_translate_both_ways(google, duck):
    assert duckdb_type(google) == duck
    assert google_type(duck) == google


def test_a_type_of_duckdb_alone_keeps_its_name():
    assert google_type("HUGEINT") == "HUGEINT"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("`a-project.nba_reference.slates`", id="quoted as one name"),
        pytest.param("`a-project`.nba_reference.slates", id="quoted alone"),
        pytest.param("nba_reference.slates", id="no project"),
    ],
)
def test_the_project_is_dropped(name):
    sql = to_duckdb(f"SELECT 1 FROM {name}").replace('"', "")

    assert sql == "SELECT 1 FROM nba_reference.slates"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        pytest.param("CURRENT_TIMESTAMP()", MOMENT, id="the moment"),
        pytest.param("CURRENT_DATE('America/New_York')", date(2025, 11, 28), id="the date in New York"),
        pytest.param("CURRENT_DATE()", date(2025, 11, 29), id="the date in UTC"),
    ],
)
def test_the_clock_is_replaced_by_a_parameter(engine, expression, expected):
    sql = to_duckdb(f"SELECT {expression}")

    assert engine.execute(sql, {STORE_NOW: MOMENT}).fetchone() == (expected,)


def test_parameters_carry_their_types(engine):
    sql = to_duckdb("SELECT @day, @names", (("day", "DATE"), ("names", "ARRAY<STRING>")))

    result = engine.execute(sql, {"day": "2025-11-28", "names": ["a"]})

    assert [column[1] for column in result.description] == ["DATE", "VARCHAR[]"]


def test_every_ddl_file_declares_one_table_or_view_with_its_partition():
    partitions = {
        name: declared.partition_column for name, declared in tables().items() if not declared.is_view
    }

    assert partitions.pop("nba_reference.processor_run_history") == "data_date"
    assert set(partitions.values()) == {"game_date"}


def test_views_come_after_the_tables_they_read():
    kinds = [declared.is_view for declared in tables().values()]

    assert kinds == sorted(kinds)


def test_a_table_has_the_columns_of_its_ddl():
    declared = table("nba_predictions.ml_feature_store_v2")

    assert declared.columns["feature_names"] == "ARRAY<STRING>"
    assert declared.columns["feature_run_started_at"] == "TIMESTAMP"


def test_a_table_that_no_file_declares_is_a_contract_violation():
    with pytest.raises(DataContractViolation, match=r"nba_reference\.nothing"):
        table("nba_reference.nothing")
