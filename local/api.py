"""What only the embedded stack offers, under /local: loading data and reading forecasts."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from flask import Flask, Response, request
from pydantic import BaseModel, ConfigDict, Field

from local.loading import load_lines, load_logs, load_sample, load_slate_from_logs
from shared.clock import Clock
from shared.errors import InvalidRequest
from shared.http import answer, install_edge, read_body
from shared.messages import GameDate
from shared.ports import Warehouse
from shared.slate import parse_game_date
from shared.statements import load_statement


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SlateBody(_Body):
    """Which slate to load: from box scores that are there, or a sample of `players`."""

    game_date: GameDate
    players: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class LogsBody(_Body):
    """Files of box scores on this machine."""

    paths: list[Path]


class LinesBody(_Body):
    """A file of points lines on this machine; without a date, for every slate it covers."""

    path: Path
    game_date: GameDate | None = None


def create_app(
    warehouse: Warehouse,
    clock: Clock,
    retry_after_seconds: int,
    pending: Callable[[], dict[str, int]],
) -> Flask:
    """Make the app; it must answer on loopback only."""
    app = Flask("local")
    install_edge(app, retry_after_seconds)

    @app.post("/slate")
    def slate() -> Response:
        body = read_body(SlateBody)
        if body.players is not None:
            load_sample(warehouse, body.game_date, body.players, clock)
            return answer({"game_date": body.game_date, "players": body.players})
        loaded = load_slate_from_logs(warehouse, body.game_date, clock)
        return answer({"game_date": body.game_date, "players": loaded})

    @app.post("/logs")
    def logs() -> Response:
        return answer(load_logs(warehouse, read_body(LogsBody).paths, clock).as_dict())

    @app.post("/lines")
    def lines() -> Response:
        body = read_body(LinesBody)
        return answer(load_lines(warehouse, body.path, body.game_date, clock).as_dict())

    @app.get("/forecasts")
    def forecasts() -> Response:
        game_date = _game_date()
        rows = warehouse.query(load_statement("local", "forecasts"), game_date=game_date)
        twice = warehouse.query(load_statement("local", "duplicate_keys"), game_date=game_date)
        return answer({"forecasts": rows, "duplicate_keys": twice[0]["duplicate_keys"]})

    @app.get("/phase3")
    def phase3() -> Response:
        day = _game_date()
        games = warehouse.query(load_statement("local", "box_scores_before"), game_date=day)
        slate = warehouse.query(load_statement("local", "slate_rows"), first_date=day, last_date=day)
        return answer({"box_scores": games, "slate": slate})

    @app.get("/bus")
    def bus() -> Response:
        return answer({"pending": pending()})

    return app


def _game_date() -> object:
    try:
        return parse_game_date(request.args.get("game_date"))
    except ValueError as error:
        raise InvalidRequest("game_date", str(error)) from error
