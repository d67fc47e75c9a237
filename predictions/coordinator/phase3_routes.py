"""A slate's inputs over HTTP, for whoever takes them somewhere else: an export, a replay."""

from flask import Blueprint, Response, request

from predictions.coordinator.bodies import Phase3Rows
from predictions.coordinator.requests import SlateQuery, read_slate_query
from predictions.coordinator.wiring import Coordinator
from shared.described import described
from shared.http import answer
from shared.slate import slate_date


def create_routes(coordinator: Coordinator) -> Blueprint:
    """Make the route. Without a date it is about today's slate."""
    routes = Blueprint("phase3", __name__)

    @routes.get("/phase3")
    @described({200: (Phase3Rows,)}, query=SlateQuery)
    def phase3() -> Response:
        """The rows that Phase 4 computes a slate from, and the forecasts that stand on it."""
        game_date = read_slate_query(request.args, slate_date(coordinator.clock.now()))
        return answer(coordinator.phase3.read(game_date))

    return routes
