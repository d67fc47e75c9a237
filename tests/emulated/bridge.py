"""Stands between the Pub/Sub emulator and the services, for what the emulator does not do.

It sends no identity, so the bridge adds the token of the push identity; it takes a 202 for a refusal, so
the bridge makes it a 200; and where a platform would find an instance that lives, the bridge takes turns.
"""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

import urllib3

PUSH_SECONDS = 60.0


class Bridge:
    """`targets` names the URLs of a service's instances; `token` signs for a service."""

    def __init__(self, targets: Callable[[str], list[str]], token: Callable[[str], str]) -> None:
        self._targets = targets
        self._token = token
        self._turns = count()
        self._http = urllib3.PoolManager(maxsize=16, retries=False, timeout=PUSH_SECONDS)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.answered: list[tuple[str, int]] = []
        self.under_way: Counter[str] = Counter()  # pushes by the URL of the instance that has them
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def forward(self, path: str, body: bytes) -> int:
        """Push to one instance of the service that the path begins with; return its status, 503 for none."""
        service, _, route = path.strip("/").partition("/")
        urls = self._targets(service)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token(service)}"}
        for _ in urls:
            url = urls[next(self._turns) % len(urls)]
            try:
                self.under_way[url] += 1
                status = self._http.request("POST", f"{url}/{route}", body=body, headers=headers).status
            except urllib3.exceptions.NewConnectionError:
                continue  # this instance is gone; a platform would not have asked it
            except urllib3.exceptions.HTTPError:
                break
            finally:
                self.under_way[url] -= 1
            self.answered.append((f"/{service}/{route}", status))
            return 200 if status == 202 else status
        self.answered.append((f"/{service}/{route}", 503))
        return 503

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._http.clear()


def _handler(bridge: Bridge) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with suppress(ConnectionError):  # the emulator may have died
                self.send_response(bridge.forward(self.path, body))
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler
