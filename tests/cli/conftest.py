"""What the commands' tests share: receivers of alerts, a server that answers as told, a way to run them."""

import sys
from pathlib import Path

import pytest

sys.path.insert(
    0, str(Path(__file__).parents[1] / "shared" / "alerts")
)  # the receivers of the channels' tests
sys.path.insert(0, str(Path(__file__).parent))

from fake_server import FakeServer

from cli.main import main

CALLER_VARIABLES = (
    *("NBA_PROPS_URL", "NBA_PROPS_PRECOMPUTE_URL", "NBA_PROPS_TOKEN", "NBA_PROPS_AUDIENCE"),
    *("NBA_PROPS_PRECOMPUTE_AUDIENCE", "NBA_PROPS_IMPERSONATE", "GOOGLE_APPLICATION_CREDENTIALS"),
)


@pytest.fixture(autouse=True)
def _no_caller(monkeypatch):
    for name in CALLER_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server():
    """A coordinator, or Phase 4, that answers what the test says."""
    with FakeServer().running() as running:
        yield running


@pytest.fixture
def nba_props(monkeypatch, capfd, tmp_path):
    """Run a command in an empty folder; return its exit code, what it printed and what it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["nba-props", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        return ended.value.code, out, err

    return command
