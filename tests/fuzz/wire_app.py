"""The worker's app for a server of its own: without a guard, so that bodies are read; counts its writes."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask

from predictions.worker.wiring import build_predict_shard
from predictions.worker.worker import create_app
from shared.clock import SystemClock
from shared.config import load_settings
from shared.http import answer
from shared.messaging.recording import RecordingPublisher


class CountedRows:
    """A warehouse that only counts."""

    def __init__(self) -> None:
        self.writes = 0

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self.writes += 1


def create_service() -> Flask:
    """Make the app; gunicorn calls this."""
    settings, store = load_settings(), CountedRows()
    predict = build_predict_shard(settings, store, RecordingPublisher(), SystemClock())  # type: ignore[arg-type]
    app = create_app(predict, settings, lambda: None)
    app.add_url_rule("/writes", view_func=lambda: answer({"writes": store.writes}))
    return app
