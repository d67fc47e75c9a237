"""Alerts, raised once per slate and kind until they are over: compare-and-set, then sent, then confirmed."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import takewhile

from shared.alert_digest import LastHour, in_one, sendable
from shared.alert_entries import RESOLVED, entry_text
from shared.clock import Clock
from shared.errors import DependencyUnavailable
from shared.ids import fresh_id
from shared.logs import get_logger
from shared.ports import Alert, Alerter, Row, Warehouse
from shared.slate import FIRST_SLATE
from shared.statements import load_statement
from shared.telemetry import count

ALERTS_TABLE = "nba_reference.alerts"
_HOUR = timedelta(hours=1)
_log = get_logger("alerts")


class LogAlerter:
    """The Alerter port on the log."""

    def send(self, alert: Alert) -> None:
        is_over = alert.kind.endswith(RESOLVED)
        write = _log.info if is_over else getattr(_log, alert.severity)
        write(
            "an alert is over" if is_over else "an alert was raised",
            event_name="alert_resolved" if is_over else "alert",
            kind=alert.kind.removesuffix(RESOLVED),
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
    """Raises, resolves, sends and confirms; at least once, doubled only by a crash in between.

    `most_an_hour` messages go out over all slates; what is over that waits for `resend`. 0 is no limit.
    """

    def __init__(self, warehouse: Warehouse, alerter: Alerter, clock: Clock, most_an_hour: int = 0) -> None:
        self._warehouse = warehouse
        self._alerter = alerter
        self._clock = clock
        self._most_an_hour = most_an_hour

    def raise_once(self, game_date: date, kind: str, severity: str, title: str, text: str) -> bool:
        """Send an alert unless its kind stands raised for this slate; say whether it was sent.

        A channel that does not answer, or enough messages in this hour, leave the alert raised and
        unconfirmed; `resend` tries again.
        """
        alert = Alert(kind, severity, title, text, game_date, self._clock.now())
        changed = self._warehouse.execute(
            load_statement("shared", "raise_alert"),
            game_date=game_date,
            kind=kind,
            entry=entry_text(kind, alert.raised_at),
        )
        if not changed:
            return False
        count("alerts_raised", kind=kind, severity=severity)
        return self._tell(alert)

    def resolve(self, entry: str, resolution: Alert) -> bool:
        """Say that an alert's cause is over, if its entry stands as it was read; say whether it was sent."""
        try:
            changed = self._warehouse.execute(
                load_statement("shared", "resolve_alert"),
                game_date=resolution.game_date,
                entry=entry,
                resolved=entry_text(resolution.kind, resolution.raised_at),
            )
        except DependencyUnavailable as error:  # it stands raised, and the next question looks again
            _log_unsent(resolution, error)
            return False
        return bool(changed) and self._tell(resolution)

    def resend(self, alerts: Sequence[Alert]) -> bool:
        """Send alerts of one slate again, as one message, whose entries stand unconfirmed since the last try.

        Of several that try at once one sends, and none whose read is older than the confirmation: whoever
        finds an entry changed leaves it, and what comes after it, to the other. Says whether it worked.
        """
        try:
            renewed = list(takewhile(self._renew, self._sendable(alerts)))
        except DependencyUnavailable as error:
            _log_unsent(alerts[0], error)
            return False
        return bool(renewed) and self._send(renewed)

    def _renew(self, alert: Alert) -> bool:
        """Write down that it is tried again from now on; when it was raised stays as it is."""
        changed = self._warehouse.execute(
            load_statement("shared", "renew_alert"),
            game_date=alert.game_date,
            kind=alert.kind,
            tried_at=alert.tried_at or alert.raised_at,
            entry=entry_text(alert.kind, alert.raised_at, alert.tried_at),
            renewed=entry_text(alert.kind, alert.raised_at, self._clock.now()),
        )
        return changed == 1

    def _tell(self, alert: Alert) -> bool:
        """Send what has just been raised or resolved, or at least log it."""
        try:
            is_sendable = bool(self._sendable([alert]))
        except DependencyUnavailable as error:
            LogAlerter().send(alert)
            _log_unsent(alert, error)
            return False
        if is_sendable:
            return self._send([alert])
        LogAlerter().send(alert)
        _log.warning("an alert waits for a digest", event_name="alert_held_back", kind=alert.kind)
        return False

    def _sendable(self, alerts: Sequence[Alert]) -> list[Alert]:
        if not self._most_an_hour:
            return list(alerts)
        statement = load_statement("shared", "messages_sent")
        since = self._clock.now() - _HOUR
        (row,) = self._warehouse.query(statement, first_date=FIRST_SLATE, since=since)
        return sendable(alerts, LastHour(row["messages"], row["critical"]), self._most_an_hour)

    def _send(self, alerts: Sequence[Alert]) -> bool:
        message = in_one(alerts)
        try:
            self._alerter.send(message)
            self._warehouse.append(ALERTS_TABLE, self._rows(alerts))
        except DependencyUnavailable as error:
            _log_unsent(message, error)
            return False
        return True

    def _rows(self, alerts: Sequence[Alert]) -> list[Row]:
        sent = {"sent_at": self._clock.now(), "message_id": fresh_id()}
        return [
            {
                "game_date": alert.game_date,
                "kind": alert.kind,
                "severity": alert.severity,
                "title": alert.title,
                "text": alert.text,
                "raised_at": alert.raised_at,
            }
            | sent
            for alert in alerts
        ]


def _log_unsent(alert: Alert, error: DependencyUnavailable) -> None:
    _log.error(
        "an alert could not be sent",
        event_name="alert_unsent",
        kind=alert.kind,
        reason=str(error),
    )
