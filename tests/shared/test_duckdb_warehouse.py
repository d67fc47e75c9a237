"""What only the embedded warehouse does; what every warehouse does is in the contract tests."""

from datetime import UTC, date, datetime

import duckdb
import pytest

from shared.clock import FakeClock
from shared.errors import DataContractViolation, DependencyUnavailable, WriteConflict
from shared.statements import inline_statement
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse
from shared.warehouse.schema_check import check_schema

CLOCK = FakeClock(datetime(2025, 11, 28, 15, tzinfo=UTC))
SLATE = date(2025, 11, 28)
STATE = inline_statement("state", "SELECT state FROM nba_reference.slates WHERE game_date = @day", day="DATE")
CLAIM = inline_statement(
    "claim", "UPDATE nba_reference.slates SET state = 'claimed' WHERE game_date = @day", day="DATE"
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.duckdb"


@pytest.fixture
def warehouse(path):
    store = DuckDBWarehouse(path, CLOCK)
    store.create_schema()
    yield store
    store.close()


def test_a_file_from_before_a_column_was_added_opens_with_the_views_that_read_it(warehouse, path):
    warehouse.close()
    with duckdb.connect(str(path)) as older:
        older.execute("DROP VIEW nba_predictions.prediction_results")
        older.execute("DROP VIEW nba_predictions.player_prop_predictions_current")
        older.execute("ALTER TABLE nba_reference.slates DROP COLUMN released_batches")
    reopened = DuckDBWarehouse(path, CLOCK)

    reopened.create_schema()

    check_schema(reopened)
    reopened.close()


def test_what_was_written_is_there_after_a_restart(warehouse, path):
    warehouse.execute(CLAIM, day=SLATE)
    warehouse.close()

    reopened = DuckDBWarehouse(path, CLOCK)

    assert reopened.query(STATE, day=SLATE) == [{"state": "claimed"}]
    reopened.create_schema()
    assert reopened.query(STATE, day=SLATE) == [{"state": "claimed"}]
    check_schema(reopened)
    reopened.close()


def test_a_table_that_lost_a_column_fails_the_check(warehouse):
    warehouse.execute(inline_statement("drop", "ALTER TABLE nba_reference.dead_letters DROP COLUMN reason"))

    with pytest.raises(DataContractViolation, match=r"column nba_reference\.dead_letters\.reason is missing"):
        check_schema(warehouse)


def test_a_file_from_before_a_column_was_added_gets_it_and_keeps_its_rows(warehouse, path):
    letter = {"game_date": SLATE, "message_id": "m1", "state": "stored", "source_subscription": "s"}
    warehouse.append(
        "nba_reference.dead_letters", [letter | {"reason": "r", "body": "b", "created_at": CLOCK.now()}]
    )
    old = "ALTER TABLE nba_reference.dead_letters DROP COLUMN body_base64"
    warehouse.execute(inline_statement("drop", old))
    warehouse.close()

    reopened = DuckDBWarehouse(path, CLOCK)
    reopened.create_schema()

    check_schema(reopened)
    read = inline_statement("read", "SELECT message_id, body_base64 FROM nba_reference.dead_letters")
    assert reopened.query(read) == [{"message_id": "m1", "body_base64": None}]
    reopened.close()


def test_two_stores_in_memory_share_nothing():
    first, second = DuckDBWarehouse(None, CLOCK), DuckDBWarehouse(None, CLOCK)
    first.create_schema()

    assert second.columns() == {}
    first.close()
    second.close()


def test_a_write_beside_another_writer_of_the_row_is_a_conflict_and_leaves_no_trace(warehouse, path):
    with duckdb.connect(str(path)) as other:
        other.execute("BEGIN")
        other.execute("UPDATE nba_reference.slates SET state = 'failed' WHERE game_date = DATE '2025-11-28'")

        with pytest.raises(WriteConflict, match="claim"):
            warehouse.execute(CLAIM, day=SLATE)

        other.execute("ROLLBACK")

    assert warehouse.execute(CLAIM, day=SLATE) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.mkdir(), id="a folder"),
        pytest.param(lambda path: path.write_bytes(b"not a database" * 1000), id="another kind of file"),
    ],
)
def test_a_file_that_cannot_be_opened_is_a_store_that_is_away(path, spoil):
    spoil(path)

    with pytest.raises(DependencyUnavailable, match="open"):
        DuckDBWarehouse(path, CLOCK)


def test_a_folder_that_does_not_exist_is_a_store_that_is_away(tmp_path):
    with pytest.raises(DependencyUnavailable, match="open"):
        DuckDBWarehouse(tmp_path / "nowhere" / "store.duckdb", CLOCK)
