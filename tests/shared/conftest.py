"""The log as the tests of the edge read it."""

import orjson
import pytest

from shared.logs import configure_logs


@pytest.fixture
def log(capsys):
    """The log's lines since they were read last."""
    configure_logs("INFO")
    return lambda: [orjson.loads(line) for line in capsys.readouterr().err.splitlines()]
