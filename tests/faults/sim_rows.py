"""What Phase 3 and Phase 4 write about the simulated slate."""

from collections.abc import Sequence
from datetime import datetime

from sim_world import Player, World

from shared.features import FEATURE_NAMES, FEATURE_VERSION, FEATURES
from shared.messages import PHASE4_PROCESSOR
from shared.ports import Row

CONTEXT = "nba_analytics.upcoming_player_game_context"
FEATURE_STORE = "nba_predictions.ml_feature_store_v2"
RUN_HISTORY = "nba_reference.processor_run_history"

_FEATURES = [12.0 if feature.name == "games_played" else feature.default for feature in FEATURES]


def context_rows(world: World, players: Sequence[Player], now: datetime) -> list[Row]:
    """Return what Phase 3 observes of some players now."""
    return [
        {
            "game_date": world.game_date,
            "game_id": "game1",
            "player_lookup": player.lookup,
            "player_name": player.lookup,
            "team": "BOS",
            "opponent": "NYK",
            "is_home": True,
            "status": player.status,
            "projected_minutes": player.minutes,
            "line": player.line,
            "over_odds": -110.0,
            "under_odds": -110.0,
            "line_observed_at": player.line_observed_at,
            "observed_at": now,
        }
        for player in players
    ]


def feature_rows(world: World, run: int, started_at: datetime, now: datetime) -> list[Row]:
    """Return the feature rows of a run of Phase 4, one a player."""
    return [
        {
            "game_date": world.game_date,
            "player_lookup": player.lookup,
            "feature_run_id": f"run{run}",
            "feature_run_started_at": started_at,
            "feature_version": FEATURE_VERSION,
            "feature_names": list(FEATURE_NAMES),
            "features": _FEATURES,
            "is_production_ready": not world.faults_of(player, run),
            "not_ready_reasons": world.faults_of(player, run),
            "quality_score": 90.0,
            "created_at": now,
        }
        for player in world.players
    ]


def history_row(world: World, run: int, started_at: datetime, now: datetime) -> Row:
    """Return the run-history row that makes a run of Phase 4 count."""
    return {
        "data_date": world.game_date,
        "processor_name": PHASE4_PROCESSOR,
        "run_id": f"run{run}",
        "status": "success",
        "records_processed": len(world.players),
        "triggered_by": "scheduler",
        "started_at": started_at,
        "processed_at": now,
    }
