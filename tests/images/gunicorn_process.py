"""A gunicorn process, started by its command line and ended by SIGTERM, as Cloud Run does it."""

import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import urllib3

from shared.clock import Stopwatch

PATIENCE_SECONDS = 30


class Served:
    """One running command; its standard output is read line by line, its standard error at the end."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.port = _free_port()
        self.seconds_to_end = 0.0
        self._http = urllib3.PoolManager(maxsize=32, retries=urllib3.Retry(connect=8, backoff_factor=0.05))
        self._process = subprocess.Popen(
            list(command),
            cwd=folder,
            env={**environment, "PORT": str(self.port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def said(self) -> tuple[str, int]:
        """Return the next thing that an app said, and the process that said it."""
        assert self._process.stdout is not None
        what, _, pid = self._process.stdout.readline().rpartition(" ")
        return what, int(pid)

    def get(self, path: str) -> urllib3.BaseHTTPResponse:
        """Ask once the server listens; an answer is never asked for again."""
        return self._http.request("GET", f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE_SECONDS)

    def end(self) -> tuple[int, list[str], list[str]]:
        """Send SIGTERM; return the exit code, and the rest of standard output and standard error."""
        watch = Stopwatch()
        self._process.send_signal(signal.SIGTERM)
        return self.ended(watch)

    def ended(self, watch: Stopwatch | None = None) -> tuple[int, list[str], list[str]]:
        """Wait for the end; return the exit code, and the rest of standard output and standard error."""
        out, err = self._process.communicate(timeout=PATIENCE_SECONDS)
        self.seconds_to_end = watch.seconds() if watch else 0.0
        return self._process.returncode, out.splitlines(), err.splitlines()

    def close(self) -> None:
        """End whatever still runs."""
        self._http.clear()
        if self._process.poll() is None:
            self._process.terminate()
            self._process.communicate(timeout=PATIENCE_SECONDS)


def plain_environment(**settings: str) -> dict[str, str]:
    """Return the machine's environment without what the server reads, and the settings given."""
    ours = {"PORT", "THREADS", "WEB_CONCURRENCY", "GUNICORN_CMD_ARGS", "LOG_LEVEL"}
    return {name: value for name, value in os.environ.items() if name not in ours} | settings


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
