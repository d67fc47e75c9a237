"""The coordinator's alerts: raised, sent again, resolved. What is said and when it is over are pure rules."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from predictions.coordinator.notices import Notice
from predictions.coordinator.resolving import ResolvingPolicy, Seen, resolved
from predictions.coordinator.snapshot import Snapshot
from shared.alert_entries import RESOLVED, Entry, raised_alerts, read_entries
from shared.alert_kinds import kind_named
from shared.alerts import AlertDesk
from shared.clock import Clock
from shared.errors import DependencyUnavailable
from shared.logs import get_logger
from shared.ports import Alert
from shared.wording import eastern_moment

DEAD_LETTER = "dead_letter"
_log = get_logger("alerts")


class Alarm:
    """Tells people about a slate once per kind, until its cause is over, and then that it is.

    `letters_stored` counts a slate's dead letters that nobody has dealt with; it is asked only while their
    alert stands.
    """

    def __init__(
        self,
        desk: AlertDesk,
        clock: Clock,
        policy: ResolvingPolicy,
        letters_stored: Callable[[date], int],
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._policy = policy
        self._letters_stored = letters_stored

    def raise_notice(self, snapshot: Snapshot, notice: Notice) -> None:
        """Raise a notice unless its kind stands raised, or the slate is cancelled."""
        if not snapshot.is_cancelled and notice.kind not in raised_alerts(snapshot.alerts_raised):
            self._desk.raise_once(snapshot.game_date, notice.kind, notice.severity, notice.title, notice.text)

    def resend_unconfirmed(self, snapshot: Snapshot) -> None:
        """Send what was raised or resolved and never confirmed, all of it as one message.

        What is over by now is left to `resolve`, which says so: nobody is alarmed about the past.
        """
        now = self._clock.now()
        left = [entry for entry in _entries(snapshot) if entry.is_left(now)]
        over = self._over(snapshot, [entry for entry in left if not entry.is_over])
        alerts = [_again(snapshot.game_date, entry) for entry in left if entry.name not in over]
        if alerts:
            self._desk.resend(alerts)

    def resolve(self, snapshot: Snapshot) -> None:
        """Say of each alert that stands whether the snapshot shows that its cause is over.

        One that may still be on its way to people is left for the next look, so that they read it first.
        """
        standing = self._standing(snapshot)
        self._say_over(snapshot.game_date, standing, self._over(snapshot, standing))

    def resolve_kind(self, snapshot: Snapshot, kind: str, why: str) -> None:
        """Say that an alert is over whose cause no slate shows, if it stands."""
        self._say_over(snapshot.game_date, self._standing(snapshot), {kind: why})

    def _standing(self, snapshot: Snapshot) -> list[Entry]:
        now = self._clock.now()
        entries = (entry for entry in _entries(snapshot) if not entry.is_over)
        return [entry for entry in entries if entry.is_confirmed or entry.is_left(now)]

    def _over(self, snapshot: Snapshot, standing: Sequence[Entry]) -> dict[str, str]:
        """Return which of these are over, and why."""
        if not standing:
            return {}
        seen = Seen(snapshot, self._clock.now(), self._letters(snapshot, standing))
        return resolved({entry.kind: entry.at for entry in standing}, seen, self._policy)

    def _letters(self, snapshot: Snapshot, standing: Sequence[Entry]) -> int | None:
        """Count the letters if that decides anything; a store that does not answer leaves the alert."""
        if snapshot.is_cancelled or all(entry.kind != DEAD_LETTER for entry in standing):
            return None
        try:
            return self._letters_stored(snapshot.game_date)
        except DependencyUnavailable as error:
            reason = str(error)
            _log.warning("an alert could not be looked at", event_name="alert_unresolved", reason=reason)
            return None

    def _say_over(self, game_date: date, standing: Sequence[Entry], over: Mapping[str, str]) -> None:
        for entry in standing:
            if entry.kind in over:
                text = _resolution(entry, over[entry.kind])
                name, title = entry.kind + RESOLVED, kind_named(entry.kind).title_when_resolved
                now = self._clock.now()
                resolution = Alert(name, _severity(entry), title, text, game_date, now)
                self._desk.resolve(entry.text, resolution)


def _entries(snapshot: Snapshot) -> list[Entry]:
    return read_entries(snapshot.alerts_raised, snapshot.alerts_confirmed)


def _severity(entry: Entry) -> str:
    """Return what it was sent with; of one that never was, the gravest of its kind."""
    return entry.severity or kind_named(entry.kind).severity


def _resolution(entry: Entry, why: str) -> str:
    kind, raised = kind_named(entry.kind), f"It was raised at {eastern_moment(entry.at)}"
    was = "." if entry.is_confirmed else f", and nobody is known to have read it: {kind.title}."
    return f"{why[:1].upper()}{why[1:]}. {raised}{was}"


def _again(game_date: date, entry: Entry) -> Alert:
    kind = kind_named(entry.kind)
    title = kind.title_when_resolved if entry.is_over else kind.title
    what = "Over since" if entry.is_over else "Raised at"
    text = f"{what} {eastern_moment(entry.at)}; it was not sent then, or it is not known whether it was."
    return Alert(entry.name, _severity(entry), title, text, game_date, entry.at, tried_at=entry.tried_at)
