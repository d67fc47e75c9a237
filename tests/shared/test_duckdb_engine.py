"""The DuckDB file when its disk is full, its folder is gone, or DuckDB has given it up."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.clock import FakeClock
from shared.errors import DependencyUnavailable, WriteConflict
from shared.ports import Row
from shared.statements import inline_statement
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

NOW = datetime(2025, 11, 28, 15, tzinfo=UTC)
SLATE = date(2025, 11, 28)
COUNT = inline_statement("count", "SELECT COUNT(*) AS letters FROM nba_reference.dead_letters")
CHECKPOINT = inline_statement("checkpoint", "CHECKPOINT")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.duckdb"


@pytest.fixture
def warehouse(path: Path) -> Iterator[DuckDBWarehouse]:
    path.parent.mkdir()
    store = DuckDBWarehouse(path, FakeClock(NOW))
    store.create_schema()
    yield store
    store.close()


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Stand in for a full disk: what a file would grow beyond is refused by the system."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def letter(message_id: str, body: str = "b") -> Row:
    return {
        "game_date": SLATE,
        "message_id": message_id,
        "state": "stored",
        "source_subscription": "s",
        "reason": "r",
        "body": body,
        "created_at": NOW,
    }


def store_letter(warehouse: DuckDBWarehouse, message_id: str, body: str = "b") -> None:
    warehouse.append("nba_reference.dead_letters", [letter(message_id, body)])


def letters(warehouse: DuckDBWarehouse) -> int:
    return int(warehouse.query(COUNT)[0]["letters"])


def give_up(warehouse: DuckDBWarehouse) -> None:
    """Let a checkpoint find the disk full: DuckDB refuses everything from then on."""
    store_letter(warehouse, "before", "b" * 100_000)
    with no_file_longer_than(4096), pytest.raises(DependencyUnavailable, match="checkpoint"):
        warehouse.execute(CHECKPOINT)


def test_a_write_that_finds_the_disk_full_is_a_store_that_is_away_and_no_conflict(
    warehouse: DuckDBWarehouse,
) -> None:
    store_letter(warehouse, "before")

    with no_file_longer_than(4096), pytest.raises(DependencyUnavailable, match="append") as caught:
        store_letter(warehouse, "refused", "b" * 100_000)

    assert not isinstance(caught.value, WriteConflict)
    store_letter(warehouse, "after")
    assert letters(warehouse) == 2


def test_a_file_that_duckdb_has_given_up_is_opened_again_with_all_that_was_committed(
    warehouse: DuckDBWarehouse,
) -> None:
    give_up(warehouse)

    store_letter(warehouse, "after")

    assert letters(warehouse) == 2


def test_a_file_given_up_under_a_reader_is_opened_again_and_his_cursor_lent_to_nobody(
    warehouse: DuckDBWarehouse,
) -> None:
    with warehouse._engine.cursor() as reader:
        give_up(warehouse)
        assert letters(warehouse) == 1

    with warehouse._engine.cursor() as next_one:
        assert next_one is not reader


def test_a_disk_that_is_full_has_no_room(warehouse: DuckDBWarehouse) -> None:
    warehouse.require_room()

    with no_file_longer_than(4096), pytest.raises(DependencyUnavailable, match="nothing can be written"):
        warehouse.require_room()


def test_a_store_in_memory_needs_no_room() -> None:
    store = DuckDBWarehouse(None, FakeClock(NOW))

    store.require_room()

    store.close()


def test_nothing_is_written_to_a_file_that_was_moved_away_until_it_is_back(
    warehouse: DuckDBWarehouse, path: Path
) -> None:
    store_letter(warehouse, "before")
    elsewhere = path.parent.rename(path.parent.with_name("elsewhere"))

    with pytest.raises(DependencyUnavailable, match="or is gone"):
        store_letter(warehouse, "refused")
    with pytest.raises(DependencyUnavailable, match="or is gone"):
        warehouse.require_room()

    elsewhere.rename(path.parent)
    store_letter(warehouse, "after")
    assert letters(warehouse) == 2


def test_a_closed_store_is_away_and_stays_closed(warehouse: DuckDBWarehouse) -> None:
    warehouse.close()

    with pytest.raises(DependencyUnavailable, match="closed"):
        letters(warehouse)
