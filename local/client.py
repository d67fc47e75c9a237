"""How commands talk to a stack: JSON over HTTP, errors as ours."""

from typing import Any

import orjson
import urllib3

from shared.errors import DependencyUnavailable, InvalidInput

Body = dict[str, Any]


class StackClient:
    """Calls a stack's endpoints; answers are (status, body)."""

    def __init__(self, url: str, timeout_seconds: float = 600.0) -> None:
        self.url = url
        self._http = urllib3.PoolManager(maxsize=4)
        self._timeout = urllib3.Timeout(connect=2.0, read=timeout_seconds)

    def get(self, path: str, **query: str | None) -> tuple[int, Body]:
        """GET a path; a query parameter that is None is left out."""
        fields = {name: value for name, value in query.items() if value is not None}
        return self._call("GET", path, fields=fields)

    def post(self, path: str, body: Body) -> tuple[int, Body]:
        """POST a JSON object."""
        headers = {"Content-Type": "application/json"}
        return self._call("POST", path, body=orjson.dumps(body), headers=headers)

    def require(self, found: tuple[int, Body]) -> Body:
        """Return the body of a successful answer; raise what an error answer says."""
        status, body = found
        if status < 400:
            return body
        message = str(body.get("message", f"answered {status}"))
        if status < 500:
            raise InvalidInput(message)
        error_id = body.get("error_id")
        raise DependencyUnavailable(f"{message} ({error_id})" if error_id else message)

    def is_alive(self) -> bool:
        """Say whether a stack answers here."""
        try:
            return self.get("/health")[0] == 200
        except DependencyUnavailable:
            return False

    def close(self) -> None:
        """Close the connections."""
        self._http.clear()

    def _call(self, method: str, path: str, **options: Any) -> tuple[int, Body]:
        try:
            response = self._http.request(
                method, self.url + path, timeout=self._timeout, retries=False, **options
            )
        except urllib3.exceptions.HTTPError as error:
            raise DependencyUnavailable(f"{self.url} does not answer: {error}") from error
        try:
            return response.status, orjson.loads(response.data) if response.data else {}
        except orjson.JSONDecodeError as error:
            raise DependencyUnavailable(f"{self.url}{path} did not answer JSON") from error
