"""Alerts to people through Apprise: Slack, e-mail, webhooks and whatever else it knows by its URL."""

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.alerts import LogAlerter, LoggedAlerter
from shared.config import Settings
from shared.delivery_faults import fault_of
from shared.errors import DependencyUnavailable, InvalidInput
from shared.logs import get_logger
from shared.ports import Alert, Alerter
from shared.slate import EASTERN

if TYPE_CHECKING:
    import apprise

_TYPES = {"info": "info", "warning": "warning", "critical": "failure"}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,31}://", re.IGNORECASE)
_log = get_logger("alerts")


@dataclass(frozen=True)
class Delivery:
    """What became of an alert on one channel; `fault` is empty if all of its recipients have it."""

    position: int
    channel: str
    has_reached_somebody: bool
    fault: str

    def __str__(self) -> str:
        return f"{self.position} {self.channel}: {self.fault or 'ok'}"


class AppriseAlerter:
    """The Alerter port on the channels that Apprise opens by URL; all are written to at the same time.

    A URL holds tokens and passwords: none is logged, raised or shown, only its position and service.
    """

    def __init__(self, urls: Sequence[str], timeout_seconds: float) -> None:
        """Open the channels; raise InvalidInput with the position and scheme of each that is not readable."""
        self._timeout_seconds = timeout_seconds
        self._channels = _open(urls)

    def send(self, alert: Alert) -> None:
        """Send one alert everywhere, or raise DependencyUnavailable if it has reached nobody.

        A channel that fails beside one that works is logged and not tried again, since the alert would
        come twice on the other.
        """
        deliveries = self.deliver(alert)
        faults = [delivery for delivery in deliveries if delivery.fault]
        if not any(delivery.has_reached_somebody for delivery in deliveries):
            raise DependencyUnavailable(f"no channel took the alert ({'; '.join(map(str, faults))})")
        for delivery in faults:
            _log.error(
                "a channel did not take an alert that another took",
                event_name="alert_channel_failed",
                kind=alert.kind,
                position=delivery.position,
                channel=delivery.channel,
                reason=delivery.fault,
            )

    def deliver(self, alert: Alert) -> list[Delivery]:
        """Send one alert everywhere and say what became of it, by channel, within the timeout."""
        results = self._channels.notify(
            title=title(alert),
            body=body(alert),
            notify_type=_TYPES[alert.severity],
            body_format="text",
            timeout=self._timeout_seconds,
            log_level=logging.DEBUG,  # the lines that say why; they are read here and never written
        )
        return [_delivery(position, result) for position, result in enumerate(results, start=1)]


def open_channels(settings: Settings) -> AppriseAlerter | None:
    """Open the channels of ALERT_URLS, or none if it is empty; raise InvalidInput for an unreadable URL."""
    urls = settings.alert_urls.get_secret_value().split()
    # Two thirds of a call: more than the 15 s for which Apprise waits for each answer of a mail server.
    return AppriseAlerter(urls, settings.call_timeout_seconds * 2 / 3) if urls else None


def build_alerter(settings: Settings) -> Alerter:
    """Return the log and the channels of ALERT_URLS; without any, the log alone, and a warning now."""
    channels = open_channels(settings)
    if channels is None:
        _log.warning("alerts reach nobody: ALERT_URLS is empty", event_name="no_alert_channel")
        return LogAlerter()
    return LoggedAlerter(channels)


def title(alert: Alert) -> str:
    """Return the line that tells a person whether to go on reading."""
    return f"[{alert.severity.upper()}] {alert.title} (slate {alert.game_date})"


def body(alert: Alert) -> str:
    """Return the text of the alert and what it is about, one thing a line."""
    return "\n".join(
        (
            alert.text,
            "",
            f"Slate: {alert.game_date}",
            f"Kind: {alert.kind}",
            f"Severity: {alert.severity}",
            f"Raised: {alert.raised_at.astimezone(EASTERN):%Y-%m-%d %H:%M:%S %Z}",
            "What to do: docs/runbook.md",
        )
    )


def _open(urls: Iterable[str]) -> "apprise.Apprise":
    """Read all URLs with Apprise, whose import costs 0.1 s and its services another 0.2 s and 40 MiB."""
    _silence()
    import apprise  # late, so that only who has channels pays for it

    channels = apprise.Apprise(
        asset=apprise.AppriseAsset(app_id="nba-props", app_desc="NBA points forecasts")
    )
    unreadable = []
    for position, url in enumerate(urls, start=1):
        if not channels.add([url]):
            scheme = _SCHEME.match(url)
            unreadable.append(f"{position} ({scheme[0] if scheme else 'no scheme'})")
    if unreadable:
        raise InvalidInput(
            f"ALERT_URLS: Apprise cannot read number {', '.join(unreadable)}; "
            "https://github.com/caronc/apprise/wiki shows each service's URL"
        )
    return channels


def _silence() -> None:
    """Keep the lines of Apprise and of the HTTP client under it out of every log: they contain URLs."""
    log = logging.getLogger("apprise")
    log.setLevel(logging.DEBUG)  # so that a delivery can read why it failed
    log.propagate = False
    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)  # DEBUG has the path: a token


def _delivery(position: int, result: "apprise.NotifyResult") -> Delivery:
    lines = [entry.message for entry in result.logs()]
    # Not the result's own status: `?optional=yes` in the URL turns a failure into a success.
    is_complete = any(attempt for attempt in result)
    # One wrong address among several fails a channel; those who have the alert shall not get it again.
    has_reached_somebody = is_complete or any(line.startswith("Sent ") for line in lines)
    fault = "" if is_complete else fault_of(lines)
    return Delivery(position, str(result.name), has_reached_somebody, fault)
