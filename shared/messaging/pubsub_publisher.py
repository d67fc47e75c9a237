"""The Publisher port on Pub/Sub: messages go out in batches, and all answers are awaited once."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError
from google.cloud.pubsub_v1 import PublisherClient
from google.cloud.pubsub_v1.publisher.exceptions import MessageTooLargeError
from google.cloud.pubsub_v1.types import BatchSettings, PublisherOptions

from shared.clock import Stopwatch
from shared.errors import DependencyUnavailable
from shared.messaging.delivery import refusal
from shared.ports import OutgoingMessage, PublishFailure
from shared.trace_context import inject

# The limits of one request. Under a smaller max_bytes, a message that is larger by itself stays the current
# batch, and the client fails on that (AssertionError) once the batch has failed.
BATCHES = BatchSettings(max_messages=1000, max_bytes=10_000_000, max_latency=0.01)
_OF_THE_CLIENT = frozenset({"self", "topic", "data", "ordering_key", "retry", "timeout"})
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
        """Publish all messages, as work of the trace at hand; return those not confirmed within the timeout.

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
        """Send what still waits in a batch, and take nothing more; whoever published it gets the answer."""
        with suppress(RuntimeError):  # stopped before
            self._client.stop()

    def _send(self, path: str, message: OutgoingMessage) -> Any:
        """Return why the message cannot go out, else the future of its answer."""
        message = OutgoingMessage(message.data, inject(message.attributes))
        reason = refusal(message) or _clash(message)
        if reason:
            return reason
        try:
            return self._client.publish(path, message.data, **message.attributes)
        except MessageTooLargeError as error:
            return str(error)
        except RuntimeError as error:
            raise DependencyUnavailable("the publisher is closed") from error

    def _fault(self, answer: Any, watch: Stopwatch) -> str | None:
        if isinstance(answer, str):
            return answer
        try:
            answer.result(timeout=max(0.0, self._timeout - watch.seconds()))
        except TimeoutError:
            return f"not confirmed within {self._timeout:g} s"
        except (exceptions.GoogleAPIError, GoogleAuthError) as error:
            return f"{type(error).__name__}: {error}"
        return None


def _clash(message: OutgoingMessage) -> str | None:
    """Say which attribute the client would take for an argument of its own."""
    names = sorted(_OF_THE_CLIENT & message.attributes.keys())
    return f"no attribute can be called {', '.join(names)}" if names else None
