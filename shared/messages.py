"""The messages of the pipeline: frozen, typed, one parser each; unreadable ones raise InvalidMessage."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)

from shared.envelope import PushMessage, first_fault
from shared.errors import InvalidMessage
from shared.outcomes import Outcome, Reason
from shared.ports import OutgoingMessage
from shared.slate import FIRST_SLATE, LAST_SLATE, parse_game_date

SCHEMA_VERSION = "1"
PHASE4_PROCESSOR = "ml_feature_store_v2"
COORDINATOR_PROCESSOR = "phase5_coordinator"
MOST_PLAYERS = 1000  # of a shard: what their outcomes are announced in has to fit into a message, too


class RunStatus(StrEnum):
    """How a run of Phase 4 ended, as run history and the event say it."""

    SUCCESS = "success"
    PARTIAL = "partial"
    FAILED = "failed"
    NO_GAMES = "no_games"


def _game_date(value: object) -> date:
    return value if type(value) is date else parse_game_date(value)


def _moment(value: object) -> object:
    is_written = isinstance(value, str) and _WITH_A_DATE.match(value)  # pydantic reads digits as seconds
    if not is_written and not isinstance(value, datetime):
        raise ValueError("must be a date and a time of ISO 8601")
    return value


_WITH_A_DATE = re.compile(r"\d{4}-\d{2}-\d{2}[T ]", re.ASCII)
Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_moment)]
_WRITTEN_DATE = {
    "type": "string",
    "format": "date",
    "pattern": "^20([23][0-9]|40)-[0-9]{2}-[0-9]{2}$",
    "description": f"A slate, YYYY-MM-DD, from {FIRST_SLATE} to {LAST_SLATE}.",
}
GameDate = Annotated[date, BeforeValidator(_game_date), WithJsonSchema(_WRITTEN_DATE)]
Count = Annotated[int, Field(ge=0)]
Name = Annotated[str, Field(max_length=256)]  # names travel as attributes, which end at 1,024 bytes


class Message(BaseModel):
    """A message that names its slate and the event that it goes back to."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, allow_inf_nan=False)

    game_date: GameDate
    correlation_id: Name = ""

    @classmethod
    def parse(cls, push: PushMessage) -> Self:
        """Read a delivery; raise InvalidMessage with the message id, the field and the reason."""
        try:
            return cls.model_validate_json(push.data)
        except ValidationError as error:
            raise InvalidMessage(first_fault(error), push.message_id) from error

    def outgoing(self, **attributes: str) -> OutgoingMessage:
        """Return what is published: the JSON text, and attributes that route without parsing it."""
        return OutgoingMessage(
            data=self.model_dump_json().encode(),
            attributes={
                "game_date": self.game_date.isoformat(),
                "correlation_id": self.correlation_id,
                "schema_version": SCHEMA_VERSION,
                **attributes,
            },
        )


class Phase4Complete(Message):
    """Phase 4 has committed the features of a slate and its run-history row."""

    event_type: Literal["phase4_complete"]
    processor: str = PHASE4_PROCESSOR
    status: RunStatus = RunStatus.SUCCESS
    players_processed: Count = 0
    players_ready: Count = 0
    players_failed: Count = 0
    timestamp: Moment | None = None
    run_id: Name | None = None

    def to_message(self) -> OutgoingMessage:
        """Return the event as it is published."""
        return self.outgoing(event_type=self.event_type, run_id=self.run_id or "")


class Phase4Refresh(Message):
    """The coordinator has seen news of a slate that its features do not know."""

    event_type: Literal["phase4_refresh"]

    def to_message(self) -> OutgoingMessage:
        """Return the wish as it is published."""
        return self.outgoing(event_type=self.event_type)


class PlayerRequest(BaseModel):
    """One player to be forecast, with all that a system needs; `features` fit the message's names."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    request_id: str
    input_id: str
    player_lookup: str
    player_id: str | None = None
    player_name: str
    game_id: str
    team: str
    opponent: str
    is_home: bool
    line: float | None = None
    line_offset: float = 0.0
    line_observed_at: datetime | None = None
    over_odds: float | None = None
    under_odds: float | None = None
    quality_score: float
    features: tuple[Any, ...]


class PredictionRequest(Message):
    """A shard: players of one batch who share a feature run; each of them gets his own outcome.

    Players stay unparsed here, so that one bad row costs one outcome and not the shard. `shadow_systems`
    are forecast and stored beside the others, and recommend nothing.
    """

    batch_id: Name
    feature_run_id: Name
    feature_run_started_at: Moment
    feature_version: str
    feature_names: tuple[str, ...]
    systems: tuple[str, ...]
    shadow_systems: tuple[Name, ...] = ()
    players: Annotated[tuple[dict[str, Any], ...], Field(max_length=MOST_PLAYERS)]

    def to_message(self) -> OutgoingMessage:
        """Return the shard as it is published."""
        return self.outgoing(batch_id=self.batch_id)


class PlayerOutcome(BaseModel):
    """How one request ended."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    request_id: str
    player_lookup: str
    outcome: Outcome
    reason: Reason | None = None


class PredictionReady(Message):
    """A worker has durably written the forecasts and outcomes of a shard."""

    batch_id: Name
    outcomes: tuple[PlayerOutcome, ...]

    def to_message(self) -> OutgoingMessage:
        """Return the announcement as it is published."""
        return self.outgoing(batch_id=self.batch_id)
