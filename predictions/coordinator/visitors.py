"""Who looks at the console, and may he act? Decided before any page at or under /console is made."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from flask import Flask, g, request
from structlog.contextvars import bind_contextvars
from werkzeug.wrappers import Request

from shared.access import ON_LOOPBACK, Verifier, is_visited, read_bearer
from shared.errors import Forbidden, Unauthenticated
from shared.iap import has_assertion, read_assertion
from shared.own_pages import SAFE_METHODS, is_loopback, is_page_of, names_loopback

_FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host")


@dataclass(frozen=True)
class Visitor:
    """Somebody who may look; an operator may act too. `name` is what is written down beside an action."""

    name: str
    is_operator: bool


class Visitors(Protocol):
    """Tells who is there."""

    def visitor(self, request: Request) -> Visitor:
        """Return who asks for a page; raise Unauthenticated or Forbidden for who may not see it."""


class LoopbackVisitors:
    """For the embedded stack: whoever sits at this machine is its operator.

    The address alone is not enough. A page from elsewhere may bind its own name to 127.0.0.1, so the host
    that the browser means to talk to must be this machine too; and what a proxy hands on began elsewhere.
    """

    def visitor(self, request: Request) -> Visitor:
        is_here = is_loopback(request.remote_addr or "")
        if not (is_here and names_loopback(request.headers.get("Host", ""))):
            raise Forbidden("the console of the embedded stack is open on loopback only")
        if any(name in request.headers for name in _FORWARDING):
            raise Forbidden("the console of the embedded stack takes no request that was forwarded")
        return Visitor(ON_LOOPBACK, is_operator=True)


class VerifiedVisitors:
    """For the cloud: whoever Identity-Aware Proxy vouches for may look, and operators may act.

    An assertion that is there decides, whatever else the request brings. Without one an operator's bearer
    token counts as on every other route. `assertions` is None where no audience is configured: then the
    proxy vouches for nobody.
    """

    def __init__(self, assertions: Verifier | None, tokens: Verifier, operators: Collection[str]) -> None:
        self._assertions = assertions
        self._tokens = tokens
        self._operators = frozenset(operators)

    def visitor(self, request: Request) -> Visitor:
        if has_assertion(request.headers):
            return self._let_in(read_assertion(request.headers))
        name = self._tokens.verify(read_bearer(request.headers))
        if name not in self._operators:
            raise Forbidden("this identity may not see the console")
        return Visitor(name, is_operator=True)

    def _let_in(self, assertion: str) -> Visitor:
        if self._assertions is None:
            raise Unauthenticated("IAP_AUDIENCE is not set, so no assertion is accepted")
        name = self._assertions.verify(assertion)
        return Visitor(name, is_operator=name in self._operators)


def install_visitors(app: Flask, visitors: Visitors) -> None:
    """Ask on every route of the console who is there; what changes anything needs an operator.

    And it needs a form of the console itself: a page from elsewhere could have a visitor's browser send one,
    with all that proves who he is. Whoever is let in stands on every log line as `caller`.
    """

    @app.before_request
    def guard() -> None:
        if request.url_rule is None or not is_visited(request.url_rule.rule):
            return
        visitor = visitors.visitor(request)
        bind_contextvars(caller=visitor.name)
        if request.method not in SAFE_METHODS:
            _require_operator(visitor)
            _require_own_page(request)
        g.visitor = visitor


def current_visitor() -> Visitor:
    """Return who is visiting; raise Unauthenticated where no guard has asked."""
    visitor = g.get("visitor")
    if not isinstance(visitor, Visitor):
        raise Unauthenticated("nobody has asked who is visiting")
    return visitor


def _require_operator(visitor: Visitor) -> None:
    if not visitor.is_operator:
        raise Forbidden("this visitor may look and not act")


def _require_own_page(request: Request) -> None:
    """Raise Forbidden unless the browser says that a page of this host sends this.

    Sec-Fetch-Site says so by itself; a browser that does not send it, or was told to by the person alone,
    must name this host as the origin.
    """
    site = request.headers.get("Sec-Fetch-Site", "none")
    is_here = is_page_of(request.headers.get("Host", ""), request.headers.get("Origin", ""))
    if site != "same-origin" and not (site == "none" and is_here):
        raise Forbidden("the form was not sent from a page of the console")
