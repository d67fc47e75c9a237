"""Past slates made up by code, shared by all tests of a process: nothing is loaded, nothing queried."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the builders stand beside the tests

from made_up_slates import few_games_suffice, made_up_slates

from predictions.evaluation.candidates import Candidates


@pytest.fixture(scope="session")
def season() -> Candidates:
    """Sixty slates of twenty candidates."""
    return made_up_slates()


@pytest.fixture
def few_suffice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fit small trees, and fit them to as few games as such a season has."""
    few_games_suffice(monkeypatch)
