"""The coordinator on Google Cloud: its composition root, which gunicorn calls in each of its processes."""

from flask import Flask

from predictions.coordinator.callers import VerifiedCallers
from predictions.coordinator.coordinator import create_app
from predictions.coordinator.wiring import build_coordinator
from shared.access import coordinator_routes, install_access
from shared.alert_channels import build_alerter
from shared.cloud import CloudHome, end_with, open_home
from shared.tokens import build_verifier


def create_service(home: CloudHome | None = None) -> Flask:
    """Make the service. Without a home it connects as the service account it runs as."""
    home = home or open_home("coordinator")
    settings = home.settings
    coordinator = build_coordinator(
        settings,
        home.warehouse,
        home.publisher,
        build_alerter(settings),
        home.clock,
        is_stopping=home.clock.stop.is_set,
    )
    app = create_app(coordinator, settings, VerifiedCallers(settings.scheduler_identities), home.check)
    install_access(app, build_verifier(settings, home.clock), coordinator_routes(settings))
    return end_with(app, home)
