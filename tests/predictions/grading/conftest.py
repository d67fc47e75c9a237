"""A store of its own for each test that grades: a report reads two seasons, whoever wrote them."""

from collections.abc import Iterator

import pytest
from past_games import PastGames

from shared.clock import FakeClock
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse


@pytest.fixture
def store(session_clock: FakeClock) -> Iterator[DuckDBWarehouse]:
    warehouse = DuckDBWarehouse(None, session_clock, threads=1)
    warehouse.create_schema()
    yield warehouse
    warehouse.close()


@pytest.fixture
def games(store: DuckDBWarehouse) -> PastGames:
    return PastGames(store)
