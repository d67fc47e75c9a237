"""A slate made new before a round, and what is left in the subscriptions after all of them."""

import threading
from collections.abc import Iterator

from cloud import Cloud
from emulators import PROJECT
from google.pubsub_v1 import types

from shared.config import load_settings
from shared.topology import subscriptions
from shared.warehouse.catalog import table

QUIET_SECONDS = 75.0  # a delivery whose answer was lost comes again after a minute
HISTORY = "nba_reference.processor_run_history"
OF_A_SLATE = (
    "nba_predictions.ml_feature_store_v2",
    "nba_predictions.prediction_requests",
    "nba_predictions.prediction_outcomes",
    "nba_predictions.player_prop_predictions",
    "nba_reference.alerts",
    "nba_reference.dead_letters",
    "nba_reference.unpublished_events",
)


def clear_slate(cloud: Cloud) -> None:
    """Make the slate as new: nothing is left of it but who plays, and a generation nobody has seen."""
    for name in OF_A_SLATE:
        cloud.rows(f"DELETE FROM {name} WHERE game_date = @day")
    cloud.rows(f"DELETE FROM {HISTORY} WHERE data_date = @day")
    slates = table("nba_reference.slates")
    emptied = ", ".join(f"{name} = NULL" for name in slates.columns if name not in slates.required)
    cloud.rows(
        "UPDATE nba_reference.slates SET state = 'waiting', generation = generation + 1, "
        f"alerts_raised = '', {emptied} WHERE game_date = @day"
    )


def left_over(cloud: Cloud) -> Iterator[str]:
    """Wait until nothing has been pushed for a while, stop all pushes, and name who still holds messages."""
    pause, before = threading.Event(), -1
    while before != len(cloud.answered):
        before = len(cloud.answered)
        pause.wait(QUIET_SECONDS)
    subscriber = cloud.pubsub.subscriber_client()
    for policy in subscriptions(load_settings()):
        path = f"projects/{PROJECT}/subscriptions/{policy.name}"
        subscriber.modify_push_config(subscription=path, push_config=types.PushConfig())
        if messages := cloud.pubsub.pull(PROJECT, policy.name):
            yield f"{policy.name} still holds {len(messages)} messages"
