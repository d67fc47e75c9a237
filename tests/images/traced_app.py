"""A small service for gunicorn that records what it is asked, and sends it when its process ends."""

import os

from flask import Flask

from shared.config import load_settings
from shared.http import answer, install_edge
from shared.telemetry import close_telemetry, configure_telemetry, count


def create_service() -> Flask:
    configure_telemetry("traced", load_settings())
    app = Flask("traced")
    install_edge(app, retry_after_seconds=5)

    @app.get("/count")
    def counted():
        count("dead_letters", subscription="of a test")
        return answer({"pid": os.getpid()})

    app.extensions["close"] = [close_telemetry]
    return app
