"""The events of Phase 4: published, or stored until they can be."""

from dataclasses import dataclass

from pydantic import ValidationError

from shared.clock import Clock
from shared.errors import DataContractViolation, DependencyRejected, DependencyUnavailable
from shared.messages import Phase4Complete
from shared.ports import Publisher, Row, Warehouse
from shared.slate import FIRST_SLATE
from shared.statements import load_statement

EVENTS_TABLE = "nba_reference.unpublished_events"


@dataclass(frozen=True)
class Republished:
    """How many stored events were published now, and how many still wait."""

    published: int
    pending: int


class Phase4Events:
    """Sends events to one topic; those that were not taken are rows, and their states appended rows."""

    def __init__(self, warehouse: Warehouse, publisher: Publisher, clock: Clock, topic: str) -> None:
        self._warehouse = warehouse
        self._publisher = publisher
        self._clock = clock
        self._topic = topic

    def publish(self, event: Phase4Complete) -> str | None:
        """Publish one event; return why it was not taken, or None if it was."""
        return self._send(self._topic, event)

    def store(self, event: Phase4Complete, reason: str) -> None:
        """Keep an event for a later `republish`, with the reason why it was not published."""
        self._warehouse.append(EVENTS_TABLE, [self._row(event, "stored", self._topic, reason)])

    def republish(self) -> Republished:
        """Publish every stored event again; those that are taken get a row that says so.

        At least once: a crash between publishing and that row publishes an event again. Raises what
        the store raises.
        """
        statement = load_statement("data_processors.precompute.ml_feature_store", "pending_events")
        pending = [
            (row["topic"], _event_of(row)) for row in self._warehouse.query(statement, first_date=FIRST_SLATE)
        ]
        sent = [(topic, event) for topic, event in pending if self._send(topic, event) is None]
        if sent:
            rows = [self._row(event, "published", topic, None) for topic, event in sent]
            self._warehouse.append(EVENTS_TABLE, rows)
        return Republished(published=len(sent), pending=len(pending) - len(sent))

    def _send(self, topic: str, event: Phase4Complete) -> str | None:
        try:
            failures = self._publisher.publish(topic, [event.to_message()])
        except (DependencyUnavailable, DependencyRejected) as error:
            return str(error)
        return failures[0].reason if failures else None

    def _row(self, event: Phase4Complete, state: str, topic: str, reason: str | None) -> Row:
        message = event.to_message()
        return {
            "game_date": event.game_date,
            "run_id": event.run_id,
            "state": state,
            "topic": topic,
            "body": message.data.decode(),
            "attributes": dict(message.attributes),
            "reason": reason,
            "created_at": self._clock.now(),
        }


def _event_of(row: Row) -> Phase4Complete:
    try:
        return Phase4Complete.model_validate_json(row["body"])
    except ValidationError as error:
        raise DataContractViolation(f"the stored event of run {row['run_id']} is unreadable") from error
