"""What people read of an alert: a title, and a body that ends with where to look and what to do. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.alert_entries import RESOLVED
from shared.alert_kinds import kind_named
from shared.ports import Alert
from shared.wording import eastern_moment


@dataclass(frozen=True)
class Links:
    """Where an alert leads: the console's address, empty if there is none, and the runbook's."""

    console_url: str = ""
    runbook_url: str = "docs/runbook.md"


def title(alert: Alert) -> str:
    """Return the line that tells a person whether to go on reading."""
    mark = "RESOLVED" if alert.kind.endswith(RESOLVED) else alert.severity.upper()
    return f"[{mark}] {alert.title} (slate {alert.game_date})"


def body(alert: Alert, links: Links) -> str:
    """Return the text of the alert and what it is about, one thing a line."""
    facts = (
        f"Slate: {alert.game_date}",
        f"Kind: {alert.kind}",
        f"Severity: {alert.severity}",
        f"Raised: {eastern_moment(alert.raised_at)}",
    )
    return "\n".join((alert.text, "", *facts, *_leads(alert, links)))


def _leads(alert: Alert, links: Links) -> Iterator[str]:
    if links.console_url:
        yield f"Console: {links.console_url.rstrip('/')}/console/{alert.game_date}"
    for name in dict.fromkeys(part.kind for part in alert.parts or (alert,)):
        kind = kind_named(name.removesuffix(RESOLVED))
        step = "nothing, it is over" if name.endswith(RESOLVED) else kind.next_step
        yield f"What to do: {step}. {links.runbook_url}#{kind.anchor}"
