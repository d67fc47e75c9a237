"""The topics and push subscriptions of the pipeline: the same in both homes, by the names in the settings."""

from shared.config import Settings
from shared.messaging.delivery import SubscriptionPolicy


def topics(settings: Settings) -> tuple[str, ...]:
    """Return every topic."""
    return (
        settings.phase4_topic,
        settings.request_topic,
        settings.ready_topic,
        settings.refresh_topic,
        settings.dead_letter_topic,
    )


def subscriptions(settings: Settings) -> tuple[SubscriptionPolicy, ...]:
    """Return every push subscription, with the endpoints and delays of the embedded stack.

    The dead letters have no policy of their own and stay.
    """

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
            settings.trigger_subscription,
            settings.phase4_topic,
            "/trigger",
            settings.trigger_delivery_attempts,
        ),
        push(settings.request_subscription, settings.request_topic, "/worker/predict", attempts),
        push(settings.ready_subscription, settings.ready_topic, "/complete", attempts),
        push(settings.refresh_subscription, settings.refresh_topic, "/precompute/refresh", attempts),
        push(settings.dead_letter_subscription, settings.dead_letter_topic, "/dead-letter", None),
    )


def source_topics(settings: Settings) -> dict[str, str]:
    """Return the topic of each subscription that dead letters come from, by the subscription's name."""
    return {policy.name: policy.topic for policy in subscriptions(settings) if policy.dead_letter_topic}
