"""Line moves and news over HTTP, for the scheduler and for people."""

from datetime import date

from flask import Blueprint, Response, request

from predictions.coordinator.answers import Answer, answer_to
from predictions.coordinator.bodies import Refreshed as RefreshedBody
from predictions.coordinator.callers import Callers
from predictions.coordinator.refreshing import SOURCE, Refreshed
from predictions.coordinator.requests import RefreshRequest
from predictions.coordinator.wiring import Coordinator
from shared.described import described
from shared.http import answer, read_body
from shared.slate import slate_date


def create_routes(coordinator: Coordinator, callers: Callers) -> Blueprint:
    """Make the route. Without a date it is about today's slate."""
    routes = Blueprint("refreshes", __name__)

    @routes.post("/refresh")
    @described({200: (RefreshedBody,), 202: (RefreshedBody,)}, takes=RefreshRequest)
    def refresh() -> Response:
        """Whose line or status has changed is forecast again, and his team-mates, until the day is over."""
        game_date = read_body(RefreshRequest).game_date or slate_date(coordinator.clock.now())
        done = coordinator.refreshes.refresh(game_date, callers.caller(request.headers))
        found = refreshed(done) if done else slate_over(game_date)
        return answer(found.body, found.status)

    return routes


def refreshed(done: Refreshed) -> Answer:
    """Return what is told of a refresh, with 202 if it has started a batch."""
    told = answer_to(done.ask, done.reply)
    acted = done.reply.acted
    changes = done.changes
    return Answer(
        202 if acted else 200,
        {
            "status": "started" if acted else "nothing_started",
            "lines_moved": changes.lines_moved,
            "statuses_changed": changes.statuses_changed,
            "ruled_out": list(changes.ruled_out),
            "phase4_asked": done.is_phase4_asked,
            "batch_id": acted.batch_id if acted else None,
            "players_requested": acted.published if acted else 0,
            "message": told.body.get("message") or _message(done),
            "game_date": done.ask.game_date,
            "trigger_source": done.ask.trigger_source,
        },
    )


def slate_over(game_date: date) -> Answer:
    """Return what is told of a slate whose day is over: nothing was looked for."""
    return Answer(
        200,
        {
            "status": "slate_over",
            "lines_moved": 0,
            "statuses_changed": 0,
            "ruled_out": [],
            "phase4_asked": False,
            "batch_id": None,
            "players_requested": 0,
            "message": "The day of the slate is over, and its forecasts are graded; nothing was looked for",
            "game_date": game_date,
            "trigger_source": SOURCE,
        },
    )


def _message(done: Refreshed) -> str:
    acted = done.reply.acted
    if acted is None or not acted.published:
        return "Nobody was requested"
    return f"{acted.published} requests were published"
