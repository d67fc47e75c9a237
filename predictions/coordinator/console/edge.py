"""What every answer of the console has in common: headers, errors as pages, how templates write things."""

from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from predictions.coordinator.console import wording
from shared.errors import AppError, DependencyUnavailable, SlateBusy
from shared.http import answer_error

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
STATIC_SECONDS = 86_400
_TITLES = {
    400: "That cannot be asked for",
    401: "Who are you?",
    403: "Not allowed",
    404: "Not here",
    405: "Not here",
    503: "Not now",
}
_NEXT = {
    400: "Go back, change what the sentence names, and send it again.",
    401: "Sign in again; if that does not help, the log says what is wrong under the id below.",
    403: "Whoever is let in may look. Acting needs an operator's identity and a form of this console.",
    404: "Look for the slate by its date above.",
    503: "Nothing is lost: load the page again in a moment. If it stays, see whether the store answers.",
}
_BUSY = "Somebody else is starting a batch of this slate just now."
_UNFORESEEN = "The page failed in a way that nobody foresaw; the log has the details under this id."


def install_page_edge(routes: Blueprint, retry_after_seconds: int) -> None:
    """Give a blueprint the console's headers and error pages, and its templates their filters."""
    for name in ("eastern", "long_date", "span", "counted", "figure", "line", "signed", "percent", "spaced"):
        routes.add_app_template_filter(getattr(wording, name), name)
    routes.add_app_template_filter(wording.signed_percent, "signed_percent")
    routes.after_request(_add_headers)
    routes.register_error_handler(AppError, lambda error: _answer_error(error, retry_after_seconds))
    routes.register_error_handler(HTTPException, _answer_http)
    routes.register_error_handler(Exception, lambda error: _answer_error(error, retry_after_seconds))


def _add_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    is_file = request.endpoint == "console.static" and response.status_code in (200, 304)
    response.headers["Cache-Control"] = f"private, max-age={STATIC_SECONDS}" if is_file else "no-store"
    return response


def _answer_error(error: Exception, retry_after_seconds: int) -> Response:
    """Answer as the other routes do, status, headers and log lines alike, with a page for a body."""
    told = answer_error(error, retry_after_seconds)
    body: dict[str, Any] = told.get_json()
    response = _page(told.status_code, _sentence(error, body), str(body.get("error_id", "")))
    for name in ("Retry-After", "WWW-Authenticate"):
        if name in told.headers:
            response.headers[name] = told.headers[name]
    return response


def _sentence(error: Exception, body: dict[str, Any]) -> str:
    if isinstance(error, SlateBusy):
        return _BUSY
    if isinstance(error, DependencyUnavailable):
        return f"Broken: the store or the message service did not answer ({error})."
    return _UNFORESEEN if "error_id" in body else str(body["message"])


def _answer_http(error: HTTPException) -> Response:
    response = _page(error.code or 500, error.description or error.name)
    response.headers.update((name, value) for name, value in error.get_headers() if name == "Allow")
    return response


def _page(status: int, sentence: str, error_id: str = "") -> Response:
    page = render_template(
        "console/error.html",
        status=status,
        title=_TITLES.get(status, "This went wrong"),
        sentence=sentence,
        next_step=_NEXT.get(status, ""),
        error_id=error_id or g.get("correlation_id", ""),
        home=url_for("console.home"),
    )
    return make_response(page, status)
