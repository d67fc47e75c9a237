"""Phase 5's worker over HTTP: one route, to which request messages are pushed."""

from collections.abc import Callable

from flask import Flask, Response

from predictions.worker.predict import PredictShard
from shared.config import Settings
from shared.described import described
from shared.health import install_health
from shared.http import answer, install_edge, read_push
from shared.messages import PredictionRequest
from shared.openapi import install_description


def create_app(predict: PredictShard, settings: Settings, check: Callable[[], None]) -> Flask:
    """Make the worker's Flask app; `check` raises while the store cannot be used.

    /predict answers 204 once the shard is durable and announced, 400 to what can never be read, 503 to
    what may succeed later and 500 to the rest.
    """
    app = Flask("worker", static_folder=None)
    install_edge(app, settings.retry_after_seconds)
    install_health(app, check)
    install_description(app)

    @app.post("/predict")
    @described({204: ()}, opens=PredictionRequest)
    def predict_shard() -> Response:
        """A shard of players, pushed by Pub/Sub."""
        predict.handle(read_push())
        return answer({}, 204)

    return app
