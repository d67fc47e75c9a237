"""What a run of a precompute processor is asked, what it commits and how it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from shared.errors import DataContractViolation
from shared.messages import RunStatus


class NobodyReady(DataContractViolation):
    """The features of a run are good for nobody; its rows say why, and no forecast rests on them."""


REFRESH = "refresh"  # who asked for a run, in run history: queries look for this word


class EventFate(StrEnum):
    """What became of the event of a run."""

    PUBLISHED = "published"
    STORED = "stored"
    NONE = "none"


class Unchanged(StrEnum):
    """Why a refresh has left a slate as it is."""

    NOTHING_NEW = "nothing_new"
    NO_FEATURES = "no_features"


@dataclass(frozen=True)
class RunOptions:
    """What a run is asked to do. A backfill tells nobody; `publish_now` false keeps the event for later."""

    game_date: date
    is_backfill: bool = False
    triggered_by: str = "person"
    correlation_id: str = ""
    publish_now: bool = True


@dataclass(frozen=True)
class Run:
    """One run that has started, under an id of its own."""

    run_id: str
    started_at: datetime
    options: RunOptions

    @property
    def game_date(self) -> date:
        """Return the slate that is computed."""
        return self.options.game_date

    @property
    def correlation_id(self) -> str:
        """Return the caller's correlation id, or the run's own id if it has none."""
        return self.options.correlation_id or self.run_id


@dataclass(frozen=True)
class RunReport:
    """What a run has committed; `why` not all are ready, and the `details` of its history row's summary."""

    status: RunStatus
    players_processed: int = 0
    players_ready: int = 0
    players_failed: int = 0
    why: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RunResult:
    """How a run ended that did not fail."""

    run: Run
    report: RunReport
    event: EventFate
    seconds: float
