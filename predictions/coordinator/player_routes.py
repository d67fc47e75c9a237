"""One player over HTTP, for people: explained, asked for again; and what is wrong with the installation."""

from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Blueprint, Response, request

from predictions.coordinator.player_bodies import Diagnosed, Explained, PlayerRequested
from predictions.coordinator.player_desk import Case, Requested
from predictions.coordinator.requests import PlayerQuery, PlayerRequest
from predictions.coordinator.wiring import Coordinator
from shared.access import caller_name
from shared.described import Refusal, described
from shared.http import answer, read_body, read_query
from shared.ports import Row
from shared.slate import slate_date


def create_routes(coordinator: Coordinator) -> Blueprint:
    """Make the routes. Without a date they are about today's slate."""
    routes = Blueprint("players", __name__)

    def day(asked: date | None) -> date:
        return asked or slate_date(coordinator.clock.now())

    @routes.get("/explain")
    @described({200: (Explained,), 404: (Refusal,)}, query=PlayerQuery)
    def explain() -> Response:
        """Why a player has a forecast, or none; 404 if nobody on the slate is called so."""
        asked = read_query(PlayerQuery, request.args)
        return answer(explained(coordinator.players.case(day(asked.game_date), asked.player)))

    @routes.post("/predict-player")
    @described(
        {202: (PlayerRequested,), 404: (Refusal,), 409: (Explained,)},
        takes=PlayerRequest,
        takes_required=True,
    )
    def predict_player() -> Response:
        """A forecast of one player, again, from what is known now; 409 if he cannot, or his slate is over."""
        asked = read_body(PlayerRequest)
        done = coordinator.players.predict(day(asked.game_date), asked.player, caller_name())
        if done.batch_id is None:
            return answer(explained(done.case), 409)
        return answer(requested(done), 202)

    @routes.get("/doctor")
    @described({200: (Diagnosed,)})
    def doctor() -> Response:
        """What is wrong with the installation, and what to type."""
        diagnosis = coordinator.doctor.diagnose()
        return answer({"checks": [asdict(check) for check in diagnosis.checks], "is_ok": diagnosis.is_ok})

    return routes


def explained(case: Case) -> dict[str, Any]:
    """Return what a person is told about a player."""
    return asdict(case.explanation) | {
        "game_date": case.game_date,
        "player_lookup": case.player_lookup,
        "player_name": case.player_name,
        "forecast": _forecast(case.row),
    }


def requested(done: Requested) -> dict[str, Any]:
    """Return what a person is told who has asked for a player."""
    case = done.case
    message = f"{case.player_name} is asked for in batch {done.batch_id}"
    if done.features_are_behind:
        message += (
            "; a status in his team has changed since his features: POST /refresh brings them up to date"
        )
    return {
        "game_date": case.game_date,
        "player_lookup": case.player_lookup,
        "batch_id": done.batch_id,
        "message": message,
        "features_are_behind": done.features_are_behind,
    }


def _forecast(row: Row | None) -> dict[str, Any] | None:
    if row is None or row["forecast_at"] is None:
        return None
    same = ("mean", "p10", "p50", "p90", "line", "p_over", "recommendation", "is_released", "batch_id")
    return {name: row[f"forecast_{name}"] for name in same} | {
        "system_id": row["forecast_system"],
        "is_current": row["forecast_input_id"] == row["input_id"],
        "created_at": row["forecast_at"],
    }
