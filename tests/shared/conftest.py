"""The log as the tests of the edge read it."""

import orjson
import pytest
import structlog

from shared.logs import configure_logs


@pytest.fixture
def log(capsys):
    """The log's lines since they were read last."""
    configure_logs("INFO")
    yield lambda: [orjson.loads(line) for line in capsys.readouterr().err.splitlines()]
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _no_context_left():
    yield
    structlog.contextvars.clear_contextvars()
