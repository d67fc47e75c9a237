"""The rows that say who was requested and how requests ended without a worker. Pure."""

from datetime import datetime

from predictions.coordinator.terms import Claim
from shared.ids import request_id
from shared.messages import PredictionRequest
from shared.outcomes import OUTCOME_OF, Reason
from shared.ports import Row


def request_row(claim: Claim, player: Row, correlation_id: str, requested_at: datetime) -> Row:
    """Return the row of one player, at one line, who was requested under a claim."""
    return {
        "game_date": claim.game_date,
        "batch_id": claim.batch_id,
        "request_id": request_id(claim.batch_id, player["player_lookup"], player["line_offset"]),
        "player_lookup": player["player_lookup"],
        "line_offset": player["line_offset"],
        "input_id": player["input_id"],
        "feature_run_id": claim.feature_run_id or "",
        "trigger_source": claim.trigger_source,
        "correlation_id": correlation_id,
        "requested_at": requested_at,
    }


def ending_row(claim: Claim, player: Row, reason: Reason, correlation_id: str, created_at: datetime) -> Row:
    """Return the outcome of one player who ends without having been requested."""
    return {
        "game_date": claim.game_date,
        "request_id": request_id(claim.batch_id, player["player_lookup"], player["line_offset"]),
        "batch_id": claim.batch_id,
        "player_lookup": player["player_lookup"],
        "input_id": player["input_id"],
        "outcome": OUTCOME_OF[reason].value,
        "reason": reason.value,
        "correlation_id": correlation_id,
        "created_at": created_at,
    }


def exhausted_row(message: PredictionRequest, player: Row, created_at: datetime) -> Row:
    """Return the outcome of one player of a shard that nobody would take; he may be any JSON object."""
    lookup = str(player.get("player_lookup", ""))
    return {
        "game_date": message.game_date,
        "request_id": str(player.get("request_id") or request_id(message.batch_id, lookup)),
        "batch_id": message.batch_id,
        "player_lookup": lookup,
        "input_id": str(player.get("input_id", "")),
        "outcome": OUTCOME_OF[Reason.DELIVERY_EXHAUSTED].value,
        "reason": Reason.DELIVERY_EXHAUSTED.value,
        "correlation_id": message.correlation_id,
        "created_at": created_at,
    }
