"""Which browsers may use the embedded stack: those whose page is this stack's own, on this machine.

The stack asks nobody who he is, since whoever reaches loopback sits here. But so does his browser, and any
page on the web can have it send a request, or bind a name of its own to 127.0.0.1.
"""

from collections.abc import Callable, Iterable
from typing import Any

from local.refusal import Application, refuse
from shared.logs import get_logger
from shared.own_pages import SAFE_METHODS, is_page_of, names_loopback

_OWN_SITES = frozenset({"same-origin", "none"})  # none: the person himself
_log = get_logger("same_origin")


class SameOriginGate:
    """WSGI middleware that answers 403 to what a page from elsewhere has a browser send."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        fault = fault_of(environ)
        if not fault:
            return self._app(environ, start_response)
        _log.warning("a request from elsewhere was refused", event_name="refused", reason=fault)
        return refuse(start_response, "403 Forbidden", fault)


def fault_of(environ: dict[str, Any]) -> str:
    """Return why a request is refused, empty if it is not.

    Its Host must name this machine. What may change anything must not come from another page: a browser says
    so by Origin and Sec-Fetch-Site, and who sends neither is no browser.
    """
    host, origin = environ.get("HTTP_HOST", ""), environ.get("HTTP_ORIGIN")
    if not names_loopback(host):
        return "the embedded stack answers on loopback only: call it by localhost or 127.0.0.1"
    if environ["REQUEST_METHOD"] in SAFE_METHODS:
        return ""
    is_from_here = origin is None or is_page_of(host, origin)
    if is_from_here and environ.get("HTTP_SEC_FETCH_SITE", "none") in _OWN_SITES:
        return ""
    return "a page from elsewhere may change nothing on the embedded stack"
