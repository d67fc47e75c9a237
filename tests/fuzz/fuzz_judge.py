"""What every answer must be, whoever asked for it and however oddly."""

import io
import re
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr
from typing import Any
from urllib.parse import quote

import orjson
from conformance import operation_of, refuse_undescribed
from flask import Flask
from fuzz_case import Case, Tally
from fuzz_home import Home
from fuzz_oracle import is_readable_push
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app
from werkzeug.wrappers import Request

from shared.logs import configure_logs

INSIDES = re.compile(
    r"Traceback|File \"|\.py\b|site-packages|SELECT |INSERT |duckdb|sqlglot|pydantic|\bline \d+, in ", re.I
)
LONG_ENOUGH = 12  # characters of a token that cannot stand in an answer by chance


class Judge:
    """Sends cases to a home and holds every answer against the rules; `tally` has what came of it."""

    def __init__(self, home: Home, tally: Tally) -> None:
        self.home = home
        self.tally = tally
        configure_logs("INFO")

    def send(self, case: Case) -> TestResponse:
        """Send one case."""
        proof = self.home.headers(case.caller) if case.caller else {}
        environ = EnvironBuilder("/", method=case.method, query_string=case.query).get_environ()
        environ["PATH_INFO"] = _wsgi_text(case.path)
        environ["wsgi.input"] = io.BytesIO(case.body)
        environ["CONTENT_LENGTH"] = str(len(case.body))
        for name, value in (*proof.items(), *case.headers):
            environ[_wsgi_name(name)] = _wsgi_text(value)
        response = self.answer(case.kind, case.service, environ, case.expected)
        if case.caller and response.status_code == 401:
            self.tally.faults.append(f"{case.kind} {case.path}: {case.caller} was not known")
        return response

    def wsgi(self, kind: str, service: str) -> Callable[..., Iterable[bytes]]:
        """Return a service as an app whose every answer is judged."""

        def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            response = self.answer(kind, service, environ, "either")
            start_response(response.status, list(response.headers.items()))
            return [response.data]

        return app

    def answer(self, kind: str, service: str, environ: dict[str, Any], expected: str) -> TestResponse:
        """Let the service answer, and judge the answer."""
        app, before, log = self.home.apps[service], self.home.changes(), io.StringIO()
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(body)
        with redirect_stderr(log):
            written, status, headers = run_wsgi_app(app, environ, buffered=True)
        response = TestResponse(written, status, headers, Request(environ))
        faults = [
            *_of_answer(response),
            *_of_description(app, response),
            *_of_log(log.getvalue(), response.data, environ.get("HTTP_AUTHORIZATION", "")),
            *self._of_state(response, before),
            *_of_expectation(response, expected),
            *_of_push(app, response, body),
        ]
        endpoint = f"{service} {_route(app, response)}"
        self.tally.add(kind, endpoint, response.status_code, [f"{f} ({body[:200]!r})" for f in faults])
        return response

    def _of_state(self, response: TestResponse, before: tuple[int, int]) -> list[str]:
        is_refused = 400 <= response.status_code < 500 and response.status_code != 409
        return ["a refused request wrote"] if is_refused and self.home.changes() != before else []


def _of_answer(response: TestResponse) -> list[str]:
    status, text = response.status_code, response.get_data(as_text=True)
    faults = []
    if status >= 500 and (status != 503 or '"status":"error"' in text):
        faults.append(f"answered {status}")
    if response.data and not response.is_json:
        faults.append("not answered in JSON")
    if status >= 400 and INSIDES.search(text):
        faults.append(f"an answer shows our insides: {text[:300]}")
    return faults


def _of_description(app: Flask, response: TestResponse) -> list[str]:
    operation = operation_of(app, response)
    try:
        if operation is not None:
            refuse_undescribed(app, operation, response)
    except AssertionError as error:
        return [f"not as described: {error}"]
    return []


def _of_log(log: str, answer: bytes, authorization: str) -> list[str]:
    try:
        for line in log.rstrip("\n").split("\n") if log else ():
            orjson.loads(line)
    except orjson.JSONDecodeError:
        return [f"the log is not JSON: {log[:200]}"]
    parts = [part for part in re.split(r"[\s.,]", authorization) if len(part) >= LONG_ENOUGH]
    leaked = [part for part in parts if part in log or part.encode() in answer]
    return ["a token stands in the log or the answer"] if leaked else []


def _of_expectation(response: TestResponse, expected: str) -> list[str]:
    is_refused = response.status_code >= 400
    if expected == "refused" and not is_refused:
        return ["accepted what cannot be right"]
    if expected == "taken" and is_refused and response.status_code != 503:
        return [f"refused what is right: {response.get_data(as_text=True)[:200]}"]
    return []


def _of_push(app: Flask, response: TestResponse, body: bytes) -> list[str]:
    operation = operation_of(app, response)
    if response.status_code >= 300 or operation is None or is_readable_push(app, operation, body):
        return []
    return ["accepted a push that is not as described"]


def _route(app: Flask, response: TestResponse) -> str:
    rules = app.url_map.bind("", path_info=response.request.path, default_method=response.request.method)
    route = rules.match(return_rule=True)[0].rule if rules.test() else ""
    return f"{response.request.method.upper()} {route}" if route else "(no route)"


def _wsgi_name(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"


def _wsgi_text(text: str) -> str:
    """Return a text as servers hand it on: its bytes, read as latin-1."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def encoded(value: str) -> str:
    """Return a value as it may stand in a query, bytes that are no text included."""
    return quote(value.encode("utf-8", "surrogatepass"))
