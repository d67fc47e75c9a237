"""Phase 4 on Google Cloud: its composition root, which gunicorn calls in each of its processes."""

from flask import Flask

from data_processors.precompute.ml_feature_store.ml_feature_store_processor import MLFeatureStoreProcessor
from data_processors.precompute.service import create_app
from shared.access import install_access, precompute_routes
from shared.alert_channels import build_alerter
from shared.alerts import AlertDesk
from shared.cloud import CloudHome, end_with, open_home
from shared.tokens import build_verifier


def create_service(home: CloudHome | None = None) -> Flask:
    """Make the service. Without a home it connects as the service account it runs as."""
    home = home or open_home("precompute")
    settings, clock = home.settings, home.clock
    desk = AlertDesk(home.warehouse, build_alerter(settings), clock, settings.alerts_per_hour)
    processor = MLFeatureStoreProcessor(home.warehouse, home.publisher, desk, clock, settings)
    app = create_app(processor, settings, home.check)
    install_access(app, build_verifier(settings, clock), precompute_routes(settings))
    return end_with(app, home)
