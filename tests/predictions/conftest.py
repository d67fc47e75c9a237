"""A store for all, a date for each: the tests of the coordinator share one schema and never a slate."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

sys.path.insert(0, str(Path(__file__).parent))  # the builders stand beside the tests

from phase5_bench import Phase5
from slate_builder import Slate

from shared.clock import FakeClock
from shared.slate import morning, slate_date
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

_FIRST_DAY = datetime(2021, 1, 1, 13, tzinfo=UTC)
_APART = timedelta(days=3)  # an event about tomorrow must not meet another test's slate


@pytest.fixture(scope="session")
def session_clock() -> FakeClock:
    return FakeClock(_FIRST_DAY)


@pytest.fixture(scope="session")
def session_store(session_clock: FakeClock) -> Iterator[DuckDBWarehouse]:
    store = DuckDBWarehouse(None, session_clock, threads=1)
    store.create_schema()
    yield store
    store.close()


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[Any]]:
    """What was logged."""
    with capture_logs() as lines:
        yield lines


@pytest.fixture
def clock(session_clock: FakeClock) -> FakeClock:
    """The store's clock and the coordinator's, at 05:00 Pacific of a slate that nobody has used."""
    fresh = morning(slate_date(session_clock.now()) + _APART)
    session_clock.advance((fresh - session_clock.now()).total_seconds())
    return session_clock


@pytest.fixture
def slate(session_store: DuckDBWarehouse, clock: FakeClock) -> Slate:
    """Today's slate, of which the store knows nothing yet."""
    return Slate(session_store, clock, slate_date(clock.now()))


@pytest.fixture
def make_phase5(session_store: DuckDBWarehouse, clock: FakeClock, slate: Slate) -> Callable[..., Phase5]:
    """Make a coordinator on the shared store, with settings changed by name."""

    def make(**wishes: Any) -> Phase5:
        return Phase5(session_store, clock, slate, **wishes)

    return make


@pytest.fixture
def phase5(make_phase5: Callable[..., Phase5]) -> Phase5:
    """One coordinator with the default settings."""
    return make_phase5()
