"""Taking news into features that stand: what the coordinator asks for by a message."""

from typing import Literal

from flask import Blueprint, Response

from data_processors.precompute.ml_feature_store.ml_feature_store_processor import (
    MLFeatureStoreProcessor,
    RunRejected,
)
from data_processors.precompute.runs import REFRESH, EventFate, NobodyReady, RunOptions, Unchanged
from shared.described import Told, described
from shared.http import answer, read_push
from shared.logs import correlated, current_correlation_id, get_logger
from shared.messages import Count, GameDate, Phase4Refresh
from shared.slate import is_open_for_events

_log = get_logger("phase4")


class RefreshedFeatures(Told):
    """What became of a refresh. `run_id`, `players_ready` and `event` are of the run, if there was one."""

    status: Literal["refreshed", "nothing_new", "no_features", "rejected"]
    game_date: GameDate
    run_id: str | None = None
    players_ready: Count = 0
    event: EventFate = EventFate.NONE
    message: str = ""


def create_routes(processor: MLFeatureStoreProcessor) -> Blueprint:
    """Make the route."""
    routes = Blueprint("refresh", __name__)

    @routes.post("/refresh")
    @described({200: (RefreshedFeatures,), 204: ()}, opens=Phase4Refresh)
    def refresh() -> Response:
        """Compute a slate again and keep whoever is the same; without news nothing is written."""
        wish = Phase4Refresh.parse(read_push())
        if not is_open_for_events(wish.game_date, processor.clock.now()):
            _log.warning(
                "a refresh of another day was let go",
                event_name="refresh_skipped",
                game_date=wish.game_date.isoformat(),
            )
            return answer({}, 204)
        with correlated(wish.correlation_id or current_correlation_id()):
            return answer({"game_date": wish.game_date} | _refresh(processor, wish))

    return routes


def _refresh(processor: MLFeatureStoreProcessor, wish: Phase4Refresh) -> dict[str, object]:
    """A run that was refused is told of and not asked for again: its message would come to the same."""
    options = RunOptions(wish.game_date, triggered_by=REFRESH, correlation_id=current_correlation_id())
    try:
        done = processor.refresh(options)
    except (RunRejected, NobodyReady) as error:
        return {"status": "rejected", "message": str(error)}
    if isinstance(done, Unchanged):
        return {"status": done.value}
    return {
        "status": "refreshed",
        "run_id": done.run.run_id,
        "players_ready": done.report.players_ready,
        "event": done.event.value,
    }
