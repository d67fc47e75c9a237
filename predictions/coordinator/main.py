"""The coordinator on Google Cloud: its composition root, which gunicorn calls in each of its processes."""

from flask import Flask

from predictions.coordinator.callers import VerifiedCallers
from predictions.coordinator.coordinator import create_app
from predictions.coordinator.visitors import VerifiedVisitors
from predictions.coordinator.wiring import build_coordinator
from shared.access import coordinator_routes, install_access
from shared.alert_channels import build_alerter
from shared.cloud import CloudHome, end_with, open_home
from shared.iap import build_iap_verifier
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
        topology=home.topology,
    )
    verifier = build_verifier(settings, home.clock)
    visitors = VerifiedVisitors(
        build_iap_verifier(settings, home.clock), verifier, settings.operator_identities
    )
    callers = VerifiedCallers(settings.scheduler_identities)
    app = create_app(coordinator, settings, callers, home.check, visitors)
    install_access(app, verifier, coordinator_routes(settings))
    return end_with(app, home)
