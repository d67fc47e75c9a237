"""What the use cases need from the outside world; the adapters stand in warehouse/ and messaging/."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

Row = dict[str, Any]


@dataclass(frozen=True)
class Statement:
    """A named GoogleSQL text with the types of its parameters, as its header declares them."""

    name: str
    sql: str
    parameters: Mapping[str, str] = field(default_factory=dict)


class Warehouse(Protocol):
    """Tables that many processes share.

    Every verb raises DependencyUnavailable when the call may succeed later, DependencyRejected when
    it never will, and WriteConflict when another writer was first. A read that fails never returns.
    """

    def query(self, statement: Statement, **parameters: Any) -> list[Row]:
        """Return the rows of a read."""

    def execute(self, statement: Statement, **parameters: Any) -> int:
        """Run one data-changing statement, once, and return how many rows it changed."""

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows to `dataset.table`; on return every client's next query sees all of them."""

    def replace_partition(self, table: str, partition: date, rows: Sequence[Mapping[str, Any]]) -> None:
        """Make `rows` the whole content of one date of `dataset.table`, all at once."""

    def columns(self) -> dict[str, dict[str, str]]:
        """Return the GoogleSQL type of each column of each `dataset.table` and view that exists."""


@dataclass(frozen=True)
class OutgoingMessage:
    """What is published: a JSON text and attributes that can be read without parsing it."""

    data: bytes
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PublishFailure:
    """One message of a list that was not taken, by its position, and why."""

    index: int
    reason: str


class Publisher(Protocol):
    """A message service that delivers at least once."""

    def publish(self, topic: str, messages: Sequence[OutgoingMessage]) -> list[PublishFailure]:
        """Publish all messages and return those that were not taken; the others are durable."""


@dataclass(frozen=True)
class Fault:
    """One topic or subscription that is not as it was declared, by its name, and what is wrong with it."""

    name: str
    reason: str


class TopologyCheck(Protocol):
    """Knows the topics and subscriptions that there really are."""

    def missing(self) -> list[Fault]:
        """Return what is missing or otherwise than declared; raise as a Publisher does if nobody can tell."""


@dataclass(frozen=True)
class Alert:
    """Something a person should know about a slate; a digest carries several as its `parts`.

    `tried_at` is since when somebody last tried to send it, None if nobody has tried again.
    """

    kind: str
    severity: str
    title: str
    text: str
    game_date: date
    raised_at: datetime
    parts: "tuple[Alert, ...]" = ()
    tried_at: datetime | None = None


class Alerter(Protocol):
    """A channel that reaches people."""

    def send(self, alert: Alert) -> None:
        """Send one alert, or raise DependencyUnavailable."""
