"""The pages under test, a store that has lived through a morning, and a deploy guide that was followed."""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # what reads the pages stands beside the tests

from docs_page import DEPLOY_GUIDE, RUNBOOK
from pasted import Pasted, paste

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


@pytest.fixture(scope="session")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Pasted:
    """The deploy guide's blocks, pasted in order, with the runbook's functions where the guide wants them."""
    blocks = [block for _, block in DEPLOY_GUIDE.blocks("sh")]
    functions = next(n for n, block in enumerate(blocks) if block.startswith("precompute "))
    blocks.insert(functions, RUNBOOK.set_up_block())
    looks = ["logs dead_letter 1h", "query <<<'SELECT 1'"]
    return paste(tmp_path_factory.mktemp("followed"), [*blocks, *looks])
