"""The console's pages over HTTP. Each route reads, makes a view of it, and renders that."""

from datetime import date, timedelta
from importlib import resources
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.wrappers import Response as WerkzeugResponse

from predictions.coordinator.console import calibration, forecasts_page, player_page, season, told
from predictions.coordinator.console.accuracy_page import system_scores
from predictions.coordinator.console.actions import ACTIONS, ALL
from predictions.coordinator.console.edge import install_page_edge
from predictions.coordinator.console.orders import Action, Done, Order, read_order
from predictions.coordinator.console.reading import ACCURACY_DAYS
from predictions.coordinator.console.slate_page import SlatePage, Terms, slate_page
from predictions.coordinator.naming import plain
from predictions.coordinator.visitors import current_visitor
from predictions.coordinator.wiring import Coordinator
from shared.access import CONSOLE
from shared.config import Settings
from shared.errors import NotFound, SlateChanged
from shared.http import read_query
from shared.ids import digest
from shared.messages import GameDate
from shared.slate import FIRST_SLATE, LAST_SLATE, parse_game_date, slate_date

_FOLDER = "predictions.coordinator.console"
_LETTER_CHARACTERS = 20_000
_DAY = timedelta(days=1)
Answer = Response | WerkzeugResponse | str


class HomeQuery(BaseModel):
    """The query of /console: the slate to go to, today's without one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: GameDate | None = None


class SeasonQuery(BaseModel):
    """The query of /console/season: a season such as 2026-27, this one without it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    season: str = Field(default="", max_length=7)


def create_console(coordinator: Coordinator, settings: Settings) -> Blueprint:
    """Make the pages at and under /console. Who visits is asked before any of them is made."""
    routes = Blueprint(
        "console",
        _FOLDER,
        url_prefix=CONSOLE,
        static_folder="static",
        template_folder="templates",
    )
    install_page_edge(routes, settings.retry_after_seconds)
    clock, reader = coordinator.clock, coordinator.console
    headline_system = settings.headline_system
    version = _version()
    terms = Terms(
        gap=coordinator.policies.gap,
        deadline_eastern=coordinator.policies.deadline_eastern,
        patience=timedelta(seconds=settings.in_flight_seconds),
        runbook_url=settings.runbook_url,
    )

    def today() -> date:
        return slate_date(clock.now())

    @routes.context_processor
    def everywhere() -> dict[str, Any]:
        return {
            "version": version,
            "build": settings.build,
            "today": today(),
            "visitor": g.get("visitor"),
            "correlation_id": g.get("correlation_id", ""),
        }

    def render(name: str, game_date: date | None = None, **more: Any) -> str:
        around = _around(game_date) if game_date else {}
        return render_template(f"console/{name}.html", **around, **more)

    def page_of(game_date: date, is_whole: bool) -> SlatePage:
        reads = reader.slate(game_date) if is_whole else reader.live(game_date)
        return slate_page(reads, clock.now(), terms)

    @routes.get("")
    def home() -> Answer:
        """The slate of today, or of the date that the query names."""
        asked = read_query(HomeQuery, request.args).date
        return redirect(url_for("console.slate", day=asked or today()))

    @routes.get("/season")
    def season_page() -> Answer:
        """The slates of a season, coloured by how they ended."""
        name = read_query(SeasonQuery, request.args).season or season.season_of(today())
        rows = reader.season(*season.season_dates(name))
        return render("season", season=season.season(name, rows, today(), settings.deadline_eastern))

    @routes.get("/<day>")
    def slate(day: str) -> Answer:
        """Where a slate stands, and what to do."""
        game_date = _day(day)
        actions = [action for action in ALL if not action.about]
        return render(
            "slate", game_date, page=page_of(game_date, is_whole=True), actions=actions, notice=_notice()
        )

    @routes.get("/<day>/live")
    def live(day: str) -> Answer:
        """The part of a slate's page that changes by itself."""
        game_date = _day(day)
        return render("live", game_date, page=page_of(game_date, is_whole=False))

    @routes.get("/<day>/forecasts")
    def forecasts(day: str) -> Answer:
        """The slate's forecasts, sorted and filtered as the query says."""
        game_date, wish = _day(day), read_query(forecasts_page.Wish, request.args)
        table = forecasts_page.forecast_table(reader.forecasts(game_date), wish)
        return render("forecasts", game_date, table=table)

    @routes.get("/<day>/players/<player>")
    def player(day: str, player: str) -> Answer:
        """One player: why he has a forecast or none, all systems, what moved them, older forecasts."""
        game_date = _day(day)
        case = coordinator.players.case(game_date, player)
        found = reader.player(game_date, case.player_lookup)
        shown = found.seen_as(lambda rows: player_page.player_forecasts(rows, headline_system))
        return render("player", game_date, case=case, forecasts=shown, notice=_notice())

    @routes.get("/<day>/accuracy")
    def accuracy(day: str) -> Answer:
        """What came of the forecasts of the thirty days up to a slate."""
        game_date = _day(day)
        parts = reader.accuracy(game_date)
        return render(
            "accuracy",
            game_date,
            days=ACCURACY_DAYS,
            first_date=game_date - (ACCURACY_DAYS - 1) * _DAY,
            scores=parts["scores"].seen_as(lambda rows: system_scores(rows, headline_system)),
            calibrations=parts["calibration"].seen_as(
                lambda rows: calibration.calibrations(rows, headline_system)
            ),
        )

    @routes.get("/<day>/letters/<path:message_id>")
    def letter(day: str, message_id: str) -> Answer:
        """One dead letter, whole."""
        game_date = _day(day)
        found = coordinator.dead_letter_office.shown(game_date, message_id)
        return render("letter", game_date, letter=found, most=_LETTER_CHARACTERS, notice=_notice())

    @routes.get("/<day>/do/<name>")
    def confirm(day: str, name: str) -> Answer:
        """What an action would do, and its form."""
        action, order = _ordered(day, name)
        # Read first, so that whatever changes while the page is made is found when its form is sent.
        seen = reader.generation(order.game_date) if action.acts_on_slate else None
        said = action.confirm(coordinator, order)
        return render(
            "confirm", order.game_date, action=action, order=order, confirmation=said, generation=seen
        )

    @routes.post("/<day>/do/<name>")
    def carry_out(day: str, name: str) -> Answer:
        """Carry an action out, then show what it was about."""
        action, order = _ordered(day, name)
        return redirect(_back(action, order, done(action, order)), 303)

    def done(action: Action, order: Order) -> Done:
        if action.acts_on_slate and reader.generation(order.game_date) != order.generation:
            return Done("slate_changed")
        try:
            return action.carry_out(coordinator, order)
        except SlateChanged:
            return Done("slate_changed")

    @routes.route("/<path:anywhere>", methods=["GET", "POST"])
    def nowhere(anywhere: str) -> Answer:
        """Any other address."""
        raise NotFound("the console has no such page")

    return routes


