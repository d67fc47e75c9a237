"""A slate's page, from what was read of it to what is shown. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from predictions.coordinator.console.alerts_view import ShownAlert, alerts_view
from predictions.coordinator.console.forecasts_page import ForecastTable, strongest
from predictions.coordinator.console.headline import Headline, Morning, headline
from predictions.coordinator.console.missing import Missing, missing
from predictions.coordinator.console.parts import Part, SlateReads
from predictions.coordinator.console.progress import Progress, progress
from predictions.coordinator.console.timeline import Timeline, timeline
from predictions.coordinator.finishing import projected_completion, remaining_gap
from predictions.coordinator.gaps import GapPolicy
from predictions.coordinator.snapshot import Snapshot
from shared.messages import COORDINATOR_PROCESSOR
from shared.slate import deadline, slate_date

BUSY_SECONDS, WAITING_SECONDS = 5, 30
"""How often the page looks again while a batch is under way, and while the slate waits for one."""


@dataclass(frozen=True)
class Terms:
    """What the page holds a slate against, from the settings."""

    gap: GapPolicy
    deadline_eastern: time
    patience: timedelta
    runbook_url: str


@dataclass(frozen=True)
class SlatePage:
    """Everything that a slate's page shows; the parts may be faults."""

    snapshot: Snapshot
    now: datetime
    deadline: datetime
    headline: Headline
    progress: Progress
    timeline: Timeline
    missing: Part[Missing]
    alerts: Part[tuple[ShownAlert, ...]]
    letters: Part[Any]
    batches: Part[Any]
    runs: Part[Any]
    forecasts: Part[ForecastTable]
    every_seconds: int


def slate_page(reads: SlateReads, now: datetime, terms: Terms) -> SlatePage:
    """Make a page of what was read at `now`."""
    snapshot, parts = reads.snapshot, reads.parts
    due = deadline(snapshot.game_date, terms.deadline_eastern)
    projected = projected_completion(snapshot, now)
    first = first_finished_at(parts["runs"])
    morning = Morning(
        snapshot=snapshot,
        now=now,
        today=slate_date(now),
        deadline=due,
        projected=projected,
        is_gap_alarming=remaining_gap(snapshot, terms.gap).is_alarming,
        patience=terms.patience,
        first_finished_at=first,
    )
    return SlatePage(
        snapshot=snapshot,
        now=now,
        deadline=due,
        headline=headline(morning),
        progress=progress(snapshot),
        timeline=timeline(snapshot, parts["batches"].found or (), now, due, projected, first),
        missing=parts["states"].seen_as(lambda rows: missing(rows, snapshot)),
        alerts=parts["alerts"].seen_as(lambda rows: alerts_view(snapshot, rows, terms.runbook_url)),
        letters=parts["letters"],
        batches=parts["batches"],
        runs=parts["runs"],
        forecasts=parts.get("forecasts", Part(found=[])).seen_as(strongest),
        every_seconds=look_again(snapshot, slate_date(now)),
    )


def first_finished_at(runs: Part[Any]) -> datetime | None:
    """Return when a batch of the slate first ended well, as far as the runs could be read."""
    ended = (
        row["processed_at"]
        for row in runs.found or ()
        if row["processor_name"] == COORDINATOR_PROCESSOR and row["status"] in ("success", "partial")
    )
    return min(ended, default=None)


def look_again(snapshot: Snapshot, today: date) -> int:
    """Return after how many seconds the page is to look again; 0 once nothing will change by itself."""
    if snapshot.is_claimed or snapshot.requests_in_flight:
        return BUSY_SECONDS
    is_over = snapshot.is_settled or snapshot.is_cancelled or snapshot.has_no_games
    return WAITING_SECONDS if snapshot.game_date == today and not is_over else 0
