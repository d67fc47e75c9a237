"""One emulator for all contract tests; without one, they are skipped on it and say why."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "emulated"))

from emulators import BigQueryEmulator, PubSubEmulator, bigquery_absence, pubsub_absence


@pytest.fixture(scope="session")
def bigquery_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BigQueryEmulator]:
    absence = bigquery_absence()
    if absence:
        pytest.skip(absence)
    emulator = BigQueryEmulator(tmp_path_factory.mktemp("bigquery"))
    emulator.start()
    yield emulator
    emulator.stop()


@pytest.fixture(scope="session")
def pubsub_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PubSubEmulator]:
    absence = pubsub_absence()
    if absence:
        pytest.skip(absence)
    emulator = PubSubEmulator(tmp_path_factory.mktemp("pubsub"))
    emulator.start()
    yield emulator
    emulator.stop()
