"""A small service for gunicorn's settings: it waits, it meets, and says on standard output what happens."""

import os
import threading

from flask import Flask

TOGETHER = 16


def say(what: str) -> None:
    """Write one line at once, whole, though several processes share the pipe."""
    os.write(1, f"{what} {os.getpid()}\n".encode())


def create_service(fails_to_close: bool = False) -> Flask:
    app = Flask("stoppable")
    stop = threading.Event()
    crowd = threading.Barrier(TOGETHER)
    client = os.getpid()
    say("made")

    @app.get("/wait")
    def wait() -> tuple[str, int]:
        say("waiting")
        return ("stopping", 503) if stop.wait(60) else ("waited", 200)

    @app.get("/client")
    def whose() -> tuple[dict[str, int], int]:
        return {"made_by": client, "used_by": os.getpid()}, 200

    @app.get("/together")
    def together() -> tuple[str, int]:
        crowd.wait(timeout=20)
        return "met", 200

    app.extensions["stop"] = [stop.set]
    app.extensions["close"] = [lambda: say("closed")]
    if fails_to_close:
        app.extensions["close"].append(lambda: 1 / 0)
    return app
