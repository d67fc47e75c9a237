"""What may be changed in a store that does not fit, and what is refused."""

from typing import Any

import pytest

from shared.warehouse.catalog import Table, tables
from shared.warehouse.schema_changes import SchemaChanges, changes_of, schema_changes

TABLE = Table(
    name="nba_reference.alerts",
    ddl="CREATE TABLE IF NOT EXISTS nba_reference.alerts (game_date DATE NOT NULL, kind STRING NOT NULL, "
    "points FLOAT64, names ARRAY<STRING>) PARTITION BY game_date CLUSTER BY kind",
    is_view=False,
    columns={"game_date": "DATE", "kind": "STRING", "points": "FLOAT64", "names": "ARRAY<STRING>"},
    required=frozenset({"game_date", "kind"}),
    partition_column="game_date",
)
VIEW = Table(
    name="nba_reference.alerts_current",
    ddl="-- One row: an alert.\nCREATE OR REPLACE VIEW nba_reference.alerts_current AS\n"
    "SELECT * FROM nba_reference.alerts WHERE TRUE;",
    is_view=True,
    columns={},
    required=frozenset(),
    partition_column=None,
)
GAME_DATE = {"name": "game_date", "type": "DATE", "mode": "REQUIRED"}
KIND = {"name": "kind", "type": "STRING", "mode": "REQUIRED"}
POINTS = {"name": "points", "type": "FLOAT", "mode": "NULLABLE"}
NAMES = {"name": "names", "type": "STRING", "mode": "REPEATED"}


def stored(*fields: dict[str, str], **changed: Any) -> dict[str, Any]:
    """The table as the store describes it, with these columns."""
    return {
        "type": "TABLE",
        "schema": {"fields": list(fields)},
        "timePartitioning": {"type": "DAY", "field": "game_date"},
        "clustering": {"fields": ["kind"]},
    } | changed


def stored_view(query: str) -> dict[str, Any]:
    return {"type": "VIEW", "view": {"query": query}}


def test_what_does_not_exist_is_created_by_its_ddl() -> None:
    found = changes_of(TABLE, None)

    assert found == SchemaChanges(statements=(TABLE.ddl,))


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param((GAME_DATE, KIND, POINTS, NAMES), id="the same columns"),
        pytest.param((NAMES, POINTS, KIND, GAME_DATE), id="in another order"),
        pytest.param((GAME_DATE, KIND | {"mode": "NULLABLE"}, POINTS, NAMES), id="a column that allows more"),
        pytest.param((GAME_DATE, KIND, {"name": "points", "type": "FLOAT"}, NAMES), id="a mode left out"),
        pytest.param(
            (GAME_DATE, KIND, POINTS, NAMES, {"name": "old", "type": "JSON"}),
            id="a column that the code forgot",
        ),
    ],
)
def test_a_table_that_fits_is_left_alone(fields: tuple[dict[str, str], ...]) -> None:
    assert changes_of(TABLE, stored(*fields)) == SchemaChanges()


def test_a_column_that_may_be_null_is_added() -> None:
    found = changes_of(TABLE, stored(GAME_DATE, KIND))

    assert found.refusals == ()
    assert found.statements == (
        "ALTER TABLE nba_reference.alerts ADD COLUMN IF NOT EXISTS points FLOAT64",
        "ALTER TABLE nba_reference.alerts ADD COLUMN IF NOT EXISTS names ARRAY<STRING>",
    )


