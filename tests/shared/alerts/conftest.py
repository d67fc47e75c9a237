"""A store, a clock and a channel that can be down, for what is told about alerts."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the receivers stand beside the tests

from shared.alerts import AlertDesk
from shared.clock import FakeClock
from shared.errors import DependencyUnavailable
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse


class RecordingAlerter:
    def __init__(self):
        self.sent = []
        self.is_down = False

    def send(self, alert):
        if self.is_down:
            raise DependencyUnavailable("the channel does not answer")
        self.sent.append(alert)


@pytest.fixture(scope="module")
def clock():
    return FakeClock(datetime(2025, 11, 28, 15, tzinfo=UTC))


@pytest.fixture(scope="module")
def warehouse(clock):
    store = DuckDBWarehouse(None, clock)
    store.create_schema()
    yield store
    store.close()


@pytest.fixture
def alerter():
    return RecordingAlerter()


@pytest.fixture
def desk(warehouse, alerter, clock):
    return AlertDesk(warehouse, alerter, clock)
