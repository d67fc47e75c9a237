"""Alerts, raised once per slate and kind: by compare-and-set first, then sent, then confirmed by a row."""

from dataclasses import asdict
from datetime import date, datetime, timedelta

from shared.clock import Clock
from shared.errors import DependencyUnavailable
from shared.logs import get_logger
from shared.ports import Alert, Alerter, Warehouse
from shared.statements import load_statement

# Longer than the three calls that raise, send and confirm may take, so that nobody is still at it.
RESEND_AFTER = timedelta(seconds=120)
_log = get_logger("alerts")


class LogAlerter:
    """The Alerter port on the log."""

    def send(self, alert: Alert) -> None:
        write = getattr(_log, alert.severity)
        write(
            "an alert was raised",
            event_name="alert",
            kind=alert.kind,
            title=alert.title,
            text=alert.text,
            game_date=alert.game_date.isoformat(),
        )


class LoggedAlerter:
    """Writes each alert to the log before it is sent, so that it stands there whatever the channels do."""

    def __init__(self, channels: Alerter) -> None:
        self._log = LogAlerter()
        self._channels = channels

    def send(self, alert: Alert) -> None:
        self._log.send(alert)
        self._channels.send(alert)


class AlertDesk:
    """Raises, sends and confirms; at least once, doubled only by a crash in between."""

    def __init__(self, warehouse: Warehouse, alerter: Alerter, clock: Clock) -> None:
        self._warehouse = warehouse
        self._alerter = alerter
        self._clock = clock

    def raise_once(self, game_date: date, kind: str, severity: str, title: str, text: str) -> bool:
        """Send an alert unless its kind was raised for this slate before; say whether it was sent.

        A channel that does not answer leaves the alert raised and unconfirmed; `resend` tries again.
        """
        now = self._clock.now()
        entry = _entry(kind, now)
        statement = load_statement("shared", "raise_alert")
        changed = self._warehouse.execute(statement, game_date=game_date, kind=kind, entry=entry)
        if not changed:
            return False
        return self._send(Alert(kind, severity, title, text, game_date, now))

    def resend(self, alert: Alert) -> bool:
        """Send an alert again that was raised at `raised_at` and never confirmed; say whether that worked.

        Of several that try at once one sends, and none whose read is older than the confirmation.
        """
        try:
            return self._renew(alert) and self._send(alert)
        except DependencyUnavailable as error:
            _log_unsent(alert, error)
            return False

    def _renew(self, alert: Alert) -> bool:
        changed = self._warehouse.execute(
            load_statement("shared", "renew_alert"),
            game_date=alert.game_date,
            kind=alert.kind,
            entry=_entry(alert.kind, alert.raised_at),
            renewed=_entry(alert.kind, self._clock.now()),
        )
        return changed == 1

    def _send(self, alert: Alert) -> bool:
        try:
            self._alerter.send(alert)
            row = asdict(alert) | {"sent_at": self._clock.now()}
            self._warehouse.append("nba_reference.alerts", [row])
        except DependencyUnavailable as error:
            _log_unsent(alert, error)
            return False
        return True


def _entry(kind: str, raised_at: datetime) -> str:
    return f";{kind}@{raised_at.isoformat()}"


def _log_unsent(alert: Alert, error: DependencyUnavailable) -> None:
    _log.error(
        "an alert could not be sent",
        event_name="alert_unsent",
        kind=alert.kind,
        reason=str(error),
    )


def raised_alerts(alerts_raised: str) -> dict[str, datetime]:
    """Read the slate row's list: when each kind was raised."""
    entries = (entry.partition("@") for entry in alerts_raised.split(";") if entry)
    return {kind: datetime.fromisoformat(raised_at) for kind, _, raised_at in entries}


def unconfirmed(alerts_raised: str, confirmed: set[str], now: datetime) -> list[str]:
    """Return the kinds that were raised a while ago and never confirmed as sent."""
    return [
        kind
        for kind, raised_at in raised_alerts(alerts_raised).items()
        if kind not in confirmed and now - raised_at >= RESEND_AFTER
    ]
