"""How the instances of the three services are put together, from the product's own composition roots."""

from flask import Flask
from sim_ports import Ports

from data_processors.precompute.ml_feature_store.ml_feature_store_processor import MLFeatureStoreProcessor
from data_processors.precompute.service import create_app as create_precompute_app
from predictions.coordinator.callers import LoopbackCallers
from predictions.coordinator.coordinator import create_app as create_coordinator_app
from predictions.coordinator.visitors import LoopbackVisitors
from predictions.coordinator.wiring import build_coordinator
from predictions.worker.wiring import build_predict_shard
from predictions.worker.worker import create_app as create_worker_app
from shared.alerts import AlertDesk
from shared.config import Settings, load_settings

SETTINGS = load_settings(
    shard_players=3,
    phase4_wait_seconds=240.0,
    phase4_poll_seconds=60.0,
    bus_ack_deadline_seconds=300.0,
    alerts_per_hour=100,  # counted each time, and never reached: a run has to settle within the hour
)
MANY_LINES = SETTINGS.model_copy(update={"use_multiple_lines": True, "shard_players": 20})


def _usable() -> None:
    """The check of /ready, which nobody asks for here."""


def coordinator(settings: Settings, ports: Ports) -> Flask:
    """Build a coordinator that remembers nothing."""
    built = build_coordinator(settings, ports.warehouse, ports.publisher, ports.alerter, ports.clock)
    return create_coordinator_app(built, settings, LoopbackCallers(), _usable, LoopbackVisitors())


def worker(settings: Settings, ports: Ports) -> Flask:
    """Build a worker."""
    predict = build_predict_shard(settings, ports.warehouse, ports.publisher, ports.clock)
    return create_worker_app(predict, settings, _usable)


def precompute(settings: Settings, ports: Ports) -> Flask:
    """Build Phase 4."""
    desk = AlertDesk(ports.warehouse, ports.alerter, ports.clock, settings.alerts_per_hour)
    processor = MLFeatureStoreProcessor(ports.warehouse, ports.publisher, desk, ports.clock, settings)
    return create_precompute_app(processor, settings, _usable)


BUILDERS = {"c": coordinator, "w": worker, "p": precompute}
"""By the first letter of an instance's name."""
