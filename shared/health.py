"""Liveness and readiness, the same for every service."""

from collections.abc import Callable

from flask import Flask, Response

from shared.http import answer


def install_health(app: Flask, check: Callable[[], None]) -> None:
    """Add /health (the process answers) and /ready (`check` reaches all that the service needs).

    `check` raises the error that the edge then answers: 503 for a store that is away, 500 for a
    store that does not fit the code.
    """

    @app.get("/health")
    def health() -> Response:
        return answer({"status": "ok"})

    @app.get("/ready")
    def ready() -> Response:
        check()
        return answer({"status": "ready"})
