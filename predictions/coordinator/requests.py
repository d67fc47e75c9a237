"""What callers send: bodies, queries and headers, checked before anything else happens."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal

from flask import request
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat

from predictions.coordinator.asking import Ask, Caller, Route
from predictions.coordinator.letters import MOST_LETTERS
from shared.envelope import PushMessage
from shared.errors import InvalidMessage
from shared.http import read_body, read_query
from shared.logs import get_logger
from shared.messages import PHASE4_PROCESSOR, GameDate, Phase4Complete
from shared.slate import is_open_for_events

_log = get_logger("coordinator")

SCHEDULE_HEADER = "X-CloudScheduler-ScheduleTime"

Minutes = Annotated[StrictFloat, Field(ge=0, le=60, allow_inf_nan=False)]

MessageId = Annotated[str, Field(min_length=1, max_length=1024)]


class SlateQuery(BaseModel):
    """A query that names a slate; without one it is about today's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    game_date: GameDate | None = None


class GradedQuery(BaseModel):
    """A query or a body that names the last slate that counts; without one it is yesterday's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    game_date: GameDate | None = None


class StatusQuery(SlateQuery):
    """The query of /status; `check` asks whether the deadline is kept."""

    check: Literal["sla"] | None = None


PlayerName = Annotated[str, Field(min_length=1, max_length=100)]


class PlayerQuery(SlateQuery):
    """Which player of a slate: by his player_lookup or his name, whatever its case and accents."""

    player: PlayerName


class PlayerRequest(BaseModel):
    """The body of /predict-player."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    game_date: GameDate | None = None
    player: PlayerName


class SlateRequest(BaseModel):
    """The optional body of /start and /retry."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    game_date: GameDate | None = None
    min_minutes: Minutes | None = None
    force: StrictBool = False
    trigger_source: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class RefreshRequest(BaseModel):
    """The optional body of /refresh."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    game_date: GameDate | None = None


class HoldRequest(BaseModel):
    """The optional body of /pause, /cancel and /resume; the reason is shown to whoever asks meanwhile."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    game_date: GameDate | None = None
    reason: Annotated[str, Field(min_length=1, max_length=300)] | None = None


class LettersRequest(BaseModel):
    """Which dead letters of a slate a POST is about. One that was dealt with needs force."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    game_date: GameDate | None = None
    message_ids: Annotated[tuple[MessageId, ...], Field(min_length=1, max_length=MOST_LETTERS)]
    force: StrictBool = False


def read_ask(route: Route, caller: Caller, today: date) -> Ask:
    """Read the question that a POST asks; raise InvalidRequest naming the field."""
    body = read_body(SlateRequest)
    return Ask(
        game_date=body.game_date or today,
        route=route,
        caller=caller,
        trigger_source=_trigger_source(route, caller, body.trigger_source),
        force=body.force,
        min_minutes=body.min_minutes,
        waits=route is Route.START and caller is Caller.SCHEDULER,
    )


def _trigger_source(route: Route, caller: Caller, named: str | None) -> str:
    if route is Route.RETRY:
        return named or "retry"
    return "scheduler_backup" if caller is Caller.SCHEDULER else named or "manual"


def read_event(push: PushMessage, now: datetime) -> Phase4Complete | None:
    """Read Phase 4's event, or return None for an event that is not about a slate we could start.

    Raises InvalidMessage for anything unreadable.
    """
    kind = push.json_object().get("event_type")
    if not isinstance(kind, str):
        raise InvalidMessage("event_type: a text is required", push.message_id)
    if kind != "phase4_complete":
        _log_skip("another_event", push, event_type=kind)
        return None
    event = Phase4Complete.parse(push)
    if event.processor != PHASE4_PROCESSOR:
        _log_skip("another_processor", push, processor=event.processor)
        return None
    if not is_open_for_events(event.game_date, now):
        _log_skip("another_day", push, game_date=event.game_date.isoformat())
        return None
    return event


def _log_skip(reason: str, push: PushMessage, **fields: str) -> None:
    """Log each event that is let go; the log-based metric counts these lines by reason."""
    _log.warning(
        "an event was let go",
        event_name="event_skipped",
        reason=reason,
        message_id=push.message_id,
        **fields,
    )


def read_status_query(arguments: Mapping[str, str], today: date) -> tuple[date, bool]:
    """Read the query of /status: the slate, and whether the deadline is to be checked."""
    query = read_query(StatusQuery, arguments)
    return query.game_date or today, query.check == "sla"


def read_slate_query(arguments: Mapping[str, str], today: date) -> date:
    """Read a query that names a slate and nothing else."""
    return read_query(SlateQuery, arguments).game_date or today


def scheduled_at() -> datetime | None:
    """Return when Cloud Scheduler meant this call to be made; None if it does not say so."""
    text = request.headers.get(SCHEDULE_HEADER, "")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
