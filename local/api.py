"""What only the embedded stack offers, under /local: loading data and reading forecasts."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from flask import Flask, Response, request
from pydantic import BaseModel, ConfigDict, Field

from local.loading import load_lines, load_logs, load_sample, load_slate_from_logs
from local.news import create_routes
from shared.clock import Clock
from shared.described import Told, described
from shared.http import answer, install_edge, read_body, read_query
from shared.messages import Count, GameDate
from shared.openapi import install_description
from shared.ports import Warehouse
from shared.statements import load_statement


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SlateBody(_Body):
    """Which slate to load: from box scores that are there, or a sample of `players`."""

    game_date: GameDate
    players: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


FilePath = Annotated[str, Field(pattern=r"^[^\x00]+$")]  # a NUL ends a name for the system


class LogsBody(_Body):
    """Files of box scores on this machine."""

    paths: list[FilePath]


class LinesBody(_Body):
    """A file of points lines on this machine; without a date, for every slate it covers."""

    path: FilePath
    game_date: GameDate | None = None


class DayQuery(_Body):
    """Which slate is read."""

    game_date: GameDate


class LoadedSlate(Told):
    """How many players the slate has."""

    game_date: GameDate
    players: Count


class LoadedLogs(Told):
    """What was appended to the box scores."""

    rows: Count
    games: Count
    players: Count
    first_date: GameDate | None
    last_date: GameDate | None


class LoadedLines(Told):
    """What became of the file's quotes."""

    quotes: Count
    slates: Count
    players_with_line: Count
    newcomers: Count
    unmatched: Count
    without_slate: Count


class Forecasts(Told):
    """Rows of `forecasts.sql`; a key that stands twice is a fault."""

    forecasts: list[dict[str, Any]]
    duplicate_keys: Count


class Pending(Told):
    """Messages by subscription."""

    pending: dict[str, Count]


def create_app(
    warehouse: Warehouse,
    clock: Clock,
    retry_after_seconds: int,
    pending: Callable[[], dict[str, int]],
) -> Flask:
    """Make the app; it must answer on loopback only."""
    app = Flask("local", static_folder=None)
    install_edge(app, retry_after_seconds)
    install_description(app)
    app.register_blueprint(create_routes(warehouse, clock))

    @app.post("/slate")
    @described({200: (LoadedSlate,)}, takes=SlateBody, takes_required=True)
    def slate() -> Response:
        """Load a slate, in place of the one that is there."""
        body = read_body(SlateBody)
        if body.players is not None:
            load_sample(warehouse, body.game_date, body.players, clock)
            return answer({"game_date": body.game_date, "players": body.players})
        loaded = load_slate_from_logs(warehouse, body.game_date, clock)
        return answer({"game_date": body.game_date, "players": loaded})

    @app.post("/logs")
    @described({200: (LoadedLogs,)}, takes=LogsBody, takes_required=True)
    def logs() -> Response:
        """Append files of box scores."""
        return answer(load_logs(warehouse, list(map(Path, read_body(LogsBody).paths)), clock).as_dict())

    @app.post("/lines")
    @described({200: (LoadedLines,)}, takes=LinesBody, takes_required=True)
    def lines() -> Response:
        """Put a file's points lines on the slates that are loaded."""
        body = read_body(LinesBody)
        return answer(load_lines(warehouse, Path(body.path), body.game_date, clock).as_dict())

    @app.get("/forecasts")
    @described({200: (Forecasts,)}, query=DayQuery)
    def forecasts() -> Response:
        """The current forecasts of a slate, and the players who ended without one."""
        game_date = read_query(DayQuery, request.args).game_date
        rows = warehouse.query(load_statement("local", "forecasts"), game_date=game_date)
        twice = warehouse.query(load_statement("local", "duplicate_keys"), game_date=game_date)
        return answer({"forecasts": rows, "duplicate_keys": twice[0]["duplicate_keys"]})

    @app.get("/bus")
    @described({200: (Pending,)})
    def bus() -> Response:
        """How many messages each subscription still has to deliver."""
        return answer({"pending": pending()})

    return app
