"""The worker's composition root: the settings, put to the use case."""

from predictions.systems.recommendation import RecommendationPolicy
from predictions.systems.registry import resolve
from predictions.worker.predict import PredictShard
from shared.clock import Clock
from shared.config import Settings
from shared.ports import Publisher, Warehouse


def build_predict_shard(
    settings: Settings, warehouse: Warehouse, publisher: Publisher, clock: Clock
) -> PredictShard:
    """Put the worker together; raise UnknownSystem if a configured system does not exist."""
    resolve(settings.active_systems)
    return PredictShard(
        warehouse=warehouse,
        publisher=publisher,
        clock=clock,
        policy=RecommendationPolicy(settings.edge_percent / 100, settings.min_quality_score),
        ready_topic=settings.ready_topic,
        build=settings.build,
    )
