"""How the front door refuses a request by itself, before an app sees it: as the apps do, in JSON."""

from collections.abc import Callable, Iterable
from typing import Any

import orjson

Application = Callable[..., Iterable[bytes]]


def refuse(
    start_response: Callable[..., Any], status: str, message: str, *headers: tuple[str, str]
) -> list[bytes]:
    """Answer with a status line such as `403 Forbidden` and a sentence; no body of the request is read."""
    body = orjson.dumps({"status": "error", "message": message}) + b"\n"
    told = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers]
    start_response(status, told)
    return [body]
