"""gunicorn's settings on Cloud Run, read by `gunicorn --config python:shared.gunicorn_settings`.

PORT, WEB_CONCURRENCY (processes: one a CPU) and THREADS (Cloud Run's concurrency) come from the environment.
An app says how it ends in two lists of callables: those of `app.extensions["stop"]` end its waits, and are
called from the handler of SIGTERM; those of `app.extensions["close"]` close its clients, the last one first,
and are called when the process ends. Importing this module configures the logs; only gunicorn imports it.
"""

import logging
import os
import signal
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

from shared.config import load_settings
from shared.errors import InvalidInput
from shared.logs import configure_logs, get_logger


def _whole_number(name: str, default: int, most: int) -> int:
    """Read a variable that counts from 1 to `most`; raise InvalidInput naming it if it does not."""
    text = os.environ.get(name) or str(default)
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= most:
        raise InvalidInput(f"{name} must be a whole number from 1 to {most}, not {text!r}")
    return number


class LibraryLines(logging.Handler):
    """Writes what gunicorn and the other libraries log as lines of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        log = get_logger(record.name)
        log.log(record.levelno, record.getMessage(), event_name="library", exc_info=record.exc_info)


bind = f"0.0.0.0:{_whole_number('PORT', 8080, 65535)}"
workers = _whole_number("WEB_CONCURRENCY", 1, 64)
worker_class = "gthread"
threads = _whole_number("THREADS", 16, 900)
preload_app = False  # each process makes its clients after the fork; gRPC does not survive one

timeout = 0  # Cloud Run ends a request that takes too long; here it would end the whole process
graceful_timeout = 8  # Cloud Run kills 10 s after SIGTERM
keepalive = 620  # the side that calls closes an idle connection first: Google's front ends do after 600 s

worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # the heartbeat's file, in memory
control_socket_disable = True  # it would be written into the home that the image's user does not have

_settings = load_settings()
configure_logs(_settings.log_level, _settings.project_id)
logconfig_dict = {
    "version": 1,
    "handlers": {"lines": {"()": LibraryLines}},
    "root": {"level": "WARNING", "handlers": ["lines"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "propagate": True},
        "gunicorn.access": {"level": "CRITICAL", "propagate": False},  # Cloud Run logs every request
    },
}


def post_worker_init(worker: Any) -> None:
    """Let SIGTERM also end the app's waits, so that requests are answered before the process is killed."""

    def on_sigterm(number: int, frame: FrameType | None) -> None:
        worker.handle_exit(number, frame)
        _call_all(worker, "stop")

    signal.signal(signal.SIGTERM, on_sigterm)
    signal.siginterrupt(signal.SIGTERM, False)


def worker_exit(_server: Any, worker: Any) -> None:
    """Close the app's clients when its process ends; one that fails does not spare the others."""
    _call_all(worker, "close")


def _call_all(worker: Any, name: str) -> None:
    app = getattr(worker, "wsgi", None)  # there is none if it could not be made
    with ExitStack() as calls:
        for call in getattr(app, "extensions", {}).get(name, ()):
            calls.callback(call)
