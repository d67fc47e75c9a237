"""The Publisher port on Pub/Sub: messages go out in batches, and all answers are awaited once."""

from collections.abc import Sequence
from typing import Any

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.cloud.pubsub_v1 import PublisherClient
from google.cloud.pubsub_v1.types import BatchSettings, PublisherOptions

from shared.clock import Stopwatch
from shared.errors import DependencyUnavailable
from shared.messaging.delivery import refusal
from shared.ports import OutgoingMessage, PublishFailure

BATCHES = BatchSettings(max_messages=1000, max_bytes=5_000_000, max_latency=0.01)
_TRANSIENT = if_exception_type(
    exceptions.Aborted,
    exceptions.DeadlineExceeded,
    exceptions.InternalServerError,
    exceptions.ResourceExhausted,
    exceptions.ServiceUnavailable,
    exceptions.Unknown,
)


def publisher_options(timeout: float) -> PublisherOptions:
    """Return options under which a client repeats a failing call for at most `timeout` seconds."""
    retry = Retry(_TRANSIENT, initial=0.1, maximum=5.0, multiplier=2.0, timeout=timeout)
    return PublisherOptions(retry=retry, timeout=timeout)


class PubSubPublisher:
    """Publishes to topics of one project; make it after the fork, once per process."""

    def __init__(self, client: PublisherClient, project: str, timeout: float = 30.0) -> None:
        self._client = client
        self._project = project
        self._timeout = timeout

    def publish(self, topic: str, messages: Sequence[OutgoingMessage]) -> list[PublishFailure]:
        """Publish all messages within the timeout and return those that were not confirmed.

        One that was not confirmed in time may still arrive; handling it twice changes nothing. Raises
        DependencyUnavailable once the publisher is closed.
        """
        path = self._client.topic_path(self._project, topic)
        sent = [self._send(path, message) for message in messages]
        watch = Stopwatch()
        return [
            PublishFailure(index, reason)
            for index, answer in enumerate(sent)
            if (reason := self._fault(answer, watch)) is not None
        ]

    def close(self) -> None:
        """Send what still waits in a batch, and let the connection go."""
        self._client.stop()

    def _send(self, path: str, message: OutgoingMessage) -> Any:
        """Return why the service would refuse the message, else the future of its answer."""
        try:
            return refusal(message) or self._client.publish(path, message.data, **message.attributes)
        except RuntimeError as error:
            raise DependencyUnavailable("the publisher is closed") from error

    def _fault(self, answer: Any, watch: Stopwatch) -> str | None:
        if isinstance(answer, str):
            return answer
        try:
            answer.result(timeout=max(0.0, self._timeout - watch.seconds()))
        except TimeoutError:
            return f"not confirmed within {self._timeout:g} s"
        except exceptions.GoogleAPIError as error:
            return f"{type(error).__name__}: {error}"
        return None