def _version() -> str:
    """Return what the address of a static file ends with: another one once a file has changed."""
    files = sorted((resources.files(_FOLDER) / "static").iterdir(), key=lambda file: file.name)
    return digest(*(file.read_text("utf-8") for file in files))[:12]


def _day(text: str) -> date:
    try:
        return parse_game_date(text)
    except ValueError as error:
        raise NotFound(f"{text[:40]} is no slate: a slate {error}") from error


def _around(game_date: date) -> dict[str, Any]:
    return {
        "game_date": game_date,
        "previous": game_date - _DAY if game_date > FIRST_SLATE else None,
        "following": game_date + _DAY if game_date < LAST_SLATE else None,
    }


def _ordered(day: str, name: str) -> tuple[Action, Order]:
    """Return the action that an address names, and the order that it and a form make."""
    action = ACTIONS.get(name)
    if action is None:
        raise NotFound(f"there is no action {name[:40]}")
    return action, read_order(action, _day(day), current_visitor().name, request.args, request.form)


def _back(action: Action, order: Order, done: Done) -> str:
    """Return the address of what an action was about, with the code of what it came to."""
    query: dict[str, Any] = {"day": order.game_date, "notice": done.notice, "n": done.count or None}
    player = plain(done.player_lookup or order.about)  # as the address of his page can have it
    if action.about == "player" and player:
        return url_for("console.player", player=player, **query)
    if action.about == "message_id":
        return url_for("console.letter", message_id=order.about, **query)
    return url_for("console.slate", **query)


def _notice() -> tuple[str, str] | None:
    """Return what the address says of an action, None for what no action says."""
    written = request.args.get("n", "0")[:9]
    count = int(written) if written.isascii() and written.isdecimal() else 0
    return told.notice(request.args.get("notice", ""), count)
