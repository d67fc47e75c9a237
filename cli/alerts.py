"""`nba-props alerts`: whether alerts reach people."""

from datetime import UTC, datetime

import click

from cli.options import json_option
from cli.render import print_json
from shared.alert_channels import open_channels
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
    """Send a test alert through each channel of ALERT_URLS; end with 1 unless all of them took it."""
    channels = open_channels(load_settings())
    if channels is None:
        raise InvalidInput(
            "there is no alert channel; set ALERT_URLS in the environment or in .env, for example to "
            "mailto://USER:PASSWORD@HOST?to=ADDRESS or to Slack's webhook URL"
        )
    deliveries = channels.deliver(_test_alert(datetime.now(UTC)))
    is_ok = not any(delivery.fault for delivery in deliveries)
    if as_json:
        rows = [
            {"position": delivery.position, "channel": delivery.channel, "fault": delivery.fault or None}
            for delivery in deliveries
        ]
        print_json({"ok": is_ok, "channels": rows})
    else:
        for delivery in deliveries:
            click.echo(str(delivery))
    if not is_ok:
        raise click.exceptions.Exit(1)


def _test_alert(now: datetime) -> Alert:
    return Alert(
        kind="test",
        severity="info",
        title="TEST of the alert channels",
        text="This is a test that somebody asked for. Nothing is wrong, and nothing has to be done.",
        game_date=slate_date(now),
        raised_at=now,
    )
