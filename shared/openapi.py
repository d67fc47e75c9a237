"""OpenAPI 3.1, made of what stands: routes, their descriptions, models, and who may call what."""

import re
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.routing import Rule

from shared.access import OPEN_ROUTES, is_visited, roles_of
from shared.described import Bodies, Description, Failure, Refusal, described, description_of
from shared.envelope import Envelope
from shared.http import CORRELATION_HEADER, answer

PATH = "/openapi.json"
_REF = "#/components/schemas/"
_IMPLIED_METHODS = {"HEAD", "OPTIONS"}
_VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")
_TEXT = {"type": "string"}
_SECURITY = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "An OpenID token about a verified e-mail address; a requirement names the roles let in.",
}
_HEADERS = {
    "CorrelationId": {
        "description": "The caller's id, or a fresh one; every log line of the request carries it.",
        "required": True,
        "schema": {"type": "string", "maxLength": 64},
    },
    "RetryAfter": {
        "description": "Seconds after which the same request may succeed.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "WwwAuthenticate": {"required": True, "schema": {"const": "Bearer"}},
}

Json = dict[str, Any]


def install_description(app: Flask) -> None:
    """Serve the description of an app as it stands: with identities where a guard is installed."""

    @app.get(PATH)
    @described({200: ()}, can_fail=False)
    def openapi() -> Response:
        """This document."""
        return answer(describe(app, request.script_root or "/"))


def describe(app: Flask, url: str = "/") -> Json:
    """Return the document about every route; raise LookupError naming one that says nothing of itself."""
    routes = list(_routes(app))
    named: set[type[BaseModel]] = {Refusal, Failure}
    named.update(model for _, _, description in routes for model in _models(description))
    ordered = sorted(named, key=lambda model: model.__name__)
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "validation") for model in ordered]
    _, definitions = models_json_schema(modes, ref_template=_REF + "{model}")
    paths: dict[str, Json] = {}
    for rule, method, description in routes:
        operation = _operation(app, rule, method, description)
        paths.setdefault(_VARIABLE.sub(r"{\1}", rule.rule), {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": f"nba-props {app.name}", "version": "1"},
        "servers": [{"url": url}],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "headers": _HEADERS,
            "securitySchemes": {"id_token": _SECURITY},
        },
    }


def _routes(app: Flask) -> Iterator[tuple[Rule, str, Description]]:
    for rule in app.url_map.iter_rules():
        if is_visited(rule.rule):  # pages for people
            continue
        description = description_of(app.view_functions[rule.endpoint])
        if description is None:
            raise LookupError(f"{rule.rule} is not described")
        for method in sorted((rule.methods or set()) - _IMPLIED_METHODS):
            yield rule, method, description


def _models(description: Description) -> list[type[BaseModel]]:
    """Return the models whose schemas the document needs by name; a query's fields are parameters."""
    read = [model for model in (description.takes, description.opens) if model]
    envelope = [Envelope] if description.opens else []
    return [*read, *envelope, *(model for bodies in description.replies.values() for model in bodies)]


def _operation(app: Flask, rule: Rule, method: str, description: Description) -> Json:
    roles = None if rule.rule in OPEN_ROUTES else roles_of(app, rule.rule)
    text = (app.view_functions[rule.endpoint].__doc__ or "").strip()
    operation: Json = {
        "operationId": f"{method.lower()}_{rule.endpoint.replace('.', '_')}",
        "summary": text.partition("\n")[0],
        "parameters": _parameters(rule, description),
        "responses": _responses(description, is_guarded=roles is not None),
        "security": [] if roles is None else [{"id_token": list(roles)}],
    }
    return operation | _request_body(description)


def _parameters(rule: Rule, description: Description) -> list[Json]:
    fields = description.query.model_json_schema() if description.query else {"properties": {}}
    required = fields.get("required", ())
    path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in sorted(rule.arguments)
    ]
    query = [
        {"name": name, "in": "query", "required": name in required, "schema": _written(schema)}
        for name, schema in fields["properties"].items()
    ]
    told = {CORRELATION_HEADER: "Is used and echoed if it is up to 64 printable characters of ASCII."}
    headers = [
        {"name": name, "in": "header", "description": meaning, "schema": _TEXT}
        for name, meaning in (told | dict(description.headers)).items()
    ]
    return [*path, *query, *headers]


def _written(schema: Json) -> Json:
    """Return what a query can say of a field: it has no null, it leaves the parameter out."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    return kinds[0] if len(kinds) == 1 else schema


def _request_body(description: Description) -> Json:
    if not description.has_body:
        return {}
    is_required = description.takes_required or description.opens is not None
    return {"requestBody": {"required": is_required, "content": _content(_body_schema(description))}}


def _body_schema(description: Description) -> Json:
    if description.takes is not None:
        return _ref(description.takes)
    if description.opens is None:
        return {}
    carried = {"contentMediaType": "application/json", "contentSchema": _ref(description.opens)}
    message = {"properties": {"data": carried}}
    return {"allOf": [_ref(Envelope), {"properties": {"message": message}}]}


def _responses(description: Description, is_guarded: bool) -> Json:
    replies = dict(description.replies)
    for status in _implied(description, is_guarded):
        replies[status] = (*replies.get(status, ()), Failure if status == 500 else Refusal)
    return {str(status): _response(status, replies[status], description) for status in sorted(replies)}


def _implied(description: Description, is_guarded: bool) -> Iterator[int]:
    yield from (400,) if description.can_be_refused else ()
    yield from (413,) if description.has_body else ()
    yield from (401, 403) if is_guarded else ()
    yield from (500, 503) if description.can_fail or is_guarded else ()


def _response(status: int, bodies: Bodies, description: Description) -> Json:
    response: Json = {"description": HTTPStatus(status).phrase, "headers": _headers(status, description)}
    if status == 204:
        return response
    return response | {"content": _content(_any_of(bodies))}


def _headers(status: int, description: Description) -> Json:
    named = {CORRELATION_HEADER: "CorrelationId"}
    if status == 503 and description.comes_again:
        named["Retry-After"] = "RetryAfter"
    if status == 401:
        named["WWW-Authenticate"] = "WwwAuthenticate"
    return {name: {"$ref": f"#/components/headers/{of}"} for name, of in named.items()}


def _any_of(bodies: Sequence[type[BaseModel]]) -> Json:
    schemas = [_ref(model) for model in bodies]
    return {"anyOf": schemas} if len(schemas) > 1 else next(iter(schemas), {"type": "object"})


def _content(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": _REF + model.__name__}
