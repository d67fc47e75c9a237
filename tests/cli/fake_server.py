"""A server on loopback that answers what a test says, and keeps what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


class FakeServer:
    """Answers by method and path: (status, JSON object or raw bytes); `otherwise` for what is not named."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], tuple[int, Any]] = {("GET", "/health"): (200, {})}
        self.otherwise: tuple[int, Any] = (404, {"status": "error", "message": "Not Found"})
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.authorizations: list[str | None] = []
        self.date: str | None = None
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def get(self, path: str, body: Any, status: int = 200) -> None:
        """Answer a GET so from now on."""
        self.answers["GET", path] = (status, body)

    def post(self, path: str, body: Any, status: int = 200) -> None:
        """Answer a POST so from now on."""
        self.answers["POST", path] = (status, body)

    @contextmanager
    def running(self) -> Iterator["FakeServer"]:
        """Answer until the end of the block."""
        thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()


def _handler(fake: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._answer("GET", parts.path, dict(parse_qsl(parts.query)))

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            self._answer("POST", self.path, json.loads(self.rfile.read(length) or b"{}"))

        def _answer(self, method: str, path: str, given: dict[str, Any]) -> None:
            fake.asked.append((method, path, given))
            fake.authorizations.append(self.headers.get("Authorization"))
            status, body = fake.answers.get((method, path), fake.otherwise)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return fake.date or super().date_time_string(timestamp)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler
