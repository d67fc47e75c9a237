"""What gunicorn serves in the emulated tests: the real services, on clients that talk to the emulators.

A file named by DIE_FILE says before which call of a port a process is to die by kill -9; whoever reads it
first removes it and dies. One named by HUNGER_FILE says how many MiB each system takes for a forecast.
"""

import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from emulators import bigquery_client, publisher_client, subscriber_client, write_client
from flask import Flask

import data_processors.precompute.main
import predictions.coordinator.main
import predictions.worker.main
from predictions.systems.base import FeatureTable, System
from predictions.systems.distribution import Distribution
from predictions.systems.model import Model
from predictions.systems.registry import resolve
from predictions.worker import wiring
from shared.cloud import CloudHome, GoogleClients, connect
from shared.config import load_settings
from shared.logs import configure_logs


def coordinator() -> Flask:
    return predictions.coordinator.main.create_service(_home("coordinator"))


def worker() -> Flask:
    wiring.resolve = _resolve_hungry
    return predictions.worker.main.create_service(_home("worker"))


def precompute() -> Flask:
    return data_processors.precompute.main.create_service(_home("precompute"))


def _resolve_hungry(names: Sequence[str], model: Model | None = None) -> list[System]:
    return [Hungry(system) for system in resolve(names, model)]


def _home(service: str) -> CloudHome:
    settings = load_settings()
    configure_logs(settings.log_level)
    clients = GoogleClients(
        bigquery=bigquery_client(os.environ["EMULATED_BIGQUERY"]),
        writer=write_client(os.environ["EMULATED_WRITE"]),
        publisher=publisher_client(os.environ["EMULATED_PUBSUB"]),
        subscriber=lambda: subscriber_client(os.environ["EMULATED_PUBSUB"]),
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

    def __init__(self, system: System) -> None:
        self._system = system
        self.system_id, self.requires = system.system_id, system.requires
        self.uses_line, self.explain = system.uses_line, system.explain

    def forecast(self, table: FeatureTable) -> Distribution:
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
