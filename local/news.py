"""News about one player, to try things out: a newer row of his on the slate, as Phase 3 would write it."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from flask import Blueprint, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from local.loading import SLATES
from predictions.coordinator.naming import find_player
from shared.clock import Clock
from shared.described import Refusal, Told, described
from shared.errors import NotFound
from shared.http import answer, read_body
from shared.messages import GameDate
from shared.ports import Row, Warehouse
from shared.slate import slate_date
from shared.statements import load_statement

Status = Literal["ACTIVE", "PROBABLE", "QUESTIONABLE", "DOUBTFUL", "OUT"]
Line = Annotated[float, Field(ge=0, le=200, allow_inf_nan=False)]


class NewsBody(BaseModel):
    """Whom the news are about, by name or lookup, and what is new of him; the rest stays as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    game_date: GameDate | None = None
    player: Annotated[str, Field(min_length=1, max_length=100)]
    status: Status | None = None
    line: Line | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "NewsBody":
        if self.status is None and self.line is None:
            raise ValueError("give a status, a line, or both")
        return self


class ToldNews(Told):
    """How the player stands on the slate now."""

    game_date: GameDate
    player_lookup: str
    player_name: str
    status: Status
    line: float | None


@dataclass(frozen=True)
class News:
    """What is new of a player; None is what stays."""

    player: str
    status: str | None = None
    line: float | None = None


def tell_news(warehouse: Warehouse, game_date: date, news: News, clock: Clock) -> Row:
    """Append a newer row of the player and return it.

    Raises NotFound if the slate is empty, and as `find_player`.
    """
    rows = warehouse.query(load_statement("local", "slate_rows"), first_date=game_date, last_date=game_date)
    if not rows:
        raise NotFound(f"nobody is on the slate of {game_date}; load it first")
    now = clock.now()
    row = find_player(rows, news.player) | {"observed_at": now}
    if news.status is not None:
        row |= {"status": news.status}
    if news.line is not None:
        row |= {"line": news.line, "line_observed_at": now}
    warehouse.append(SLATES, [row])
    return row


def create_routes(warehouse: Warehouse, clock: Clock) -> Blueprint:
    """Make the route. Without a date it is about today's slate."""
    routes = Blueprint("news", __name__)

    @routes.post("/news")
    @described({200: (ToldNews,), 404: (Refusal,)}, takes=NewsBody, takes_required=True)
    def news() -> Response:
        """Change what is known of one player of a slate: his status, his line, or both."""
        body = read_body(NewsBody)
        game_date = body.game_date or slate_date(clock.now())
        row = tell_news(warehouse, game_date, News(body.player, body.status, body.line), clock)
        return answer({name: row[name] for name in ToldNews.model_fields})

    return routes
