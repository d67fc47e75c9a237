"""One emulator for all contract tests; without one, they are skipped on it and say why."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "emulated"))

from emulators import BigQueryEmulator, PubSubEmulator, bigquery_absence, pubsub_absence

Emulator = TypeVar("Emulator", BigQueryEmulator, PubSubEmulator)


@pytest.fixture(scope="session")
def bigquery_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BigQueryEmulator]:
    yield from _lent(BigQueryEmulator, bigquery_absence(), tmp_path_factory.mktemp("bigquery"))


@pytest.fixture(scope="session")
def pubsub_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PubSubEmulator]:
    yield from _lent(PubSubEmulator, pubsub_absence(), tmp_path_factory.mktemp("pubsub"))


def _lent(kind: Callable[[Path], Emulator], absence: str | None, folder: Path) -> Iterator[Emulator]:
    if absence:
        pytest.skip(absence)
    emulator = kind(folder)
    emulator.start()
    yield emulator
    emulator.stop()
