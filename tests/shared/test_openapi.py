"""What the services say of themselves: every route and nothing else, and nothing that is not so."""

import re
from types import SimpleNamespace

import pytest
from conformance import described_client, document
from flask import Flask
from openapi_spec_validator import validate

import local.api
from data_processors.precompute.service import create_app as create_precompute_app
from predictions.coordinator.coordinator import create_app as create_coordinator_app
from predictions.coordinator.question import Policies
from predictions.worker.worker import create_app as create_worker_app
from shared.access import (
    COORDINATOR,
    PRECOMPUTE,
    WORKER,
    Role,
    coordinator_routes,
    install_access,
    is_visited,
    precompute_routes,
    worker_routes,
)
from shared.config import Settings
from shared.described import Told, described
from shared.errors import Unauthenticated
from shared.health import install_health
from shared.http import answer, install_edge
from shared.openapi import describe, install_description

SETTINGS = Settings()
CLOUD = ("coordinator", "worker", "precompute")
ALL = (*CLOUD, "local")
FOR_ALL = {"/health", "/ready"}
ROLES = {"coordinator": COORDINATOR, "worker": WORKER, "precompute": PRECOMPUTE}
TABLES = {"coordinator": coordinator_routes, "worker": worker_routes, "precompute": precompute_routes}


class Nobody:
    """A verifier that lets nobody in."""

    def verify(self, token):
        raise Unauthenticated("nobody is let in")


def make(name, is_guarded=False):
    """Make an app that is asked nothing but what it is."""
    apps = {
        "coordinator": lambda: create_coordinator_app(
            SimpleNamespace(clock=None, console=None, policies=Policies()), SETTINGS, None, none, None
        ),
        "worker": lambda: create_worker_app(None, SETTINGS, none),
        "precompute": lambda: create_precompute_app(None, SETTINGS, none),
        "local": lambda: local.api.create_app(None, None, 7, dict),
    }
    app = apps[name]()
    if is_guarded:
        install_access(app, Nobody(), TABLES[name](SETTINGS))
    return app


def none():
    """Find nothing wrong."""


def operations(app):
    return {
        (method.upper(), path): operation
        for path, methods in describe(app)["paths"].items()
        for method, operation in methods.items()
    }


@pytest.mark.parametrize("name", ALL)
def test_every_route_and_method_is_described_but_pages_for_people_and_nothing_else(name):
    app = make(name)

    routes = {
        (method, re.sub("<(.*?)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if not is_visited(rule.rule)
    }
    assert operations(app).keys() == routes


@pytest.mark.parametrize("is_guarded", [False, True], ids=["open", "guarded"])
@pytest.mark.parametrize("name", CLOUD)
def test_the_document_is_openapi(name, is_guarded):
    validate(describe(make(name, is_guarded)))


def test_the_document_of_the_local_api_is_openapi():
    validate(describe(make("local")))


@pytest.mark.parametrize("name", ALL)
def test_every_route_has_a_summary_and_an_id_of_its_own(name):
    found = operations(make(name)).values()

    assert all(operation["summary"] for operation in found)
    assert len({operation["operationId"] for operation in found}) == len(found)


@pytest.mark.parametrize("name", CLOUD)
def test_a_guarded_app_names_the_roles_of_the_table_and_the_answers_to_everybody_else(name):
    for (_, path), operation in operations(make(name, is_guarded=True)).items():
        if path in FOR_ALL:
            assert operation["security"] == []
            assert operation["responses"].keys() & {"401", "403"} == set()
        else:
            roles = ROLES[name].get(path, ())
            assert operation["security"] == [{"id_token": [Role.OPERATOR, *roles]}]
            assert operation["responses"].keys() >= {"401", "403", "503"}


@pytest.mark.parametrize("name", ALL)
def test_an_app_without_a_guard_asks_for_nobody(name):
    found = operations(make(name)).values()

    assert [operation["security"] for operation in found] == [[]] * len(found)


@pytest.mark.parametrize("name", CLOUD)
def test_every_row_of_the_table_is_a_route(name):
    paths = {path for _, path in operations(make(name))}

    assert ROLES[name].keys() <= paths


@pytest.mark.parametrize("name", ALL)
def test_the_document_is_served_and_says_where_its_paths_begin(name):
    client = described_client(make(name))

    served = client.get("/openapi.json", environ_overrides={"SCRIPT_NAME": f"/{name}"}).get_json()

    assert served["servers"] == [{"url": f"/{name}"}]
    assert served["paths"] == document(client.application)["paths"]


@pytest.mark.parametrize("name", CLOUD)
def test_nothing_is_told_to_who_is_not_let_in(name):
    response = described_client(make(name, is_guarded=True)).get("/openapi.json")

    assert (response.status_code, "paths" in response.get_json()) == (401, False)


def test_a_503_says_when_to_come_again_where_it_always_does():
    found = operations(make("coordinator"))

    assert "Retry-After" in found["POST", "/start"]["responses"]["503"]["headers"]
    assert "Retry-After" not in found["GET", "/status"]["responses"]["503"]["headers"]


def test_a_push_says_what_its_data_carry():
    (schema,) = [
        media["schema"]
        for media in operations(make("worker"))["POST", "/predict"]["requestBody"]["content"].values()
    ]

    envelope, carried = schema["allOf"]
    data = carried["properties"]["message"]["properties"]["data"]
    assert envelope == {"$ref": "#/components/schemas/Envelope"}
    assert data["contentSchema"] == {"$ref": "#/components/schemas/PredictionRequest"}


def test_a_query_is_described_by_its_fields_without_null():
    parameters = {
        parameter["name"]: parameter
        for parameter in operations(make("coordinator"))["GET", "/status"]["parameters"]
        if parameter["in"] == "query"
    }

    assert parameters["check"]["schema"] == {"const": "sla", "type": "string"}
    assert parameters["game_date"]["schema"]["format"] == "date"


def test_a_route_that_says_nothing_of_itself_is_named():
    app = Flask("silent", static_folder=None)
    app.add_url_rule("/silent", view_func=none)

    with pytest.raises(LookupError, match="/silent is not described"):
        describe(app)


class Body(Told):
    """A body with one field."""

    count: int


def wrong_app(body, status):
    app = Flask(f"wrong {body} {status}", static_folder=None)
    install_edge(app, 7)
    install_health(app, none)
    install_description(app)

    @app.get("/wrong")
    @described({200: (Body,)})
    def wrong():
        """Answer as the test wants."""
        return answer(body, status)

    return app


@pytest.mark.parametrize(
    ("body", "status", "fault"),
    [
        pytest.param({"count": 1}, 202, "does not say that it answers 202", id="another status"),
        pytest.param({"count": "1"}, 200, "is not of type", id="another type"),
        pytest.param({}, 200, "required", id="a field too few"),
        pytest.param({"count": 1, "more": 1}, 200, "Additional properties", id="a field too many"),
    ],
)
def test_an_answer_that_is_not_as_described_fails_the_test_that_asked(body, status, fault):
    client = described_client(wrong_app(body, status))

    with pytest.raises(AssertionError, match=fault):
        client.get("/wrong")


def test_an_answer_that_is_as_described_passes():
    assert described_client(wrong_app({"count": 1}, 200)).get("/wrong").status_code == 200
