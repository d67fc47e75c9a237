"""What a slate's row says of its alerts, and which of it is known to have been sent. Pure.

The row keeps a text: `;gap@2026-01-15T14:00:00+00:00` for a kind that is raised, and in its place
`;gap:resolved@...` once its cause is over. The rows of `nba_reference.alerts` confirm what was sent.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

RESOLVED = ":resolved"
# Longer than the calls that raise, count, send and confirm may take, so that nobody is still at it.
RESEND_AFTER = timedelta(seconds=120)


@dataclass(frozen=True)
class Entry:
    """One kind of alert of a slate: raised since `at`, or over since then, which its name says.

    Confirmed if a message that says so was sent at `at` or later. `severity` is the one that it was last
    sent with, None if it never was.
    """

    name: str
    at: datetime
    is_confirmed: bool
    severity: str | None

    @property
    def kind(self) -> str:
        """Return the kind, raised or over."""
        return self.name.removesuffix(RESOLVED)

    @property
    def is_over(self) -> bool:
        """Say whether its cause is over."""
        return self.name.endswith(RESOLVED)

    def is_left(self, now: datetime) -> bool:
        """Say whether nobody can still be about to confirm it, so that it has to be sent again."""
        return not self.is_confirmed and now - self.at >= RESEND_AFTER


def entry_text(name: str, at: datetime) -> str:
    """Return how the slate's row keeps an entry."""
    return f";{name}@{at.isoformat()}"


def read_entries(alerts_raised: str, alerts_confirmed: str | None) -> list[Entry]:
    """Read what stands on a slate's row, with what the snapshot says was sent; oldest kind first."""
    sent = _sent(alerts_confirmed)
    found = []
    for name, at in _standing(alerts_raised).items():
        own = sent.get(name)
        told = sent.get(name.removesuffix(RESOLVED)) or own
        found.append(Entry(name, at, own is not None and own[0] >= at, told[1] if told else None))
    return found


def raised_alerts(alerts_raised: str) -> dict[str, datetime]:
    """Return when each kind was raised that is not over."""
    return {name: at for name, at in _standing(alerts_raised).items() if not name.endswith(RESOLVED)}


def _standing(alerts_raised: str) -> dict[str, datetime]:
    entries = (entry.partition("@") for entry in alerts_raised.split(";") if entry)
    return {name: datetime.fromisoformat(at) for name, _, at in entries}


def _sent(alerts_confirmed: str | None) -> dict[str, tuple[datetime, str]]:
    """Read `kind@severity@microseconds since 1970`, with ; between them: the newest of each kind."""
    newest: dict[str, tuple[datetime, str]] = {}
    for told in filter(None, (alerts_confirmed or "").split(";")):
        name, severity, micros = told.split("@")
        sent = (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(micros)), severity)
        newest[name] = max(newest.get(name, sent), sent)
    return newest
