"""What Pub/Sub documents for push: what acknowledges, when to come again, when a message is dead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.ports import OutgoingMessage

ACKNOWLEDGING = frozenset({102, 200, 201, 202, 204})
MAX_DATA_BYTES = 10_000_000
MAX_ATTRIBUTES = 100
MAX_ATTRIBUTE_NAME_BYTES = 256
MAX_ATTRIBUTE_VALUE_BYTES = 1024

DEAD_LETTER_PREFIX = "CloudPubSubDeadLetterSource"
DEAD_LETTER_COUNT = f"{DEAD_LETTER_PREFIX}DeliveryCount"
DEAD_LETTER_SUBSCRIPTION = f"{DEAD_LETTER_PREFIX}Subscription"
DEAD_LETTER_PROJECT = f"{DEAD_LETTER_PREFIX}SubscriptionProject"
DEAD_LETTER_PUBLISHED_AT = f"{DEAD_LETTER_PREFIX}TopicPublishTime"


@dataclass(frozen=True)
class SubscriptionPolicy:
    """One push subscription; without a dead-letter topic it retries for ever."""

    name: str
    topic: str
    endpoint: str
    ack_deadline_seconds: float
    min_backoff_seconds: float
    max_backoff_seconds: float
    max_delivery_attempts: int | None = None
    dead_letter_topic: str | None = None

    def __post_init__(self) -> None:
        if (self.max_delivery_attempts is None) != (self.dead_letter_topic is None):
            raise ValueError(f"{self.name}: a dead-letter policy needs both its topic and its attempts")
        if self.max_delivery_attempts is not None and self.max_delivery_attempts < 1:
            raise ValueError(f"{self.name}: at least one delivery attempt")
        if not 0 <= self.min_backoff_seconds <= self.max_backoff_seconds:
            raise ValueError(f"{self.name}: the backoff must grow from its minimum to its maximum")


@dataclass(frozen=True)
class Acknowledged:
    """The message was handled and is forgotten."""


@dataclass(frozen=True)
class RetryAt:
    """The message is delivered again after this delay."""

    delay: timedelta


@dataclass(frozen=True)
class DeadLetter:
    """The attempts are used up; the message is forwarded to this topic."""

    topic: str


Decision = Acknowledged | RetryAt | DeadLetter


def decide(policy: SubscriptionPolicy, attempt: int, status: int | None) -> Decision:
    """Say what follows from attempt `attempt` (the first is 1) that was answered with `status`.

    None stands for no answer in time: a connection error or the ack deadline exceeded.
    """
    if status in ACKNOWLEDGING:
        return Acknowledged()
    exhausted = policy.max_delivery_attempts is not None and attempt >= policy.max_delivery_attempts
    if exhausted and policy.dead_letter_topic is not None:
        return DeadLetter(policy.dead_letter_topic)
    return RetryAt(backoff(policy, attempt))


def backoff(policy: SubscriptionPolicy, refusals: int) -> timedelta:
    """Return the delay after so many refusals: the minimum, doubled each time, up to the maximum."""
    doublings = min(refusals - 1, 32)  # a subscription that retries for ever must not overflow a float
    return timedelta(seconds=min(policy.min_backoff_seconds * 2**doublings, policy.max_backoff_seconds))


def dead_letter_attributes(
    attributes: Mapping[str, str],
    policy: SubscriptionPolicy,
    project: str,
    attempts: int,
    published_at: datetime,
) -> dict[str, str]:
    """Return what a forwarded message carries: its own attributes, and where it came from."""
    return dict(attributes) | {
        DEAD_LETTER_COUNT: str(attempts),
        DEAD_LETTER_SUBSCRIPTION: policy.name,
        DEAD_LETTER_PROJECT: project,
        DEAD_LETTER_PUBLISHED_AT: published_at.isoformat(timespec="milliseconds"),
    }


def refusal(message: OutgoingMessage) -> str | None:
    """Return why the service would not take a message, or None if it would."""
    if not message.data and not message.attributes:
        return "a message needs data or attributes"
    if len(message.data) > MAX_DATA_BYTES:
        return f"{len(message.data)} bytes of data are more than {MAX_DATA_BYTES}"
    if len(message.attributes) > MAX_ATTRIBUTES:
        return f"{len(message.attributes)} attributes are more than {MAX_ATTRIBUTES}"
    for name, value in message.attributes.items():
        if not 1 <= len(name.encode()) <= MAX_ATTRIBUTE_NAME_BYTES:
            return f"the name of an attribute must have 1 to {MAX_ATTRIBUTE_NAME_BYTES} bytes"
        if len(value.encode()) > MAX_ATTRIBUTE_VALUE_BYTES:
            return f"the value of {name} is longer than {MAX_ATTRIBUTE_VALUE_BYTES} bytes"
    return None
