"""The door to the BigQuery emulator: services reach it through here, and here it is slow or refuses.

Both interfaces go through: REST over HTTP, and the Storage Write API over gRPC. Without trouble a call is
handed on as it is. One that finds nobody behind the door ends as without a door: the connection breaks.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
import orjson
import urllib3

CALL_SECONDS = 60.0
_HOP = {"connection", "content-length", "keep-alive", "transfer-encoding"}


@dataclass(frozen=True)
class Trouble:
    """What becomes of one call: `seconds` late, then refused with a status and a reason, if there is one.

    With `is_done` the call takes effect all the same, and only its answer is lost.
    """

    seconds: float = 0.0
    status: int | None = None
    reason: str = ""
    code: grpc.StatusCode = grpc.StatusCode.UNAVAILABLE
    is_done: bool = False


CALM = Trouble()


class Door:
    """`url` and `address` are what services are told; `trouble` is asked before each call.

    `refused` counts what was refused here, `failed` what the emulator itself could not do.
    """

    def __init__(self, url: str, address: str) -> None:
        self.trouble: Callable[[], Trouble] = lambda: CALM
        self.refused = self.failed = 0
        self._url = url
        self._http = urllib3.PoolManager(maxsize=32, retries=False, timeout=CALL_SECONDS)
        self._rest = ThreadingHTTPServer(("127.0.0.1", 0), _rest_handler(self))
        self._channel = grpc.insecure_channel(address, [("grpc.max_reconnect_backoff_ms", 500)])
        self._grpc = grpc.server(ThreadPoolExecutor(32), [_GrpcHandler(self)])
        port = self._grpc.add_insecure_port("127.0.0.1:0")
        self.url = f"http://127.0.0.1:{self._rest.server_port}"
        self.address = f"127.0.0.1:{port}"
        threading.Thread(target=self._rest.serve_forever, args=(0.05,), daemon=True).start()
        self._grpc.start()

    def close(self) -> None:
        self._rest.shutdown()
        self._rest.server_close()
        self._grpc.stop(0)
        self._channel.close()
        self._http.clear()

    def call_rest(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Any:
        """Hand a call on, or refuse it; return the answer's status, headers and body."""
        trouble = self._delay()
        if trouble.status is None or trouble.is_done:
            found = self._http.request(
                method, self._url + path, body=body, headers=headers, decode_content=False, redirect=False
            )
            self.failed += found.status >= 400
        if trouble.status is None:
            return found.status, found.headers.items(), found.data
        self.refused += 1
        return trouble.status, [("Content-Type", "application/json")], _refusal(trouble)

    def call_grpc(self, method: str, requests: Iterator[bytes], context: Any) -> Iterator[bytes]:
        """Hand a stream on, or end it with the trouble's code."""
        trouble = self._delay()
        if trouble.status is None or trouble.is_done:
            call = self._channel.stream_stream(method)(requests, timeout=context.time_remaining())
            try:
                answers = list(call)
            except grpc.RpcError as error:
                self.failed += 1
                context.abort(error.code(), error.details())
        if trouble.status is None:
            yield from answers
            return
        self.refused += 1
        context.abort(trouble.code, trouble.reason)

    def _delay(self) -> Trouble:
        trouble = self.trouble()
        threading.Event().wait(trouble.seconds)
        return trouble


def _refusal(trouble: Trouble) -> bytes:
    fault = {"reason": trouble.reason, "message": f"refused: {trouble.reason}", "domain": "global"}
    return orjson.dumps({"error": {"code": trouble.status, "message": fault["message"], "errors": [fault]}})


def _rest_handler(door: Door) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            try:
                status, answered, content = door.call_rest(self.command, self.path, body, headers)
            except urllib3.exceptions.HTTPError:
                self.close_connection = True
                return
            with suppress(ConnectionError):  # who asked may have died
                self.send_response_only(status)
                for name, value in answered:
                    if name.lower() not in _HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


class _GrpcHandler(grpc.GenericRpcHandler):
    """Takes every method as a stream of bytes, which is what a single request is too."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def service(self, details: Any) -> Any:
        return grpc.stream_stream_rpc_method_handler(
            lambda requests, context: self._door.call_grpc(details.method, requests, context)
        )
