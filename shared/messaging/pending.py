"""A message on its way to one subscription, as values: waiting, taken, coming again, forwarded."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.envelope import PushMessage
from shared.messaging.delivery import SubscriptionPolicy, dead_letter_attributes
from shared.ports import OutgoingMessage


@dataclass(frozen=True)
class Delivery:
    """One attempt (the first is 1) to push one message to one subscription's endpoint."""

    id: str
    attempt: int
    endpoint: str
    ack_deadline_seconds: float
    message: PushMessage


@dataclass(frozen=True)
class Pending:
    """A message that a subscription has not acknowledged.

    While it waits, `at` is when it is due; while it is outstanding, `at` is its ack deadline.
    """

    policy: SubscriptionPolicy
    project: str
    message_id: str
    content: OutgoingMessage
    published_at: datetime
    at: datetime
    attempt: int = 1
    is_outstanding: bool = False

    @property
    def id(self) -> str:
        """The same for all attempts of one message at one subscription."""
        return f"{self.policy.name}/{self.message_id}"

    def is_due(self, now: datetime) -> bool:
        """Say whether it waits and its time has come."""
        return not self.is_outstanding and self.at <= now

    def taken(self, now: datetime) -> "Pending":
        """Return it as outstanding until its ack deadline."""
        deadline = now + timedelta(seconds=self.policy.ack_deadline_seconds)
        return replace(self, is_outstanding=True, at=deadline)

    def again(self, at: datetime) -> "Pending":
        """Return its next attempt, due at `at`."""
        return replace(self, is_outstanding=False, at=at, attempt=self.attempt + 1)

    def forwarded(self) -> OutgoingMessage:
        """Return what is published to the dead-letter topic."""
        attributes = dead_letter_attributes(
            self.content.attributes, self.policy, self.project, self.attempt, self.published_at
        )
        return OutgoingMessage(self.content.data, attributes)

    def delivery(self) -> Delivery:
        """Return the current attempt; the envelope counts attempts only under a dead-letter policy."""
        counts = self.policy.max_delivery_attempts is not None
        message = PushMessage(
            data=self.content.data,
            message_id=self.message_id,
            attributes=self.content.attributes,
            subscription=f"projects/{self.project}/subscriptions/{self.policy.name}",
            delivery_attempt=self.attempt if counts else None,
        )
        policy = self.policy
        return Delivery(self.id, self.attempt, policy.endpoint, policy.ack_deadline_seconds, message)