@pytest.mark.parametrize(
    ("resource", "sentence"),
    [
        pytest.param(
            stored(GAME_DATE, KIND, POINTS | {"type": "INTEGER"}, NAMES),
            "nba_reference.alerts.points is INT64 in the store and FLOAT64 in the code",
            id="another type",
        ),
        pytest.param(
            stored(GAME_DATE, KIND, POINTS, NAMES | {"mode": "NULLABLE"}),
            "nba_reference.alerts.names is STRING in the store and ARRAY<STRING> in the code",
            id="one value where there should be many",
        ),
        pytest.param(
            stored(GAME_DATE, POINTS, NAMES),
            "nba_reference.alerts.kind is NOT NULL, and such a column cannot be added to a table that exists",
            id="a required column that is missing",
        ),
        pytest.param(
            stored(GAME_DATE, KIND, POINTS | {"mode": "REQUIRED"}, NAMES),
            "nba_reference.alerts.points is NOT NULL in the store, and the code may write nulls into it",
            id="a column that allows less",
        ),
        pytest.param(
            stored(GAME_DATE, KIND, POINTS, NAMES, {"name": "old", "type": "DATE", "mode": "REQUIRED"}),
            "nba_reference.alerts.old is NOT NULL in the store, and the code does not write it",
            id="a required column that the code forgot",
        ),
        pytest.param(
            stored(GAME_DATE, KIND, POINTS, NAMES, timePartitioning={"type": "MONTH", "field": "game_date"}),
            "nba_reference.alerts is partitioned by MONTH of game_date in the store and by "
            "DAY of game_date in the code",
            id="another partition",
        ),
        pytest.param(
            stored(GAME_DATE, KIND, POINTS, NAMES, timePartitioning={"type": "DAY"}),
            "nba_reference.alerts is partitioned by DAY of the time of loading in the store and by "
            "DAY of game_date in the code",
            id="partitioned by the time of loading",
        ),
        pytest.param(
            stored(GAME_DATE, KIND, POINTS, NAMES, clustering={}),
            "nba_reference.alerts is clustered by nothing in the store and by kind in the code",
            id="not clustered",
        ),
        pytest.param(
            stored_view("SELECT 1"),
            "nba_reference.alerts is a view in the store and a table in the code",
            id="a view in its place",
        ),
    ],
)
def test_what_cannot_be_added_is_refused_with_the_reason(resource: dict[str, Any], sentence: str) -> None:
    assert changes_of(TABLE, resource) == SchemaChanges(refusals=(sentence,))


def test_a_table_in_the_place_of_a_view_is_refused() -> None:
    found = changes_of(VIEW, stored(GAME_DATE))

    assert found.refusals == ("nba_reference.alerts_current is a table in the store and a view in the code",)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("SELECT * FROM nba_reference.alerts WHERE TRUE", id="the same text"),
        pytest.param("select *\n  from `nba_reference.alerts`\n where true;", id="other spaces and letters"),
        pytest.param(
            "SELECT * FROM `a-project`.nba_reference.alerts WHERE TRUE -- all", id="the project named"
        ),
    ],
)
def test_a_view_that_means_the_same_is_left_alone(query: str) -> None:
    assert changes_of(VIEW, stored_view(query)) == SchemaChanges()


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("SELECT * FROM nba_reference.alerts WHERE FALSE", id="another condition"),
        pytest.param("SELECT * FROM nba_other.alerts WHERE TRUE", id="another dataset"),
        pytest.param("", id="no text"),
    ],
)
def test_a_view_that_means_something_else_is_replaced(query: str) -> None:
    assert changes_of(VIEW, stored_view(query)) == SchemaChanges(statements=(VIEW.ddl,))


def test_an_empty_store_gets_every_table_before_the_views_that_read_them() -> None:
    found = schema_changes(tables(), {})

    assert found.refusals == ()
    assert found.statements == tuple(table.ddl for table in tables().values())
    kinds = ["CREATE OR REPLACE VIEW" in text for text in found.statements]
    assert kinds == sorted(kinds)


def test_a_refusal_does_not_hide_what_else_must_change() -> None:
    declared = {TABLE.name: TABLE, VIEW.name: VIEW}
    existing = {TABLE.name: stored(GAME_DATE, KIND | {"type": "INTEGER"}, POINTS)}

    found = schema_changes(declared, existing)

    assert len(found.refusals) == 1
    assert found.statements == (
        "ALTER TABLE nba_reference.alerts ADD COLUMN IF NOT EXISTS names ARRAY<STRING>",
        VIEW.ddl,
    )
