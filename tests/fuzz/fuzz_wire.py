"""The servers that the services really have, asked over sockets."""

import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import urllib3
from fuzz_case import Tally
from fuzz_judge import INSIDES
from gunicorn_process import Served, plain_environment
from wire_cases import CLOSED, WireCase, mutated_cases, wire_cases

from local.stack import Stack
from shared.clock import SystemClock
from shared.config import load_settings
from shared.ports import Warehouse

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 20


def ask(port: int, case: WireCase) -> tuple[int, str]:
    """Send a case and return the status and all that came back; the server may hang up while we send."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        try:
            connection.sendall(case.sent)
            if case.ends:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has heard enough
        received = bytearray()
        try:
            while data := connection.recv(65536):
                received += data
        except OSError:
            pass
    first = received.partition(b"\r\n")[0].split(b" ")
    is_http = len(first) > 1 and first[0].startswith(b"HTTP/") and first[1].isdigit()
    return int(first[1]) if is_http else CLOSED, received.decode("latin-1")


@dataclass(frozen=True)
class Server:
    """A server that runs: its port, the worker's path in it, and how often the worker has written."""

    kind: str
    port: int
    path: str
    writes: Callable[[], int]


def try_wire(server: Server, tally: Tally, random: Random, examples: int) -> None:
    """Send every case to a server; what is refused must write nothing, and the server must live on."""
    for case in (*wire_cases(server.path), *mutated_cases(server.path, random, examples)):
        before = server.writes()
        status, answer = ask(server.port, case)
        faults = [] if status in case.allowed else [f"{case.name}: answered {status}, {answer[:300]!r}"]
        if INSIDES.search(answer.partition("\r\n\r\n")[2]):
            faults.append(f"{case.name}: an answer shows our insides: {answer[:300]!r}")
        if status >= 400 and server.writes() != before:
            faults.append(f"{case.name}: refused, and wrote")
        tally.add(f"{server.kind} socket", f"{server.kind} POST {server.path}", status, faults)


@contextmanager
def gunicorn() -> Iterator[Server]:
    """Serve the worker's app by gunicorn with the services' settings."""
    command = [sys.executable, "-m", "gunicorn", "--config", "python:shared.gunicorn_settings"]
    environment = plain_environment(PYTHONPATH=str(Path(__file__).parent), LOG_LEVEL="CRITICAL")
    served = Served([*command, "wire_app:create_service()"], ROOT, environment)
    try:
        yield Server("gunicorn", served.port, "/predict", lambda: int(served.get("/writes").json()["writes"]))
    finally:
        served.close()


@contextmanager
def waitress() -> Iterator[Server]:
    """Serve the stack as `nba-props serve` does."""
    counted: list[CountedWarehouse] = []

    def observe(warehouse: Warehouse) -> Warehouse:
        counted.append(CountedWarehouse(warehouse))
        return counted[0]

    stack = Stack(None, load_settings(), SystemClock(), observe=observe)
    stack.start()
    port = int(stack.url.rpartition(":")[2])
    try:
        yield Server("waitress", port, "/worker/predict", lambda: _alive(port, counted[0].writes))
    finally:
        stack.stop()


class CountedWarehouse:
    """The Warehouse port on another one, counting what is appended."""

    def __init__(self, inner: Warehouse) -> None:
        self._inner = inner
        self.writes = 0

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self.writes += 1
        self._inner.append(table, rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def _alive(port: int, writes: int) -> int:
    """Return the count once the server has shown that it lives."""
    url = f"http://127.0.0.1:{port}/health"
    assert urllib3.request("GET", url, timeout=PATIENCE_SECONDS, retries=False).status == 200
    return writes
