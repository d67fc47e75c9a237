"""What gunicorn serves in the emulated tests: the real services, on clients that talk to the emulators.

A file named by DIE_FILE says before which call of a port a process is to die by kill -9; whoever reads it
first removes it and dies.
"""

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

from emulators import bigquery_client, publisher_client, write_client
from flask import Flask

import data_processors.precompute.main
import predictions.coordinator.main
import predictions.worker.main
from shared.cloud import CloudHome, GoogleClients, connect
from shared.config import load_settings
from shared.logs import configure_logs


def coordinator() -> Flask:
    return predictions.coordinator.main.create_service(_home("coordinator"))


def worker() -> Flask:
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


def _die_if_told(point: str) -> None:
    file = Path(os.environ["DIE_FILE"])
    try:
        if file.read_text() != point:
            return
        file.unlink()
    except FileNotFoundError:
        return
    os.killpg(0, signal.SIGKILL)
