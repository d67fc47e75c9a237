"""`nba-props alerts`: whether alerts reach people."""

from datetime import UTC, datetime
from typing import Any

import click

from cli.options import json_option
from cli.render import print_json
from shared.alert_channels import ROUTES, Delivery, open_channels
from shared.config import load_settings
from shared.errors import InvalidInput
from shared.ports import Alert
from shared.slate import slate_date


@click.group()
def alerts() -> None:
    """The channels that alerts go to."""


@alerts.command("test")
@json_option
def send_test(as_json: bool) -> None:
    """Send a test alert through each channel of ALERT_URLS, ALERT_URLS_CRITICAL and ALERT_URLS_WARNING.

    Says which severity goes where. Ends with 1 unless every channel took it and every severity has one.
    """
    channels = open_channels(load_settings())
    if channels is None:
        raise InvalidInput(
            "there is no alert channel; set ALERT_URLS in the environment or in .env, for example to "
            "mailto://USER:PASSWORD@HOST?to=ADDRESS or to Slack's webhook URL"
        )
    deliveries = channels.deliver(_test_alert(datetime.now(UTC)))
    routes = {severity: channels.route(severity) for severity in ROUTES}
    is_ok = all(routes.values()) and not any(delivery.fault for delivery in deliveries)
    if as_json:
        print_json({"ok": is_ok, "routes": routes, "channels": [_row(delivery) for delivery in deliveries]})
    else:
        for line in (*deliveries, *(_route(severity, route) for severity, route in routes.items())):
            click.echo(str(line))
    if not is_ok:
        raise click.exceptions.Exit(1)


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "route": delivery.route,
        "position": delivery.position,
        "channel": delivery.channel,
        "fault": delivery.fault or None,
    }


def _route(severity: str, route: str | None) -> str:
    if route is None:
        return f"{severity} alerts reach nobody; set ALERT_URLS or {ROUTES[severity]}"
    return f"{severity} alerts go to {route}"


def _test_alert(now: datetime) -> Alert:
    return Alert(
        kind="test",
        severity="info",
        title="TEST of the alert channels",
        text="This is a test that somebody asked for. Nothing is wrong, and nothing has to be done.",
        game_date=slate_date(now),
        raised_at=now,
    )
