"""How a request can end: a closed list, so that no reason is ever new to a reader."""

from enum import StrEnum


class Outcome(StrEnum):
    """The three ways in which every request ends."""

    PREDICTED = "predicted"
    SKIPPED = "skipped"
    FAILED = "failed"


class Reason(StrEnum):
    """Why a request was skipped or failed."""

    NO_HISTORY = "no_history"
    TOO_FEW_SYSTEMS = "too_few_systems"
    NOT_READY = "not_ready"
    TRANSIENT = "transient"
    DELIVERY_EXHAUSTED = "delivery_exhausted"
    INVALID_REQUEST = "invalid_request"
    INVALID_FEATURES = "invalid_features"
    UNKNOWN_SYSTEM = "unknown_system"
    SYSTEM_ERROR = "system_error"


OUTCOME_OF: dict[Reason, Outcome] = {
    Reason.NO_HISTORY: Outcome.SKIPPED,
    Reason.TOO_FEW_SYSTEMS: Outcome.SKIPPED,
    Reason.NOT_READY: Outcome.SKIPPED,
    Reason.TRANSIENT: Outcome.FAILED,
    Reason.DELIVERY_EXHAUSTED: Outcome.FAILED,
    Reason.INVALID_REQUEST: Outcome.FAILED,
    Reason.INVALID_FEATURES: Outcome.FAILED,
    Reason.UNKNOWN_SYSTEM: Outcome.FAILED,
    Reason.SYSTEM_ERROR: Outcome.FAILED,
}

ACCEPTED_SKIPS = (Reason.NO_HISTORY, Reason.TOO_FEW_SYSTEMS)
"""Skips that leave no gap: nobody could have forecast this player."""

STAYS_WANTED = (Reason.TRANSIENT, Reason.DELIVERY_EXHAUSTED)
"""Failures that another request may mend, until the limit of requests for one input."""
