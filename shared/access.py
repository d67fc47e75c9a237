"""Who may call which route: one table a service, and the guard that holds every request to it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from flask import Flask, g, request
from structlog.contextvars import bind_contextvars
from werkzeug.datastructures import Headers

from shared.config import Settings
from shared.errors import Forbidden, Unauthenticated

MAX_AUTHORIZATION_CHARACTERS = 8192
OPEN_ROUTES = frozenset({"/health", "/ready"})  # the platform's probes carry no token
# Three parts of base64url and nothing else: two headers, which a server joins with a comma, do not fit.
_BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)")


class Verifier(Protocol):
    """Knows whom a token stands for."""

    def verify(self, token: str) -> str:
        """Return the caller's e-mail address; raise Unauthenticated, or DependencyUnavailable."""


@dataclass(frozen=True)
class Allowed:
    """Which identities may call which routes. Operators may call all, and alone what has no row."""

    operators: frozenset[str]
    routes: Mapping[str, frozenset[str]]

    def admits(self, caller: str, route: str) -> bool:
        """Say whether this identity (an e-mail address, compared to the letter) may call this route."""
        return caller in self.operators or caller in self.routes.get(route, frozenset())


def coordinator_routes(settings: Settings) -> Allowed:
    """Return who may call the coordinator."""
    push, scheduler = settings.push_identities, settings.scheduler_identities
    return _allowed(
        settings,
        {
            "/trigger": push,
            "/complete": push,
            "/dead-letter": push,
            "/start": scheduler,
            "/retry": scheduler,
            "/status": scheduler,
            "/plan": (),
            "/dead-letters": (),
            "/dead-letters/<message_id>": (),
            "/dead-letters/replay": (),
            "/dead-letters/discard": (),
        },
    )


def worker_routes(settings: Settings) -> Allowed:
    """Return who may call the worker."""
    return _allowed(settings, {"/predict": settings.push_identities})


def precompute_routes(settings: Settings) -> Allowed:
    """Return who may call Phase 4: the phase before it, and a schedule in that phase's place."""
    phase3 = settings.phase3_identities
    return _allowed(settings, {"/process": (*phase3, *settings.scheduler_identities), "/republish": phase3})


def _allowed(settings: Settings, routes: Mapping[str, Iterable[str]]) -> Allowed:
    return Allowed(
        operators=frozenset(settings.operator_identities),
        routes={route: frozenset(identities) for route, identities in routes.items()},
    )


def install_access(app: Flask, verifier: Verifier, allowed: Allowed) -> None:
    """Refuse every request that is not allowed, before its body is read and before anything is looked up.

    Comes after `install_edge`. Whoever is let in stands on every log line as `caller`; a path that does
    not exist is a route without a row, so that probing tells nothing.
    """

    @app.before_request
    def guard() -> None:
        route = request.url_rule.rule if request.url_rule else request.path
        if route in OPEN_ROUTES:
            return
        caller = verifier.verify(read_bearer(request.headers))
        bind_contextvars(caller=caller)
        if not allowed.admits(caller, route):
            raise Forbidden("this identity may not call this route")
        g.caller = caller


def verified_caller() -> str:
    """Return who is calling, proved; raise Unauthenticated where no guard has asked."""
    caller = g.get("caller")
    if caller is None:
        raise Unauthenticated("nobody has verified who is calling")
    return str(caller)


def read_bearer(headers: Headers) -> str:
    """Return the token of the one Authorization header; raise Unauthenticated for anything else.

    With X-Serverless-Authorization there, Cloud Run verifies that one and hands Authorization on as it
    came: a caller could then write any token, and any identity, into it.
    """
    if "X-Serverless-Authorization" in headers:
        raise Unauthenticated("X-Serverless-Authorization is not accepted")
    header = headers.get("Authorization", "")
    if not header:
        raise Unauthenticated("there is no token")
    if len(header) > MAX_AUTHORIZATION_CHARACTERS:
        raise Unauthenticated("the Authorization header is too long")
    found = _BEARER.fullmatch(header)
    if found is None:
        raise Unauthenticated("the Authorization header is not one bearer token")
    return found[1]
