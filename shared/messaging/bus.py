"""Pub/Sub push in one process: a state machine that is told the time and keeps nothing on disk.

Whoever drives it (the dispatcher's threads, a simulator) takes what is due, delivers it and settles it.
A delivery that is taken and not settled by its ack deadline counts as refused.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from shared.clock import Clock
from shared.messaging.delivery import DeadLetter, Decision, RetryAt, SubscriptionPolicy, decide, refusal
from shared.messaging.pending import Delivery, Pending
from shared.ports import Fault, OutgoingMessage, PublishFailure
from shared.trace_context import inject


class InMemoryBus:
    """The Publisher port on memory, with the deliveries that follow from what is published.

    `changed` is notified whenever something is published or settled; waiting on it needs no polling.
    A subscription to a topic that is not declared, or a name used twice, raises ValueError.
    """

    def __init__(
        self,
        topics: Iterable[str],
        subscriptions: Iterable[SubscriptionPolicy],
        clock: Clock,
        project: str = "local",
    ) -> None:
        self.changed = threading.Condition(threading.RLock())
        self._topics = frozenset(topics)
        self._subscriptions = tuple(subscriptions)
        _check(self._topics, self._subscriptions)
        self._clock = clock
        self._project = project
        self._pending: dict[str, Pending] = {}  # in publish order
        self._outstanding: dict[str, datetime] = {}  # ack deadlines
        self._started = int(clock.now().timestamp() * 1_000_000)
        self._count = 0

    def publish(self, topic: str, messages: Sequence[OutgoingMessage]) -> list[PublishFailure]:
        """Make each message pending once per subscription of the topic; refuse what Pub/Sub refuses.

        They are work of the trace at hand, and say so.
        """
        with self.changed:
            failures = []
            for index, message in enumerate(map(_traced, messages)):
                reason = refusal(message) if topic in self._topics else f"there is no topic {topic}"
                if reason is None:
                    self._accept(topic, message)
                else:
                    failures.append(PublishFailure(index, reason))
            self.changed.notify_all()
            return failures

    def due(self, now: datetime) -> list[Delivery]:
        """Return the deliveries whose time has come, in publish order, without taking them."""
        with self.changed:
            return [entry.delivery() for entry in self._due(now)]

    def take(self, now: datetime, delivery_id: str | None = None) -> Delivery | None:
        """Mark the first due delivery, or the named one, outstanding and return it; None if none is due."""
        with self.changed:
            chosen = (entry for entry in self._due(now) if delivery_id in (None, entry.id))
            entry = next(chosen, None)
            if entry is None:
                return None
            taken = entry.taken(now)
            self._pending[entry.id] = taken
            self._outstanding[entry.id] = taken.at
            return taken.delivery()

    def settle(self, delivery: Delivery, status: int | None) -> Decision | None:
        """Apply the answer to a delivery (None: there was none) and say what follows from it.

        An attempt that was settled before, or whose ack deadline has passed, changes nothing: None.
        """
        with self.changed:
            now = self._clock.now()
            self._expire(now)
            entry = self._pending.get(delivery.id)
            if entry is None or not entry.is_outstanding or entry.attempt != delivery.attempt:
                return None
            return self._apply(entry, status, now)

    def next_due(self) -> datetime | None:
        """Return when the next waiting delivery is due or the next outstanding one expires."""
        with self.changed:
            return min((entry.at for entry in self._pending.values()), default=None)

    def pending(self) -> dict[str, int]:
        """Return how many messages each subscription has not acknowledged, waiting or outstanding."""
        with self.changed:
            counts = {policy.name: 0 for policy in self._subscriptions}
            for entry in self._pending.values():
                counts[entry.policy.name] += 1
            return counts

    def missing(self) -> list[Fault]:
        """Return the topics that nobody reads: what is published there is taken, and lost."""
        read = {policy.topic for policy in self._subscriptions}
        return [Fault(name, "no subscription reads this topic") for name in sorted(self._topics - read)]

    def is_idle(self) -> bool:
        """Say whether nothing is pending or outstanding."""
        with self.changed:
            return not self._pending

    def wake(self) -> None:
        """Let those who wait look at the time again, after a clock was moved by hand."""
        with self.changed:
            self.changed.notify_all()

    def _accept(self, topic: str, message: OutgoingMessage) -> None:
        self._count += 1
        message_id = f"{self._started}{self._count:09}"  # a restarted bus must not repeat stored ids
        now = self._clock.now()
        content = OutgoingMessage(message.data, dict(message.attributes))
        for policy in self._subscriptions:
            if policy.topic == topic:
                entry = Pending(policy, self._project, message_id, content, published_at=now, at=now)
                self._pending[entry.id] = entry

    def _apply(self, entry: Pending, status: int | None, now: datetime) -> Decision:
        decision = decide(entry.policy, entry.attempt, status)
        self._outstanding.pop(entry.id)
        if isinstance(decision, RetryAt):
            self._pending[entry.id] = entry.again(now + decision.delay)
        else:
            del self._pending[entry.id]
        if isinstance(decision, DeadLetter):
            self._accept(decision.topic, entry.forwarded())
        self.changed.notify_all()
        return decision

    def _due(self, now: datetime) -> Iterator[Pending]:
        self._expire(now)
        return (entry for entry in self._pending.values() if entry.is_due(now))

    def _expire(self, now: datetime) -> None:
        overdue = [key for key, deadline in self._outstanding.items() if deadline <= now]
        for key in overdue:
            self._apply(self._pending[key], None, self._outstanding[key])


def _traced(message: OutgoingMessage) -> OutgoingMessage:
    return OutgoingMessage(message.data, inject(message.attributes))


def _check(topics: frozenset[str], subscriptions: Sequence[SubscriptionPolicy]) -> None:
    names = [policy.name for policy in subscriptions]
    if len(set(names)) < len(names):
        raise ValueError("two subscriptions have the same name")
    for policy in subscriptions:
        named = {policy.topic, policy.dead_letter_topic or policy.topic}
        if not named <= topics:
            raise ValueError(f"{policy.name}: not declared: {', '.join(sorted(named - topics))}")
