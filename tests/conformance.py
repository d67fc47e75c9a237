"""A test client that holds every answer against what the app says of itself, whatever the test is about."""

from functools import cache
from typing import Any

import jsonschema_rs
import orjson
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.access import roles_of
from shared.openapi import describe

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Key = tuple[str, bool]
_documents: dict[Key, dict[str, Any]] = {}


class DescribedClient(FlaskClient):
    """Fails a test that is answered by what is not described; a path or method without a route is let be."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        operation = operation_of(self.application, response)
        if operation is not None:
            refuse_undescribed(self.application, operation, response)
        return response


def described_client(app: Flask) -> FlaskClient:
    """Return a client of the app that is a DescribedClient."""
    app.test_client_class = DescribedClient
    return app.test_client()


def operation_of(app: Flask, response: TestResponse) -> dict[str, Any] | None:
    """Return the description of what was asked, or None where no route answers."""
    request = response.request
    rules = app.url_map.bind("", path_info=request.path, default_method=request.method)
    if not rules.test():
        return None
    rule, _ = rules.match(return_rule=True)
    path = document(app)["paths"].get(rule.rule.replace("<", "{").replace(">", "}"), {})
    return path.get(request.method.lower())


def refuse_undescribed(app: Flask, operation: dict[str, Any], response: TestResponse) -> None:
    """Assert that status, headers, content type and body are as described."""
    status = str(response.status_code)
    assert status in operation["responses"], (
        f"{operation['operationId']} does not say that it answers {status}"
    )
    described = operation["responses"][status]
    assert described["headers"].keys() <= set(response.headers.keys())
    if "content" not in described:
        assert response.data == b""
        return
    assert response.mimetype in described["content"]
    faults = schema_faults(app, described["content"][response.mimetype]["schema"], response.get_json())
    assert not faults, f"{operation['operationId']} {status}: {faults[0].splitlines()[0]}"


def schema_faults(app: Flask, schema: dict[str, Any], value: Any) -> list[str]:
    """Return what is wrong with a JSON value by a schema of the app's description."""
    try:
        return [str(fault) for fault in _validator(_key(app), orjson.dumps(schema)).iter_errors(value)]
    except ValueError as error:  # NaN and infinity are no JSON
        return [str(error)]


def document(app: Flask) -> dict[str, Any]:
    """Return the app's description, made once for all apps of a name that have, or have not, a guard."""
    if _key(app) not in _documents:
        _documents[_key(app)] = describe(app)
    return _documents[_key(app)]


def _key(app: Flask) -> Key:
    return app.name, roles_of(app, "/") is not None


@cache
def _validator(key: Key, schema: bytes) -> Any:
    whole = {"$schema": DIALECT, "components": _documents[key]["components"]}
    return jsonschema_rs.validator_for(whole | orjson.loads(schema), validate_formats=True)
