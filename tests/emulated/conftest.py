"""One cloud for the module's tests; without the emulators, they are skipped and say why."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))  # the runbook's queries are run here too
sys.path.insert(0, str(Path(__file__).parents[1] / "breaking"))  # and a few of the rounds that break things
sys.path.insert(0, str(Path(__file__).parent))

from cloud import Cloud
from emulators import bigquery_absence, pubsub_absence

PLAYERS = 45


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    for absence in (bigquery_absence(), pubsub_absence()):
        if absence:
            pytest.skip(absence)
    started = Cloud(tmp_path_factory.mktemp("cloud"), PLAYERS)
    try:
        started.start()
        yield started
    finally:
        started.stop()
