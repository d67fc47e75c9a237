"""The worker on Google Cloud: its composition root, which gunicorn calls in each of its processes."""

from flask import Flask

from predictions.worker.wiring import build_predict_shard
from predictions.worker.worker import create_app
from shared.access import install_access, worker_routes
from shared.cloud import CloudHome, end_with, open_home
from shared.tokens import build_verifier


def create_service(home: CloudHome | None = None) -> Flask:
    """Make the service. Without a home it connects as the service account it runs as."""
    home = home or open_home("worker")
    settings = home.settings
    predict = build_predict_shard(settings, home.warehouse, home.publisher, home.clock)
    app = create_app(predict, settings, home.check)
    install_access(app, build_verifier(settings, home.clock), worker_routes(settings))
    return end_with(app, home)
