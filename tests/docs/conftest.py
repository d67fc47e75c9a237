"""The page under test, and a store that has lived through a morning."""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # what reads the page stands beside the tests

from local.loading import load_sample
from local.stack import Stack
from shared.clock import SystemClock
from shared.config import Settings
from shared.ports import Warehouse
from shared.slate import morning

SLATE = date(2026, 1, 15)
PATIENCE_SECONDS = 60.0


@pytest.fixture(scope="module")
def lived_store() -> Iterator[Warehouse]:
    """A store in which today's slate of 20 players is complete, one message was given up and was alerted."""
    clock = SystemClock.starting_at(morning(SLATE))
    stack = Stack(None, Settings(_env_file=None), clock)
    stack.start()
    try:
        load_sample(stack.warehouse, SLATE, 20, clock)
        stack.client.require(stack.client.post("/precompute/process", {}))
        assert stack.settle(PATIENCE_SECONDS)
        stack.client.post("/dead-letter", {"message": {"data": "bm8=", "messageId": "7"}})
        yield stack.warehouse
    finally:
        stack.stop()
