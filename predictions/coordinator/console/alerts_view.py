"""The alerts of a slate as people read them: what stands, what is over, and what to do about each. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from predictions.coordinator.snapshot import Snapshot
from shared.alert_entries import Entry, read_entries
from shared.alert_kinds import kind_named
from shared.ports import Row


@dataclass(frozen=True)
class ShownAlert:
    """One kind of alert. `sent_at` is None while nobody is known to have been told; no `link` is empty."""

    kind: str
    title: str
    severity: str
    text: str
    is_over: bool
    at: datetime
    sent_at: datetime | None
    next_step: str
    link: str


def alerts_view(snapshot: Snapshot, sent: Sequence[Row], runbook_url: str) -> tuple[ShownAlert, ...]:
    """Return what stands on the slate's row, what is not over first, with what was sent of it."""
    entries = read_entries(snapshot.alerts_raised, snapshot.alerts_confirmed)
    shown = [_shown(entry, sent, runbook_url) for entry in entries]
    return tuple(sorted(shown, key=lambda alert: (alert.is_over, -alert.at.timestamp())))


def _shown(entry: Entry, sent: Sequence[Row], runbook_url: str) -> ShownAlert:
    kind = kind_named(entry.kind)
    newest = next((row for row in reversed(sent) if row["kind"] == entry.name), None)
    return ShownAlert(
        kind=entry.kind,
        title=kind.title_when_resolved if entry.is_over else kind.title,
        severity=entry.severity or kind.severity,
        text=newest["text"] if newest else "",
        is_over=entry.is_over,
        at=entry.at,
        sent_at=newest["sent_at"] if newest and entry.is_confirmed else None,
        next_step="" if entry.is_over else kind.next_step,
        link=f"{runbook_url}#{kind.anchor}" if runbook_url.startswith(("https://", "http://")) else "",
    )
