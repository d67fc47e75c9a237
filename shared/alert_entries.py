"""What a slate's row says of its alerts, and which of it is known to have been sent. Pure.

The row keeps a text: `;gap@2026-01-15T14:00:00+00:00` for a kind that is raised, and in its place
`;gap:resolved@...` once its cause is over. One that was not sent and is tried again has two times, with a
comma between them: that of the newest try, then its own. The rows of `nba_reference.alerts` confirm what was
sent.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

RESOLVED = ":resolved"
# Longer than the calls that raise, count, send and confirm may take, so that nobody is still at it.
RESEND_AFTER = timedelta(seconds=120)


@dataclass(frozen=True)
class Entry:
    """One kind of alert of a slate: raised since `at`, or over since then, which its name says.

    `tried_at` is when somebody last set out to send it, `at` if nobody tried again. Confirmed if a message
    that says so was sent then or later. `severity` is the one that it was last sent with, None if it never
    was.
    """

    name: str
    at: datetime
    tried_at: datetime
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
        return not self.is_confirmed and now - self.tried_at >= RESEND_AFTER

    @property
    def text(self) -> str:
        """Return how the slate's row keeps it."""
        return entry_text(self.name, self.at, self.tried_at)


def entry_text(name: str, at: datetime, tried_at: datetime | None = None) -> str:
    """Return how the slate's row keeps an entry."""
    times = [at] if tried_at is None or tried_at == at else [tried_at, at]
    return f";{name}@{','.join(time.isoformat() for time in times)}"


def read_entries(alerts_raised: str, alerts_confirmed: str | None) -> list[Entry]:
    """Read what stands on a slate's row, with what the snapshot says was sent; oldest kind first."""
    sent = _sent(alerts_confirmed)
    found = []
    for name, (tried_at, at) in _standing(alerts_raised).items():
        own = sent.get(name)
        told = sent.get(name.removesuffix(RESOLVED)) or own
        is_confirmed = own is not None and own[0] >= tried_at
        found.append(Entry(name, at, tried_at, is_confirmed, told[1] if told else None))
    return found


def raised_alerts(alerts_raised: str) -> dict[str, datetime]:
    """Return when each kind was raised that is not over."""
    return {name: at for name, (_, at) in _standing(alerts_raised).items() if not name.endswith(RESOLVED)}


def _standing(alerts_raised: str) -> dict[str, tuple[datetime, datetime]]:
    """Return when each entry was last tried, and its own time."""
    entries = (entry.partition("@") for entry in alerts_raised.split(";") if entry)
    return {name: _times(written) for name, _, written in entries}


def _times(written: str) -> tuple[datetime, datetime]:
    times = [datetime.fromisoformat(time) for time in written.split(",")]
    return times[0], times[-1]


def _sent(alerts_confirmed: str | None) -> dict[str, tuple[datetime, str]]:
    """Read `kind@severity@microseconds since 1970`, with ; between them: the newest of each kind."""
    newest: dict[str, tuple[datetime, str]] = {}
    for told in filter(None, (alerts_confirmed or "").split(";")):
        name, severity, micros = told.split("@")
        sent = (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(micros)), severity)
        newest[name] = max(newest.get(name, sent), sent)
    return newest
