"""What callers send: bodies, queries and headers, checked before anything else happens."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from flask import request
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat

from predictions.coordinator.asking import Ask, Caller, Route
from predictions.coordinator.letters import MOST_LETTERS
from shared.envelope import PushMessage
from shared.errors import InvalidMessage, InvalidRequest
from shared.http import read_body
from shared.logs import get_logger
from shared.messages import PHASE4_PROCESSOR, GameDate, Phase4Complete
from shared.slate import is_open_for_events, parse_game_date

_log = get_logger("coordinator")

Minutes = Annotated[StrictFloat, Field(ge=0, le=60, allow_inf_nan=False)]

MessageId = Annotated[str, Field(min_length=1, max_length=1024)]


class SlateRequest(BaseModel):
    """The optional body of /start and /retry."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    game_date: GameDate | None = None
    min_minutes: Minutes | None = None
    force: StrictBool = False
    trigger_source: Annotated[str, Field(min_length=1, max_length=64)] | None = None


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
    unknown = sorted(arguments.keys() - {"game_date", "check"})
    if unknown:
        raise InvalidRequest(unknown[0], "is not a parameter of /status")
    check = arguments.get("check")
    if check not in (None, "sla"):
        raise InvalidRequest("check", "must be sla")
    return _slate(arguments, today), check == "sla"


def read_slate_query(arguments: Mapping[str, str], today: date) -> date:
    """Read a query that names a slate and nothing else."""
    unknown = sorted(arguments.keys() - {"game_date"})
    if unknown:
        raise InvalidRequest(unknown[0], "is not a parameter of this route")
    return _slate(arguments, today)


def _slate(arguments: Mapping[str, str], today: date) -> date:
    try:
        return parse_game_date(arguments["game_date"]) if "game_date" in arguments else today
    except ValueError as error:
        raise InvalidRequest("game_date", str(error)) from error


def scheduled_at() -> datetime | None:
    """Return when Cloud Scheduler meant this call to be made; None if it does not say so."""
    text = request.headers.get("X-CloudScheduler-ScheduleTime", "")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
