"""What can decide about a player, and what a rule says. Values only."""

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """What decides about a player; `slate_over` only about a wish for him."""

    NO_GAMES = "no_games"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    NOT_ON_SLATE = "not_on_slate"
    RULED_OUT = "ruled_out"
    FEW_MINUTES = "few_minutes"
    PHASE4_NOT_RUN = "phase4_not_run"
    NO_FEATURES = "no_features"
    NEWCOMER = "newcomer"
    NOT_READY = "not_ready"
    IN_FLIGHT = "in_flight"
    WANTED = "wanted"
    LOST = "lost"
    LINE_CAME_BACK = "line_came_back"
    FAILED_WANTED = "failed_wanted"
    FAILED = "failed"
    CLOSED = "closed"
    SKIPPED = "skipped"
    HELD_BACK = "held_back"
    PREDICTED = "predicted"
    SLATE_OVER = "slate_over"


@dataclass(frozen=True)
class Ending:
    """A rule decides: with what, in words about a player who is named before them, and what to do."""

    verdict: Why
    sentence: str
    next_step: str


@dataclass(frozen=True)
class Found:
    """What one rule says; without an ending the next rule is asked."""

    is_ok: bool | None
    detail: str
    ending: Ending | None = None


NOTHING = "Nothing to do."
RETRY = "POST /retry asks for him now."
FORCE = "POST /predict-player asks for him again."
