"""Which topics and subscriptions of Pub/Sub are there, and are they what was declared?"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError
from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient
from google.cloud.pubsub_v1.types import Subscription

from shared.errors import DependencyRejected, DependencyUnavailable
from shared.messaging.delivery import SubscriptionPolicy
from shared.ports import Fault


class PubSubTopology:
    """The TopologyCheck port on Pub/Sub; needs roles/pubsub.viewer.

    `subscriber` makes a client, which is closed again: a service hardly ever asks.
    """

    def __init__(
        self,
        publisher: PublisherClient,
        subscriber: Callable[[], SubscriberClient],
        project: str,
        topics: Sequence[str],
        subscriptions: Sequence[SubscriptionPolicy],
        timeout: float = 30.0,
    ) -> None:
        self._publisher = publisher
        self._subscriber = subscriber
        self._project = project
        self._topics = tuple(topics)
        self._subscriptions = tuple(subscriptions)
        self._timeout = timeout

    def missing(self) -> list[Fault]:
        """Return what is missing or otherwise than declared.

        Raises DependencyUnavailable where Pub/Sub does not answer, DependencyRejected where it refuses.
        """
        with _translated(), self._subscriber() as client:
            found = [self._topic_fault(name) for name in self._topics]
            found += [self._subscription_fault(client, policy) for policy in self._subscriptions]
        return [fault for fault in found if fault is not None]

    def _topic_fault(self, name: str) -> Fault | None:
        try:
            self._publisher.get_topic(topic=self._topic_path(name), timeout=self._timeout)
        except exceptions.NotFound:
            return Fault(name, "the topic does not exist")
        return None

    def _subscription_fault(self, client: SubscriberClient, policy: SubscriptionPolicy) -> Fault | None:
        path = SubscriberClient.subscription_path(self._project, policy.name)
        try:
            stored = client.get_subscription(subscription=path, timeout=self._timeout)
        except exceptions.NotFound:
            return Fault(policy.name, "the subscription does not exist")
        reason = self._difference(stored, policy)
        return Fault(policy.name, reason) if reason else None

    def _difference(self, stored: Subscription, policy: SubscriptionPolicy) -> str | None:
        """Say in what a subscription differs; what it is told in seconds is left to the deployment."""
        topic, letters = stored.topic, stored.dead_letter_policy.dead_letter_topic
        if topic != self._topic_path(policy.topic):
            return f"it reads {topic.rpartition('/')[2]} and not {policy.topic}"
        if not stored.push_config.push_endpoint:
            return "it pushes nowhere: it is paused"
        if policy.dead_letter_topic and letters != self._topic_path(policy.dead_letter_topic):
            return f"what nobody can handle does not go to {policy.dead_letter_topic}"
        return None

    def _topic_path(self, name: str) -> str:
        return f"projects/{self._project}/topics/{name}"


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (exceptions.PermissionDenied, exceptions.Unauthenticated, exceptions.InvalidArgument) as error:
        raise DependencyRejected(f"Pub/Sub refused to tell: {error.message}") from error
    except (exceptions.GoogleAPIError, GoogleAuthError) as error:
        raise DependencyUnavailable(f"Pub/Sub did not answer: {type(error).__name__}") from error
