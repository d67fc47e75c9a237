"""Phase 5's coordinator over HTTP. Each route parses, calls one use case, looks its answer up."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta

from flask import Flask, Response, request

from predictions.coordinator.answers import Answer, answer_to
from predictions.coordinator.asking import Ask, Caller, Route
from predictions.coordinator.bodies import (
    GradingReport,
    NothingStarted,
    RetryStarted,
    SlateStatus,
    Started,
    WouldStart,
)
from predictions.coordinator.callers import Callers
from predictions.coordinator.console.routes import create_console
from predictions.coordinator.dead_letter_routes import create_routes
from predictions.coordinator.hold_routes import create_routes as create_hold_routes
from predictions.coordinator.phase3_routes import create_routes as create_phase3_routes
from predictions.coordinator.player_routes import create_routes as create_player_routes
from predictions.coordinator.refresh_routes import create_routes as create_refresh_routes
from predictions.coordinator.requests import (
    SCHEDULE_HEADER,
    GradedQuery,
    SlateQuery,
    SlateRequest,
    StatusQuery,
    read_ask,
    read_event,
    read_slate_query,
    read_status_query,
    scheduled_at,
)
from predictions.coordinator.visitors import Visitors, install_visitors
from predictions.coordinator.wiring import Coordinator
from shared.config import Settings
from shared.described import described
from shared.health import install_health
from shared.http import answer, install_edge, raw_body, read_body, read_push, read_query
from shared.logs import correlated, current_correlation_id
from shared.messages import Phase4Complete, PredictionReady
from shared.openapi import install_description
from shared.slate import slate_date


def create_app(
    coordinator: Coordinator,
    settings: Settings,
    callers: Callers,
    check: Callable[[], None],
    visitors: Visitors,
) -> Flask:
    """Make the coordinator's Flask app; `check` raises while the store cannot be used."""
    app = Flask("coordinator", static_folder=None)
    install_edge(app, settings.retry_after_seconds)
    install_visitors(app, visitors)
    install_health(app, check)
    install_description(app)
    clock = coordinator.clock
    app.register_blueprint(create_routes(coordinator, settings.retry_after_seconds))
    app.register_blueprint(create_phase3_routes(coordinator))
    app.register_blueprint(create_hold_routes(coordinator))
    app.register_blueprint(create_player_routes(coordinator))
    app.register_blueprint(create_refresh_routes(coordinator, callers))
    app.register_blueprint(create_console(coordinator, settings))

    def send(found: Answer) -> Response:
        headers = {"Retry_After": str(settings.retry_after_seconds)} if found.comes_again else {}
        return answer(found.body, found.status, **headers)

    @app.post("/trigger")
    @described(
        {200: (NothingStarted,), 202: (Started,), 204: (), 503: (NothingStarted,)}, opens=Phase4Complete
    )
    def trigger() -> Response:
        """Phase 4's completion event, pushed by Pub/Sub: the primary path."""
        event = read_event(read_push(), clock.now())
        if event is None:
            return answer({}, 204)
        with correlated(event.correlation_id or current_correlation_id()):
            ask = Ask(event.game_date, Route.TRIGGER, Caller.PUSH, "pubsub")
            return send(answer_to(ask, coordinator.question.ask(ask)))

    @app.post("/start")
    @described(
        {200: (NothingStarted,), 202: (Started,), 503: (NothingStarted,)},
        takes=SlateRequest,
        headers={SCHEDULE_HEADER: "When the scheduler meant to call; its wait is counted from then."},
    )
    def start() -> Response:
        """The scheduler's backup, which may wait for Phase 4, and people, who never wait."""
        ask = read_ask(Route.START, callers.caller(request.headers), slate_date(clock.now()))
        if ask.waits:
            return send(answer_to(ask, coordinator.patient_question.ask(ask, scheduled_at())))
        return send(answer_to(ask, coordinator.question.ask(ask)))

    @app.post("/retry")
    @described({200: (NothingStarted,), 202: (RetryStarted,), 503: (NothingStarted,)}, takes=SlateRequest)
    def retry() -> Response:
        """Whoever is ready now and still has no forecast; also the deadline's own clock."""
        ask = read_ask(Route.RETRY, callers.caller(request.headers), slate_date(clock.now()))
        return send(answer_to(ask, coordinator.question.ask(ask)))

    @app.get("/status")
    @described({200: (SlateStatus,), 503: (SlateStatus,)}, query=StatusQuery, comes_again=False)
    def status() -> Response:
        """Where the slate stands; with check=sla, 503 if the deadline was missed."""
        game_date, checks_sla = read_status_query(request.args, slate_date(clock.now()))
        if not checks_sla:
            return answer(coordinator.status.report(game_date))
        is_kept, body = coordinator.status.check_sla(game_date)
        return answer(body, 200 if is_kept else 503)

    @app.get("/plan")
    @described({200: (WouldStart, NothingStarted), 503: (NothingStarted,)}, query=SlateQuery)
    def plan() -> Response:
        """What a start would do now, without doing it."""
        game_date = read_slate_query(request.args, slate_date(clock.now()))
        ask = Ask(game_date, Route.START, Caller.PERSON, "plan")
        return send(answer_to(ask, coordinator.question.plan(ask)))

    def yesterday() -> date:
        return slate_date(clock.now()) - timedelta(days=1)

    @app.post("/grade")
    @described({200: (GradingReport,)}, takes=GradedQuery)
    def grade() -> Response:
        """Compare the forecasts with the box scores, and alert if a system has drifted."""
        last = read_body(GradedQuery).game_date or yesterday()
        return answer(asdict(coordinator.grading.grade(last)))

    @app.get("/accuracy")
    @described({200: (GradingReport,)}, query=GradedQuery)
    def accuracy() -> Response:
        """How the forecasts of past slates compare with the box scores, without alerting anybody."""
        last = read_query(GradedQuery, request.args).game_date or yesterday()
        return answer(asdict(coordinator.grading.report(last)))

    @app.post("/complete")
    @described({204: ()}, opens=PredictionReady)
    def complete() -> Response:
        """A worker's announcement; the last one finishes the batch, once."""
        ready = PredictionReady.parse(read_push())
        with correlated(ready.correlation_id or current_correlation_id()):
            coordinator.tracker.on_outcomes(ready.game_date)
        return answer({}, 204)

    @app.post("/dead-letter")
    @described({204: ()}, takes_anything=True)
    def dead_letter() -> Response:
        """A message that was given up: stored, mended, alerted; never refused for its content."""
        coordinator.dead_letters.take(raw_body())
        return answer({}, 204)

    return app
