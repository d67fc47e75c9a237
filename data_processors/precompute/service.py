"""The HTTP face of Phase 4."""

from collections.abc import Callable
from typing import Literal

from flask import Flask, Response, g
from pydantic import BaseModel, ConfigDict, StrictBool

from data_processors.precompute.ml_feature_store.ml_feature_store_processor import MLFeatureStoreProcessor
from data_processors.precompute.refresh_routes import create_routes as create_refresh_routes
from data_processors.precompute.runs import EventFate, RunOptions, RunResult
from data_processors.precompute.runs_routes import create_routes
from shared.config import Settings
from shared.described import Told, described
from shared.errors import DependencyUnavailable
from shared.health import install_health
from shared.http import answer, install_edge, read_body
from shared.messages import Count, GameDate, RunStatus
from shared.openapi import install_description
from shared.slate import slate_date


class ProcessRequest(BaseModel):
    """What may be asked of a run. Without a date it computes today's slate."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    game_date: GameDate | None = None
    backfill: StrictBool = False
    publish: StrictBool = True


class RepublishRequest(BaseModel):
    """Republishing takes no options."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FinishedRun(Told):
    """What a run committed, and what became of its event."""

    status: RunStatus
    run_id: str
    game_date: GameDate
    players_processed: Count
    players_ready: Count
    players_failed: Count
    event: EventFate
    seconds: float


class Republished(Told):
    """How many stored events went out; one that still waits is answered 503."""

    status: Literal["success"]
    published: Count
    pending: Count


def create_app(processor: MLFeatureStoreProcessor, settings: Settings, check: Callable[[], None]) -> Flask:
    """Build the service around a processor; `check` raises if what it needs is not there."""
    app = Flask("precompute", static_folder=None)
    install_edge(app, settings.retry_after_seconds)
    install_health(app, check)
    install_description(app)
    app.register_blueprint(create_routes(processor))
    app.register_blueprint(create_refresh_routes(processor))

    @app.post("/process")
    @described({200: (FinishedRun,)}, takes=ProcessRequest)
    def process() -> Response:
        """Compute a slate's features, commit them, and publish the event."""
        asked = read_body(ProcessRequest)
        options = RunOptions(
            game_date=asked.game_date or slate_date(processor.clock.now()),
            is_backfill=asked.backfill,
            triggered_by="http",
            correlation_id=g.correlation_id,
            publish_now=asked.publish,
        )
        return _answer_run(processor.run(options))

    @app.post("/republish")
    @described({200: (Republished,)}, takes=RepublishRequest)
    def republish() -> Response:
        """Publish the events that could not be published when their run ended."""
        read_body(RepublishRequest)
        events = processor.republish()
        if events.pending:
            raise DependencyUnavailable(f"{events.published} events published, {events.pending} still wait")
        return answer({"status": "success", "published": events.published, "pending": events.pending})

    return app


def _answer_run(result: RunResult) -> Response:
    return answer(
        {
            "status": result.report.status.value,
            "run_id": result.run.run_id,
            "game_date": result.run.game_date.isoformat(),
            "players_processed": result.report.players_processed,
            "players_ready": result.report.players_ready,
            "players_failed": result.report.players_failed,
            "event": result.event.value,
            "seconds": result.seconds,
        }
    )
