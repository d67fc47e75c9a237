"""An operator who keeps asking while the flood lasts, and how long each answer took."""

import threading
from collections import defaultdict

import urllib3

from local.client import StackClient
from shared.clock import Stopwatch
from shared.errors import DependencyUnavailable

ASKED = ("/health", "/ready", "/status")
PAUSE_SECONDS = 0.25
PATIENCE_SECONDS = 10.0  # an operator who waits longer has got no answer


class Lookout:
    """Asks each route in turn, each time over a new connection, in a thread of its own."""

    def __init__(self, url: str) -> None:
        self.seconds: defaultdict[str, list[float]] = defaultdict(list)
        self.failures: defaultdict[str, list[str]] = defaultdict(list)
        self._url = url
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)

    def __enter__(self) -> "Lookout":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._is_over.wait(PAUSE_SECONDS):
            for path in ASKED:
                self._ask_one(path)

    def _ask_one(self, path: str) -> None:
        client = StackClient(self._url, PATIENCE_SECONDS)
        watch = Stopwatch()
        try:
            status, _ = client.get(path)
        except (DependencyUnavailable, urllib3.exceptions.HTTPError) as error:
            self.failures[path].append(str(error))
        else:
            self.seconds[path].append(watch.seconds())
            if status != 200:
                self.failures[path].append(f"answered {status}")
        client.close()
