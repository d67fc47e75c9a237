"""A waitress server on loopback with sockets and threads of its own."""

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any

import waitress
from waitress import wasyncore

from shared.http import MAX_BODY_BYTES

CONNECTIONS = 500  # more wait to be accepted; a body over 512 KiB lies on disk
CLOSE_SECONDS = 2.0  # its thread wakes up, closes sockets and ends


class LoopbackServer:
    """Binds when it is made, answers once it is started. Raises OSError if the port cannot be had."""

    def __init__(self, app: Callable[..., Iterable[bytes]], name: str, threads: int, port: int = 0) -> None:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # bursts queue, by design
        self._sockets: dict[int, Any] = {}
        self._server = waitress.create_server(
            app,
            map=self._sockets,
            host="127.0.0.1",
            port=port,
            threads=threads,
            connection_limit=CONNECTIONS,
            asyncore_use_poll=True,  # select ends at the file descriptor 1,023
            max_request_body_size=4 * MAX_BODY_BYTES,  # the apps refuse what is over theirs, in their words
            clear_untrusted_proxy_headers=False,  # the console refuses by them what was forwarded
            ident=None,
        )
        self.url = f"http://127.0.0.1:{self._server.effective_port}"
        self._thread = threading.Thread(target=self._server.run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to answer; whoever has called before is answered first."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Give the requests under way so many seconds to finish, then close every connection."""
        self._server.task_dispatcher.shutdown(timeout=seconds)
        self._server.trigger.pull_trigger(self._close_sockets)
        if self._thread.is_alive():
            self._thread.join(CLOSE_SECONDS)

    def _close_sockets(self) -> None:
        """Close every connection; only the server's own thread may, since it waits on them."""
        wasyncore.close_all(self._sockets, ignore_all=True)
