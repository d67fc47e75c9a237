"""Liveness and readiness, the same for every service."""

from collections.abc import Callable
from typing import Literal

from flask import Flask, Response

from shared.described import Told, described
from shared.http import answer


class Health(Told):
    """The process answers, or reaches all that it needs."""

    status: Literal["ok", "ready"]


def install_health(app: Flask, check: Callable[[], None]) -> None:
    """Add /health (the process answers) and /ready (`check` reaches all that the service needs).

    `check` raises the error that the edge then answers: 503 for a store that is away, 500 for a
    store that does not fit the code.
    """

    @app.get("/health")
    @described({200: (Health,)}, can_fail=False)
    def health() -> Response:
        """Whether the process answers."""
        return answer({"status": "ok"})

    @app.get("/ready")
    @described({200: (Health,)})
    def ready() -> Response:
        """Whether the service reaches all that it needs."""
        check()
        return answer({"status": "ready"})
