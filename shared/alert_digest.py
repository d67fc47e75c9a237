"""How many messages an hour people get, and how several alerts become one. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.alert_entries import RESOLVED
from shared.ports import Alert
from shared.slate import EASTERN

DIGEST = "digest"
_GRAVEST_FIRST = ("critical", "warning", "info")


@dataclass(frozen=True)
class LastHour:
    """How many messages went out in the last hour over all slates, and how many with a critical alert."""

    messages: int
    critical: int


def sendable(alerts: Sequence[Alert], sent: LastHour, most: int) -> list[Alert]:
    """Return which of a slate's alerts may go out now, as one message; `most` 0 is no limit.

    While fewer than `most` messages went out in the last hour: all. After that those that are critical,
    while fewer than `most` messages carried one: warnings never hold back a critical alert.
    """
    if not most or sent.messages < most:
        return list(alerts)
    return [alert for alert in alerts if alert.severity == "critical" and sent.critical < most]


def in_one(alerts: Sequence[Alert]) -> Alert:
    """Return one message for these alerts of one slate, a line each; one alone is its own message."""
    if len(alerts) == 1:
        return alerts[0]
    return Alert(
        kind=DIGEST,
        severity=min((alert.severity for alert in alerts), key=_GRAVEST_FIRST.index),
        title=f"{len(alerts)} alerts",
        text="\n".join(map(_line, alerts)),
        game_date=alerts[0].game_date,
        raised_at=min(alert.raised_at for alert in alerts),
        parts=tuple(alerts),
    )


def _line(alert: Alert) -> str:
    mark = "over" if alert.kind.endswith(RESOLVED) else alert.severity
    at = f"{alert.raised_at.astimezone(EASTERN):%H:%M %Z}"
    return f"- {at}, {mark}: {alert.title} ({alert.kind.removesuffix(RESOLVED)})"
