"""Holding a slate over HTTP, for people: paused, cancelled, resumed."""

from typing import Any

from flask import Blueprint, Response, g

from predictions.coordinator.answers import answer_to
from predictions.coordinator.bodies import Held as HeldBody
from predictions.coordinator.bodies import Resumed
from predictions.coordinator.holding import Held, Verb
from predictions.coordinator.requests import HoldRequest
from predictions.coordinator.wiring import Coordinator
from shared.described import described
from shared.http import answer, read_body
from shared.slate import slate_date

_ON_LOOPBACK = "local operator"


def create_routes(coordinator: Coordinator) -> Blueprint:
    """Make the routes. Without a date they are about today's slate."""
    routes = Blueprint("holds", __name__)

    def carried_out(verb: Verb) -> Held:
        asked = read_body(HoldRequest)
        game_date = asked.game_date or slate_date(coordinator.clock.now())
        return verb(game_date, asked.reason, g.get("caller", _ON_LOOPBACK))

    @routes.post("/pause")
    @described({200: (HeldBody,)}, takes=HoldRequest)
    def pause() -> Response:
        """Let nobody start anything on a slate; what is in flight may finish."""
        return answer(held_body(carried_out(coordinator.holds.pause)))

    @routes.post("/cancel")
    @described({200: (HeldBody,)}, takes=HoldRequest)
    def cancel() -> Response:
        """Call a slate off: nobody is wanted, and its deadline alerts nobody."""
        return answer(held_body(carried_out(coordinator.holds.cancel)))

    @routes.post("/resume")
    @described({200: (Resumed,)}, takes=HoldRequest)
    def resume() -> Response:
        """Release a held slate, and start what is wanted now."""
        held = carried_out(coordinator.holds.resume)
        started = answer_to(held.asked, held.reply).body if held.asked and held.reply else None
        return answer(held_body(held) | {"started": started})

    return routes


def held_body(held: Held) -> dict[str, Any]:
    """Return what a person is told about how a slate is held."""
    snapshot = held.snapshot
    return {
        "game_date": snapshot.game_date,
        "hold": snapshot.hold,
        "reason": snapshot.hold_reason,
        "held_by": snapshot.held_by,
        "changed": held.has_changed,
        "message": _message(held),
    }


def _message(held: Held) -> str:
    hold = held.snapshot.hold
    if held.unanswered:
        return f"The slate is resumed, but nothing was started ({held.unanswered}); ask with /start"
    if hold is None:
        return "The slate is resumed" if held.has_changed else "The slate is not held"
    now = "now" if held.has_changed else "already"
    until = "nothing is started" if hold == "paused" else "nobody is wanted"
    return f"The slate is {now} {hold}; {until} until /resume"
