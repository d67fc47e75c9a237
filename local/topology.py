"""The topics and push subscriptions of the pipeline, as the embedded bus has them."""

from shared.config import Settings
from shared.messaging.delivery import SubscriptionPolicy


def topics(settings: Settings) -> tuple[str, ...]:
    """Return every topic."""
    return (
        settings.phase4_topic,
        settings.request_topic,
        settings.ready_topic,
        settings.dead_letter_topic,
    )


def subscriptions(settings: Settings) -> tuple[SubscriptionPolicy, ...]:
    """Return every push subscription; the dead letters have no policy of their own and stay."""

    def push(name: str, topic: str, endpoint: str, attempts: int | None) -> SubscriptionPolicy:
        return SubscriptionPolicy(
            name=name,
            topic=topic,
            endpoint=endpoint,
            ack_deadline_seconds=settings.bus_ack_deadline_seconds,
            min_backoff_seconds=settings.bus_min_backoff_seconds,
            max_backoff_seconds=settings.bus_max_backoff_seconds,
            max_delivery_attempts=attempts,
            dead_letter_topic=settings.dead_letter_topic if attempts else None,
        )

    attempts = settings.delivery_attempts
    return (
        push(
            "nba-phase5-trigger-sub",
            settings.phase4_topic,
            "/trigger",
            settings.trigger_delivery_attempts,
        ),
        push("prediction-request-sub", settings.request_topic, "/worker/predict", attempts),
        push("prediction-ready-sub", settings.ready_topic, "/complete", attempts),
        push("nba-dlq-sub", settings.dead_letter_topic, "/dead-letter", None),
    )
