"""The count fields of the answers, as the callers know them. Pure."""

from typing import Any

from predictions.coordinator.acting import Acted
from predictions.coordinator.readiness import Readiness
from predictions.coordinator.snapshot import Snapshot

Body = dict[str, Any]


def start_counts(snapshot: Snapshot, acted: Acted) -> Body:
    """Return what /start and /trigger tell of a batch that has just been published."""
    return {
        "players_processed_this_batch": acted.published,
        "players_total_processed": min(snapshot.processed + acted.published, snapshot.expected),
        "players_ready": snapshot.ready,
        "players_expected": snapshot.expected,
        "is_complete": False,
    }


def retry_counts(acted: Acted) -> Body:
    """Return what /retry tells of a batch that has just been published."""
    return {"players_retry_requested": acted.wanted, "players_published": acted.published}


def phase4_status(readiness: Readiness) -> Body:
    """Return the readiness as the answers show it."""
    return {
        "ready": readiness.is_ready,
        "players_ready": readiness.players_ready,
        "players_total": readiness.players_total,
        "ready_pct": readiness.ready_pct,
        "processor_complete": readiness.processor_complete,
        "message": readiness.message,
    }
