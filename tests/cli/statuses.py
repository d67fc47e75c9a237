"""Bodies of /status as the coordinator sends them."""

from typing import Any

NOW = "2025-01-15T13:00:00+00:00"


def status_body(**changes: Any) -> dict[str, Any]:
    """Return a slate of 60 players whom nobody has asked about, changed as a test needs it."""
    usual = {
        "status": "waiting",
        "game_date": "2025-01-15",
        "state": "waiting",
        "expected": 60,
        "ready": 60,
        "wanted": 60,
        "in_flight": 0,
        "predicted": 0,
        "skipped": {},
        "failed": {},
        "judgement": None,
        "hold": None,
        "hold_reason": None,
        "held_by": None,
        "gap": {"players": 60, "percent": 100.0, "alarming": True},
        "newest_run": {"run_id": "run1", "status": "success"},
        "batches": [],
        "alerts": [],
        "now": NOW,
        "deadline": "2025-01-15T15:00:00+00:00",
        "seconds_left": 7200.0,
        "projected_completion": None,
        "finished_at": None,
        "seconds_from_event_to_completion": None,
        "not_ready": {},
    }
    return usual | changes


def finished(**changes: Any) -> dict[str, Any]:
    """Return the same slate when its one batch was answered."""
    batch = {
        "batch_id": "batch_1",
        "trigger_source": "pubsub",
        "players_requested": 60,
        "players_answered": 60,
        "requested_at": "2025-01-15T12:59:58+00:00",
    }
    ended = {
        "status": "complete",
        "state": "complete",
        "wanted": 0,
        "predicted": 60,
        "gap": {"players": 0, "percent": 0.0, "alarming": False},
        "batches": [batch],
        "judgement": "sound",
        "finished_at": NOW,
        "seconds_from_event_to_completion": 1.25,
    }
    return status_body(**(ended | changes))
