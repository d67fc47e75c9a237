"""Who may call which route: one table a service, and the guard that holds every request to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain
from typing import Protocol

from flask import Flask, g, request
from structlog.contextvars import bind_contextvars
from werkzeug.datastructures import Headers

from shared.config import Settings
from shared.errors import Forbidden, Unauthenticated
from shared.iap import ASSERTION_HEADER

MAX_AUTHORIZATION_CHARACTERS = 8192
CONSOLE = "/console"
ON_LOOPBACK = "local operator"
OPEN_ROUTES = frozenset({"/health", "/ready"})  # the platform's probes carry no token
_EXTENSION = "allowed"
# Three parts of base64url and nothing else: two headers, which a server joins with a comma, do not fit.
_BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)")


def is_visited(rule: str) -> bool:
    """Say whether a route is a page of the console, which asks by itself who visits."""
    return rule == CONSOLE or rule.startswith(f"{CONSOLE}/")


class Verifier(Protocol):
    """Knows whom a token stands for."""

    def verify(self, token: str) -> str:
        """Return the caller's e-mail address; raise Unauthenticated, or DependencyUnavailable."""


class Role(StrEnum):
    """Who calls: what the settings name identities for."""

    OPERATOR = "operator"
    PUSH = "push"
    SCHEDULER = "scheduler"
    PHASE3 = "phase3"


Roles = Mapping[str, tuple[Role, ...]]

COORDINATOR: Roles = {
    "/trigger": (Role.PUSH,),
    "/complete": (Role.PUSH,),
    "/dead-letter": (Role.PUSH,),
    "/start": (Role.SCHEDULER,),
    "/retry": (Role.SCHEDULER,),
    "/status": (Role.SCHEDULER,),
    "/grade": (Role.SCHEDULER,),
    "/refresh": (Role.SCHEDULER,),
}
WORKER: Roles = {"/predict": (Role.PUSH,)}
PRECOMPUTE: Roles = {
    "/process": (Role.PHASE3, Role.SCHEDULER),
    "/republish": (Role.PHASE3,),
    "/refresh": (Role.PUSH,),
}


@dataclass(frozen=True)
class Allowed:
    """Which identities may call which routes. Operators may call all, and alone what has no row.

    Routes at and under `visited` have a guard of their own, which also knows people that no token names.
    """

    operators: frozenset[str]
    routes: Mapping[str, frozenset[str]]
    roles: Roles = field(default_factory=dict)
    visited: str = ""

    def admits(self, caller: str, route: str) -> bool:
        """Say whether this identity (an e-mail address, compared to the letter) may call this route."""
        return caller in self.operators or caller in self.routes.get(route, frozenset())

    def leaves_to_visitors(self, rule: str) -> bool:
        """Say whether this route, which must exist, is guarded elsewhere."""
        return self.visited != "" and (rule == self.visited or rule.startswith(f"{self.visited}/"))


def coordinator_routes(settings: Settings) -> Allowed:
    """Return who may call the coordinator; its console asks by itself who visits."""
    return replace(_allowed(settings, COORDINATOR), visited=CONSOLE)


def worker_routes(settings: Settings) -> Allowed:
    """Return who may call the worker."""
    return _allowed(settings, WORKER)


def precompute_routes(settings: Settings) -> Allowed:
    """Return who may call Phase 4: the phase before it, and a schedule in that phase's place."""
    return _allowed(settings, PRECOMPUTE)


def _allowed(settings: Settings, roles: Roles) -> Allowed:
    identities = {
        Role.PUSH: settings.push_identities,
        Role.SCHEDULER: settings.scheduler_identities,
        Role.PHASE3: settings.phase3_identities,
    }
    return Allowed(
        operators=frozenset(settings.operator_identities),
        routes={
            route: frozenset(chain.from_iterable(identities[role] for role in named))
            for route, named in roles.items()
        },
        roles=roles,
    )


def install_access(app: Flask, verifier: Verifier, allowed: Allowed) -> None:
    """Refuse every request that is not allowed, before its body is read and before anything is looked up.

    Comes after `install_edge`. Whoever is let in stands on every log line as `caller`; a path that does
    not exist is a route without a row, so that probing tells nothing.
    """

    app.extensions[_EXTENSION] = allowed

    @app.before_request
    def guard() -> None:
        route = request.url_rule.rule if request.url_rule else request.path
        if route in OPEN_ROUTES or (request.url_rule and allowed.leaves_to_visitors(route)):
            return
        caller = verifier.verify(read_bearer(request.headers))
        bind_contextvars(caller=caller)
        if not allowed.admits(caller, route):
            raise Forbidden("this identity may not call this route")
        g.caller = caller


def roles_of(app: Flask, route: str) -> tuple[Role, ...] | None:
    """Return who may call a route of this app, or None if the app has no guard."""
    allowed: Allowed | None = app.extensions.get(_EXTENSION)
    return None if allowed is None else (Role.OPERATOR, *allowed.roles.get(route, ()))


def verified_caller() -> str:
    """Return who is calling, proved; raise Unauthenticated where no guard has asked."""
    caller = g.get("caller")
    if caller is None:
        raise Unauthenticated("nobody has verified who is calling")
    return str(caller)


def caller_name() -> str:
    """Return whom to write down beside an action: who proved it, or whoever sits at the embedded stack."""
    return str(g.get("caller", ON_LOOPBACK))


def read_bearer(headers: Headers) -> str:
    """Return the token of the one Authorization header; raise Unauthenticated for anything else.

    With X-Serverless-Authorization there, Cloud Run verifies that one and hands Authorization on as it
    came: a caller could then write any token, and any identity, into it. So it is behind Identity-Aware
    Proxy, whose assertion counts for the console alone.
    """
    for name in ("X-Serverless-Authorization", ASSERTION_HEADER):
        if name in headers:
            raise Unauthenticated(f"{name} is not accepted")
    header = headers.get("Authorization", "")
    if not header:
        raise Unauthenticated("there is no token")
    if len(header) > MAX_AUTHORIZATION_CHARACTERS:
        raise Unauthenticated("the Authorization header is too long")
    found = _BEARER.fullmatch(header)
    if found is None:
        raise Unauthenticated("the Authorization header is not one bearer token")
    return found[1]
