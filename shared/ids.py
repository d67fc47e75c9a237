"""Deterministic ids: the same thing gets the same id from whoever names it, however often."""

import hashlib
import uuid
from datetime import date

import orjson


def digest(*parts: object) -> str:
    """Return 32 hex digits that stand for `parts`, joined so that no two lists collide."""
    joined = orjson.dumps([str(part) for part in parts])
    return hashlib.blake2b(joined, digest_size=16).hexdigest()


def batch_id(game_date: date, feature_run_id: str, generation: int) -> str:
    """Name the batch that a claim of this generation publishes for this feature run."""
    return f"batch_{game_date.isoformat()}_g{generation}_{digest(feature_run_id)[:8]}"


def request_id(batch: str, player_lookup: str, line_offset: float = 0.0) -> str:
    """Name the request for one player, at one distance from his main line, in one batch."""
    return digest("request", batch, player_lookup, f"{line_offset:g}")


def prediction_id(game_date: date, player_lookup: str, system_id: str, input_id: str) -> str:
    """Name the forecast of one system for one player and input; repeats get the same name."""
    return digest("prediction", game_date.isoformat(), player_lookup, system_id, input_id)


def fresh_id() -> str:
    """Return an id that nobody else has, for claims, runs and errors."""
    return uuid.uuid4().hex
