"""What gunicorn serves in the emulated tests: the real services, on clients that talk to the emulators.

A file named by DIE_FILE says before which call of a port a process is to die by kill -9; whoever reads it
first removes it and dies. One named by HUNGER_FILE says how many MiB each system takes for a forecast.
"""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from emulators import bigquery_client, publisher_client, write_client
from flask import Flask

import data_processors.precompute.main
import predictions.coordinator.main
import predictions.worker.main
from predictions.systems import registry
from predictions.systems.base import FeatureTable, System
from predictions.systems.distribution import PointsDistribution
from shared.cloud import CloudHome, GoogleClients, connect
from shared.config import load_settings
from shared.logs import configure_logs


def coordinator() -> Flask:
    return predictions.coordinator.main.create_service(_home("coordinator"))


def worker() -> Flask:
    registry.SYSTEMS = {name: partial(Hungry, make) for name, make in registry.SYSTEMS.items()}
    return predictions.worker.main.create_service(_home("worker"))


def precompute() -> Flask:
    return data_processors.precompute.main.create_service(_home("precompute"))


def _home(service: str) -> CloudHome:
    settings = load_settings()
    configure_logs(settings.log_level)
    clients = GoogleClients(
        bigquery=bigquery_client(os.environ["EMULATED_BIGQUERY"]),
        writer=write_client(os.environ["EMULATED_WRITE"]),
        publisher=publisher_client(os.environ["EMULATED_PUBSUB"]),
    )
    home = connect(service, settings, clients)
    return replace(home, warehouse=Deadly(home.warehouse), publisher=Deadly(home.publisher))


class Deadly:
    """A port that kills its process group where the test says so."""

    def __init__(self, port: Any) -> None:
        self._port = port

    def __getattr__(self, verb: str) -> Any:
        call = getattr(self._port, verb)

        def deadly(*arguments: Any, **named: Any) -> Any:
            subject = arguments[0] if arguments else ""
            _die_if_told(f"{verb} {getattr(subject, 'name', subject)}")
            return call(*arguments, **named)

        return deadly


class Hungry:
    """A system that takes as much memory for a forecast as the test says."""

    def __init__(self, make: Callable[[], System]) -> None:
        self._system = make()
        self.system_id, self.requires = self._system.system_id, self._system.requires

    def forecast(self, table: FeatureTable) -> PointsDistribution:
        file = Path(os.environ["HUNGER_FILE"])
        eaten = np.ones((int(file.read_text()) if file.exists() else 0, 2**17))
        points = self._system.forecast(table)
        del eaten
        return points


def _die_if_told(point: str) -> None:
    file = Path(os.environ["DIE_FILE"])
    try:
        if file.read_text() != point:
            return
        file.unlink()
    except FileNotFoundError:
        return
    os.killpg(0, signal.SIGKILL)
