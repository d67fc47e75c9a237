import sys

import pytest

from shared.clock import FakeClock
from shared.errors import DataContractViolation
from shared.slate import FIRST_SLATE, morning
from shared.statements import inline_statement, load_statement
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

FILES = {
    "numbers": "-- One row: one number.\n-- @first INT64\n"
    "SELECT n FROM UNNEST([1, 2, 3]) AS n WHERE n >= @first\n",
    "doubled": "-- One row: one number, doubled.\n-- @factor FLOAT64\n"
    "WITH numbers AS (\n  {numbers}\n)\nSELECT n * @factor AS m FROM numbers ORDER BY m\n",
    "squared": "-- One row: one pair.\nSELECT a.m FROM ({doubled}) AS a, ({numbers}) AS b\n",
    "lists": "-- @names ARRAY<STRING>\nSELECT 1 -- @hidden INT64\n",
    "dangling": "SELECT * FROM ({missing})\n",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "package_with_sql"
    (folder / "sql").mkdir(parents=True)
    (folder / "__init__.py").touch()
    for name, text in FILES.items():
        (folder / "sql" / f"{name}.sql").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    load_statement.cache_clear()
    yield folder.name
    load_statement.cache_clear()
    sys.modules.pop(folder.name, None)


@pytest.fixture(scope="module")
def warehouse():
    store = DuckDBWarehouse(None, FakeClock(morning(FIRST_SLATE)))
    yield store
    store.close()


def test_the_header_declares_the_parameters(package):
    statement = load_statement(package, "numbers")

    assert statement.name == "numbers"
    assert statement.parameters == {"first": "INT64"}
    assert statement.sql == "SELECT n FROM UNNEST([1, 2, 3]) AS n WHERE n >= @first"


def test_a_list_parameter_keeps_its_type(package):
    assert load_statement(package, "lists").parameters == {"names": "ARRAY<STRING>"}


def test_an_included_part_brings_its_parameters(package, warehouse):
    statement = load_statement(package, "doubled")

    assert statement.parameters == {"factor": "FLOAT64", "first": "INT64"}
    assert warehouse.query(statement, first=2, factor=2.0) == [{"m": 4.0}, {"m": 6.0}]


def test_parts_are_included_in_parts(package):
    statement = load_statement(package, "squared")

    assert statement.parameters.keys() == {"factor", "first"}
    assert "{" not in statement.sql


def test_a_part_that_does_not_exist_is_an_error(package):
    with pytest.raises(FileNotFoundError):
        load_statement(package, "dangling")


def test_a_statement_is_read_once(package):
    assert load_statement(package, "numbers") is load_statement(package, "numbers")


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({"factor": 2.0}, id="one missing"),
        pytest.param({}, id="all missing"),
        pytest.param({"factor": 2.0, "first": 1, "last": 3}, id="one too many"),
    ],
)
def test_parameters_that_do_not_fit_the_header_are_refused(package, warehouse, parameters):
    with pytest.raises(DataContractViolation, match="doubled: parameters do not fit"):
        warehouse.query(load_statement(package, "doubled"), **parameters)


def test_a_text_becomes_a_statement(warehouse):
    statement = inline_statement("one_off", "SELECT @name AS name", name="STRING")

    assert warehouse.query(statement, name="a") == [{"name": "a"}]
