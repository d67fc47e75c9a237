"""How commands talk to a server: JSON over HTTP, an identity where there is one, errors as ours."""

from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
import urllib3

from local.failures import OddAnswer, RefusedCall, ServerFailed
from shared.errors import DependencyUnavailable, Forbidden, InvalidInput, Unauthenticated

Body = dict[str, Any]
Credentials = Callable[[], str | None]
CONNECT_SECONDS = 5.0
LOOK_SECONDS = 60.0  # whoever looks waits no longer; an order may take as long as Phase 4 does
ALIVE_SECONDS = 10.0
_NOT_NOW = (429, 502, 503, 504)
_NO_ROUTE = "Not Found"
_NO_TEXT = "what was typed is not text in UTF-8, so it cannot be sent; type it again"


def nobody() -> str | None:
    """Give no token: the embedded stack asks for none."""
    return None


def sendable(text: str) -> str:
    """Return the text; raise InvalidInput if it holds bytes that are not UTF-8: no request carries them."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(_NO_TEXT) from error
    return text


class StackClient:
    """Calls a server's endpoints; answers are (status, body).

    Every call carries the token that `credentials` gives. Raises DependencyUnavailable if nobody answers,
    Unauthenticated or Forbidden if the identity is refused, InvalidInput for what cannot be sent.
    """

    def __init__(self, url: str, timeout_seconds: float = 600.0, credentials: Credentials = nobody) -> None:
        self.url = url.rstrip("/")
        self.date: datetime | None = None
        """The server's clock, as its newest answer has it."""
        self._credentials = credentials
        self._http = urllib3.PoolManager(maxsize=4)
        self._order_seconds = timeout_seconds
        self._look_seconds = min(timeout_seconds, LOOK_SECONDS)

    def get(self, path: str, **query: str | None) -> tuple[int, Body]:
        """GET a path; a query parameter that is None is left out."""
        return self._get(path, self._look_seconds, query)

    def post(self, path: str, body: Body) -> tuple[int, Body]:
        """POST a JSON object."""
        headers = {"Content-Type": "application/json"}
        try:
            content = orjson.dumps(body)
        except orjson.JSONEncodeError as error:
            raise InvalidInput(_NO_TEXT) from error
        return self._call("POST", path, self._order_seconds, headers, body=content)

    def require(self, found: tuple[int, Body]) -> Body:
        """Return the body of a successful answer; raise what an error answer says.

        Success is a 2xx with a JSON object that holds something: no route that is asked for its answer has
        any other. Raises OddAnswer for what else does not say that it is an error.
        """
        status, body = found
        if 200 <= status < 300 and body:
            return body
        if status < 400:
            raise OddAnswer(self._no_answer(status, "a JSON object"))
        message = str(body.get("message") or f"{self.url} answered {status}")
        if status < 500 and status not in _NOT_NOW:
            raise RefusedCall(message)
        if status in _NOT_NOW:
            raise DependencyUnavailable(f"{message}; `nba-props doctor` says what is wrong")
        raise ServerFailed(f"{message} ({body.get('error_id') or f'{self.url} answered {status}'})")

    def is_alive(self) -> bool:
        """Say whether a server answers here."""
        try:
            return self._get("/health", ALIVE_SECONDS, {})[0] == 200
        except DependencyUnavailable:
            return False

    def close(self) -> None:
        """Close the connections."""
        self._http.clear()

    def _get(self, path: str, seconds: float, query: dict[str, str | None]) -> tuple[int, Body]:
        fields = {name: sendable(value) for name, value in query.items() if value is not None}
        return self._call("GET", path, min(seconds, self._look_seconds), {}, fields=fields)

    def _call(
        self, method: str, path: str, seconds: float, headers: dict[str, str], **options: Any
    ) -> tuple[int, Body]:
        token = self._credentials()
        carried = headers | ({"Authorization": f"Bearer {token}"} if token else {})
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=seconds)
        try:
            response = self._http.request(
                method, self.url + path, timeout=timeout, retries=False, headers=carried, **options
            )
        except urllib3.exceptions.LocationValueError as error:
            raise RefusedCall(f"{self.url} is no URL of a server: {error}") from error
        except urllib3.exceptions.HTTPError as error:
            raise DependencyUnavailable(self._silent(error)) from error
        self.date = _moment(response.headers.get("Date"))
        self._refuse_strangers(response.status)
        return response.status, self._body(path, response.status, response.data)

    def _silent(self, error: Exception) -> str:
        is_late = isinstance(error, urllib3.exceptions.TimeoutError)
        is_gone = isinstance(error, urllib3.exceptions.NewConnectionError)  # which is a timeout to urllib3
        why = "it took too long" if is_late and not is_gone else "nobody is there"
        return (
            f"{self.url} does not answer ({why}); start a server with `nba-props serve`, "
            "or name another one with --url"
        )

    def _refuse_strangers(self, status: int) -> None:
        """Raise what an identity that was refused comes to; who asks is not told why, the server's log is."""
        tells = "`nba-props doctor` shows whose token was sent, and for whom"
        if status == 401:
            raise Unauthenticated(f"{self.url} does not know who is calling (401); {tells}")
        if status == 403:
            raise Forbidden(f"{self.url} does not let this identity do this (403); {tells}")

    def _body(self, path: str, status: int, content: bytes) -> Body:
        found = self._json(status, content)
        if status == 404 and found.get("message") in (None, _NO_ROUTE):
            what = "it is older than this command, or another service"
            return {"status": "error", "message": f"{self.url} has no {path}: {what}"}
        return found

    def _json(self, status: int, content: bytes) -> Body:
        try:
            found = orjson.loads(content) if content else {}
        except orjson.JSONDecodeError as error:
            if status >= 400:
                return {}  # a page of whatever stands before the server
            raise OddAnswer(self._no_answer(status, "JSON")) from error
        return found if isinstance(found, dict) else {}

    def _no_answer(self, status: int, lacking: str) -> str:
        return f"{self.url} answered {status} without {lacking}, so it is none of our servers; look at --url"


def _moment(date: str | None) -> datetime | None:
    """Return the moment that a Date header names; None for one that names none, or no zone."""
    try:
        moment = parsedate_to_datetime(date) if date else None
    except (ValueError, OverflowError):
        return None
    return moment if moment and moment.tzinfo else None
