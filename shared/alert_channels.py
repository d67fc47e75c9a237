"""Alerts to people through Apprise: Slack, e-mail, webhooks and whatever else it knows by its URL."""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.alert_entries import RESOLVED
from shared.alert_texts import Links, body, title
from shared.alerts import LogAlerter, LoggedAlerter
from shared.config import Settings
from shared.delivery_faults import fault_of
from shared.errors import DependencyUnavailable, InvalidInput
from shared.logs import get_logger
from shared.ports import Alert, Alerter

if TYPE_CHECKING:
    import apprise

_TYPES = {"info": "info", "warning": "warning", "critical": "failure"}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,31}://", re.IGNORECASE)
_log = get_logger("alerts")


DEFAULT_ROUTE = "ALERT_URLS"
ROUTES = {"critical": "ALERT_URLS_CRITICAL", "warning": "ALERT_URLS_WARNING"}


@dataclass(frozen=True)
class Delivery:
    """What became of an alert on one channel of a route; `fault` is empty if all of its recipients have it.

    A route is named by the setting that holds its URLs.
    """

    route: str
    position: int
    channel: str
    has_reached_somebody: bool
    fault: str

    def __str__(self) -> str:
        return f"{self.route} {self.position} {self.channel}: {self.fault or 'ok'}"


class AppriseAlerter:
    """The Alerter port on the channels that Apprise opens by URL; all are written to at the same time.

    A URL holds tokens and passwords: none is logged, raised or shown, only its position and service.
    """

    def __init__(
        self, urls: Mapping[str, Sequence[str]], timeout_seconds: float, links: Links | None = None
    ) -> None:
        """Open the channels of each route; raise InvalidInput with what of each is not readable."""
        self._timeout_seconds = timeout_seconds
        self._links = links or Links()
        self._channels = {route: _open(route, of_route) for route, of_route in urls.items() if of_route}

    def route(self, severity: str) -> str | None:
        """Return where alerts of this severity go: its own route, else the one for all, None if neither."""
        own = (ROUTES.get(severity, DEFAULT_ROUTE), DEFAULT_ROUTE)
        return next((route for route in own if route in self._channels), None)

    def send(self, alert: Alert) -> None:
        """Send one alert by the route of its severity, or raise DependencyUnavailable if nobody has it.

        A channel that fails beside one that works is logged and not tried again, since the alert would
        come twice on the other. A digest goes to the routes of all its severities, and is sent if the
        gravest one's has taken it. A severity without any route is left to the log.
        """
        gravest = self.route(alert.severity)
        routes = [self.route(part.severity) for part in alert.parts or (alert,)]
        deliveries = self.deliver(alert, [route for route in dict.fromkeys(routes) if route])
        faults = [delivery for delivery in deliveries if delivery.fault]
        if gravest and not any(d.has_reached_somebody for d in deliveries if d.route == gravest):
            raise DependencyUnavailable(f"no channel took the alert ({'; '.join(map(str, faults))})")
        for delivery in faults:
            _log.error(
                "a channel did not take an alert that another took",
                event_name="alert_channel_failed",
                kind=alert.kind,
                route=delivery.route,
                position=delivery.position,
                channel=delivery.channel,
                reason=delivery.fault,
            )

    def deliver(self, alert: Alert, routes: Iterable[str] | None = None) -> list[Delivery]:
        """Send one alert by these routes, or all, and say what became of it, within the timeout."""
        places = [
            (route, position, channel)
            for route in (self._channels if routes is None else routes)
            for position, channel in enumerate(self._channels[route], start=1)
        ]
        if not places:
            return []
        results = _together([channel for _, _, channel in places]).notify(
            title=title(alert),
            body=body(alert, self._links),
            notify_type="success" if alert.kind.endswith(RESOLVED) else _TYPES[alert.severity],
            body_format="text",
            timeout=self._timeout_seconds,
            log_level=logging.DEBUG,  # the lines that say why; they are read here and never written
        )
        return [
            _delivery(route, position, result)
            for (route, position, _), result in zip(places, results, strict=True)
        ]


def open_channels(settings: Settings) -> AppriseAlerter | None:
    """Open the channels of all routes, or None if there are none; InvalidInput for an unreadable URL."""
    urls = {
        DEFAULT_ROUTE: settings.alert_urls.get_secret_value().split(),
        ROUTES["critical"]: settings.alert_urls_critical.get_secret_value().split(),
        ROUTES["warning"]: settings.alert_urls_warning.get_secret_value().split(),
    }
    links = Links(settings.console_url, settings.runbook_url)
    # Two thirds of a call: more than the 15 s for which Apprise waits for each answer of a mail server.
    timeout = settings.call_timeout_seconds * 2 / 3
    return AppriseAlerter(urls, timeout, links) if any(urls.values()) else None


def build_alerter(settings: Settings) -> Alerter:
    """Return the log and the channels; a severity that has none is a warning now."""
    channels = open_channels(settings)
    silent = [severity for severity in ROUTES if channels is None or channels.route(severity) is None]
    for severity in silent:
        _log.warning(
            "alerts of a severity reach nobody",
            event_name="no_alert_channel",
            alert_severity=severity,
            empty=f"{DEFAULT_ROUTE} and {ROUTES[severity]}",
        )
    return LogAlerter() if channels is None else LoggedAlerter(channels)


def _open(route: str, urls: Iterable[str]) -> "apprise.Apprise":
    """Read all URLs with Apprise, whose import costs 0.1 s and its services another 0.2 s and 40 MiB."""
    _silence()
    channels, unreadable = _together([]), []
    for position, url in enumerate(urls, start=1):
        if not channels.add([url]):
            scheme = _SCHEME.match(url)
            unreadable.append(f"{position} ({scheme[0] if scheme else 'no scheme'})")
    if unreadable:
        raise InvalidInput(
            f"{route}: Apprise cannot read number {', '.join(unreadable)}; "
            "https://github.com/caronc/apprise/wiki shows each service's URL"
        )
    return channels


def _together(channels: list[Any]) -> "apprise.Apprise":
    import apprise  # late, so that only who has channels pays for it

    asset = apprise.AppriseAsset(app_id="nba-props", app_desc="NBA points forecasts")
    return apprise.Apprise(channels, asset=asset)


def _silence() -> None:
    """Keep the lines of Apprise and of the HTTP client under it out of every log: they contain URLs."""
    log = logging.getLogger("apprise")
    log.setLevel(logging.DEBUG)  # so that a delivery can read why it failed
    log.propagate = False
    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)  # DEBUG has the path: a token


def _delivery(route: str, position: int, result: "apprise.NotifyResult") -> Delivery:
    lines = [entry.message for entry in result.logs()]
    # Not the result's own status: `?optional=yes` in the URL turns a failure into a success.
    is_complete = any(attempt for attempt in result)
    # One wrong address among several fails a channel; those who have the alert shall not get it again.
    has_reached_somebody = is_complete or any(line.startswith("Sent ") for line in lines)
    fault = "" if is_complete else fault_of(lines)
    return Delivery(route, position, str(result.name), has_reached_somebody, fault)
