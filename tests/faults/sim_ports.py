"""The ports as an instance sees them: every call is a step at which the scheduler decides what happens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sim_fibre import Fibre, Step

from shared.clock import Clock
from shared.ports import (
    Alert,
    Alerter,
    OutgoingMessage,
    Publisher,
    PublishFailure,
    Row,
    Statement,
    Warehouse,
)


@dataclass(frozen=True)
class Ports:
    """What an instance is given."""

    warehouse: Warehouse
    publisher: Publisher
    alerter: Alerter
    clock: Clock


class SteppedWarehouse:
    """The Warehouse port in front of the store that all instances share."""

    def __init__(self, store: Warehouse) -> None:
        self._store = store

    def query(self, statement: Statement, **parameters: Any) -> list[Row]:
        return Fibre.take(Step("query", statement.name, lambda: self._store.query(statement, **parameters)))

    def execute(self, statement: Statement, **parameters: Any) -> int:
        return Fibre.take(
            Step("execute", statement.name, lambda: self._store.execute(statement, **parameters), parameters)
        )

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        Fibre.take(Step("append", table, lambda: self._store.append(table, rows), rows))

    def replace_partition(self, table: str, partition: date, rows: Sequence[Mapping[str, Any]]) -> None:
        Fibre.take(
            Step("replace", table, lambda: self._store.replace_partition(table, partition, rows), rows)
        )

    def columns(self) -> dict[str, dict[str, str]]:
        return self._store.columns()


class SteppedPublisher:
    """The Publisher port in front of the bus that stands now; one of the messages may be refused."""

    def __init__(self, bus: Callable[[], Publisher]) -> None:
        self._bus = bus

    def publish(self, topic: str, messages: Sequence[OutgoingMessage]) -> list[PublishFailure]:
        return Fibre.take(
            Step(
                "publish",
                topic,
                lambda: self._bus().publish(topic, messages),
                messages,
                lambda: self._publish_some(topic, messages),
            )
        )

    def _publish_some(self, topic: str, messages: Sequence[OutgoingMessage]) -> list[PublishFailure]:
        refused = sum(messages[0].data) % len(messages)
        self._bus().publish(topic, [m for index, m in enumerate(messages) if index != refused])
        return [PublishFailure(refused, "the service was busy")]


class SteppedAlerter:
    """The Alerter port to people who only count what they get."""

    def send(self, alert: Alert) -> None:
        Fibre.take(Step("send", alert.kind, lambda: None, alert))


class SteppedClock:
    """The simulated time as one instance reads it; a call that sleeps stands still like at any other step."""

    def __init__(self, clock: Clock, skew_seconds: float) -> None:
        self._clock = clock
        self._skew = timedelta(seconds=skew_seconds)

    def now(self) -> datetime:
        return self._clock.now() + self._skew

    def sleep(self, seconds: float) -> None:
        Fibre.take(Step("sleep", f"{seconds:.0f} s", lambda: None, seconds))
