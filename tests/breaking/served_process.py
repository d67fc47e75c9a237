"""One `nba-props serve` process over one data directory, started, stopped and killed at will."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from local.client import Body, StackClient
from shared.clock import Stopwatch

COMMAND = (sys.executable, "-c", "from cli.main import main; main()")
QUICK = {
    "BUS_MIN_BACKOFF_SECONDS": "0.05",
    "BUS_MAX_BACKOFF_SECONDS": "0.1",
    "SHARD_PLAYERS": "10",
    "PHASE4_POLL_SECONDS": "0.1",
    "PHASE4_WAIT_SECONDS": "60",
    "LOG_LEVEL": "INFO",
}
POLL_SECONDS = 0.01
PATIENCE_SECONDS = 60.0
_SERVING = re.compile(r"^serving .* at (http://[\d.:]+), slate", re.MULTILINE)
_NOBODY = "http://127.0.0.1:9"


class ServedProcess:
    """A server that may not have started yet, or may have died meanwhile."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str] | None = None,
        command: tuple[str, ...] = COMMAND,
        says: Path | None = None,
    ) -> None:
        """Serve `folder`; what the process writes goes to `says`.out and .err, by default beside it."""
        self.folder = folder
        self._settings = QUICK | (settings or {})
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._out, self._err = ((says or folder).with_suffix(suffix) for suffix in (".out", ".err"))
        self.client = StackClient(_NOBODY)

    def launch(self, *options: str) -> None:
        """Start the process, and wait for nothing."""
        self.close()
        command = [*self._command, "serve", "--port", "0", "--data-dir", str(self.folder), *options]
        environment = os.environ | self._settings
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = subprocess.Popen(command, env=environment, stdout=out, stderr=err)

    def start(self, *options: str) -> None:
        """Start the process and wait until it answers."""
        self.launch(*options)
        assert self.waits_until_ready(), self.said

    def waits_until_ready(self) -> bool:
        """Wait for the line that says where it serves; False if the process ends before it comes."""
        for _ in waiting():
            found = _SERVING.search(self._out.read_text("utf-8", "replace"))
            if found:
                self.client = StackClient(found[1], timeout_seconds=PATIENCE_SECONDS)
                return True
            if not self.is_alive:
                return False
        return False

    @property
    def is_alive(self) -> bool:
        """Say whether the process runs, stopped or not."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Return the process id of what was started last."""
        assert self._process is not None
        return self._process.pid

    @property
    def said(self) -> str:
        """Return what the process has written on standard error so far."""
        return self._err.read_text("utf-8", "replace")

    @property
    def log(self) -> list[dict[str, Any]]:
        """Return the lines of the log; half a line, cut short by a kill, is none."""
        return [event for line in self.said.splitlines() if (event := _event(line))]

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if there is somebody to take it."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; return the exit code."""
        self.send(number)
        return self.wait()

    def wait(self, seconds: float = 30.0) -> int:
        """Wait for the end, which must come within `seconds`; return the exit code."""
        assert self._process is not None
        self.client.close()
        return self._process.wait(timeout=seconds)

    def close(self) -> None:
        """End whatever still runs."""
        self.client.close()
        if self._process is not None:
            self.send(signal.SIGCONT)
            self.end(signal.SIGKILL)
        self._process = None


def waiting(seconds: float = PATIENCE_SECONDS, every: float = POLL_SECONDS) -> Iterator[None]:
    """Yield now and then until the time is up."""
    watch, pause = Stopwatch(), threading.Event()
    while watch.seconds() < seconds:
        yield
        pause.wait(every)


def wait_for(client: StackClient, slate: str, condition: Callable[[Body], bool]) -> Body:
    """Ask /status until it fits the condition."""
    body: Body = {}
    for _ in waiting(every=0.05):
        status, body = client.get("/status", game_date=slate)
        if status == 200 and condition(body):
            return body
    raise AssertionError(f"it never came to that: {body}")


def _event(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
