"""`nba-props phase4`: the features of a slate, and their event."""

import click

from cli.asking import answer_of, end_with, show_answer
from cli.session import phase4_server
from cli.where import Where, precompute_option, slate_options
from local.client import Body
from shared.wording import counted


@click.command()
@click.option("--backfill", is_flag=True, help="Compute the features, publish no event.")
@click.option("--hold", is_flag=True, help="Keep the event back until --republish.")
@click.option("--republish", is_flag=True, help="Only publish the events that are stored.")
@precompute_option
@slate_options
def phase4(where: Where, backfill: bool, hold: bool, republish: bool) -> None:
    """Compute the slate's features and publish the completion event."""
    body = where.slate | {"backfill": backfill, "publish": not hold}
    with phase4_server(where) as client:
        found = client.post("/republish", {}) if republish else client.post("/process", body)
        status, answered = answer_of(client, found)
    show_answer(where, client, answered, _told_republished if republish else _told_run)
    end_with(status)


def _told_republished(body: Body) -> tuple[str, ...]:
    return (f"{counted(body['published'], 'stored event')} published, {body['pending']} still waiting.",)


def _told_run(body: Body) -> tuple[str, ...]:
    failed = f", {body['players_failed']} not ready" if body["players_failed"] else ""
    return (
        f"{body['game_date']}: {body['status']}, {counted(body['players_ready'], 'player')} ready of "
        f"{body['players_processed']}{failed}, in {body['seconds']:.1f} s (run {body['run_id']}).",
        _EVENTS.get(body["event"], ""),
    )


_EVENTS = {
    "published": "Its event is published. Follow what it starts: nba-props status --watch",
    "stored": "Its event is stored. Send it: nba-props phase4 --republish",
    "none": "It has no event, so that it starts nothing by itself.",
}
