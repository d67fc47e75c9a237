"""The worker's composition root: the settings and the model, put to the use case."""

from functools import cache, partial
from pathlib import Path

from predictions.model_store import SHIPPED, read_model
from predictions.systems.model import Model
from predictions.systems.recommendation import RecommendationPolicy
from predictions.systems.registry import needs_model, resolve
from predictions.worker.predict import PredictShard
from shared.clock import Clock
from shared.config import Settings
from shared.errors import DataContractViolation, InvalidInput
from shared.ports import Publisher, Warehouse


def build_predict_shard(
    settings: Settings, warehouse: Warehouse, publisher: Publisher, clock: Clock
) -> PredictShard:
    """Put the worker together; raise InvalidInput if a configured system or the model cannot be used."""
    is_trained = needs_model(settings.systems)
    model = _load(settings.model_dir or SHIPPED, settings.model_hash) if is_trained else None
    resolve(settings.systems, model)
    return PredictShard(
        warehouse=warehouse,
        publisher=publisher,
        clock=clock,
        policy=RecommendationPolicy(settings.edge_percent / 100, settings.min_quality_score),
        ready_topic=settings.ready_topic,
        build=settings.build,
        resolve=partial(resolve, model=model),
    )


@cache
def _load(folder: Path, pinned_hash: str) -> Model:
    """Read a model, once a process; one that is refused is a fault of the configuration."""
    try:
        model = read_model(folder, pinned_hash)
    except DataContractViolation as error:
        raise InvalidInput(f"the trained systems have no model: {error}") from error
    model.warm()
    return model
