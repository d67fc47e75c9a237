"""A Publisher for tests and dry runs: it keeps what was published and fails when told to."""

from collections.abc import Sequence

from shared.errors import AppError
from shared.messaging.delivery import refusal
from shared.ports import OutgoingMessage, PublishFailure


class RecordingPublisher:
    """The Publisher port on a list. Set `failing` to positions to refuse, or `error` to raise."""

    def __init__(self, failing: Sequence[int] = (), error: AppError | None = None) -> None:
        self.failing = set(failing)
        self.error = error
        self.published: list[tuple[str, OutgoingMessage]] = []

    def publish(self, topic: str, messages: Sequence[OutgoingMessage]) -> list[PublishFailure]:
        if self.error is not None:
            raise self.error
        failures = []
        for index, message in enumerate(messages):
            reason = "told to fail" if index in self.failing else refusal(message)
            if reason is None:
                self.published.append((topic, message))
            else:
                failures.append(PublishFailure(index, reason))
        return failures

    def messages(self, topic: str) -> list[OutgoingMessage]:
        """Return what was published to one topic, in the order of publishing."""
        return [message for name, message in self.published if name == topic]
