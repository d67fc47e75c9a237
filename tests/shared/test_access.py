"""Who is let in to which route, and what the others are told."""

import io
from types import SimpleNamespace

import orjson
import pytest
import structlog
from flask import Flask, g, request
from issuer import Issuer, bearer, signing_key, without_signature

from data_processors.precompute.service import create_app as create_precompute_app
from predictions.worker.worker import create_app as create_worker_app
from shared.access import (
    MAX_AUTHORIZATION_CHARACTERS,
    Allowed,
    coordinator_routes,
    install_access,
    precompute_routes,
    verified_caller,
    worker_routes,
)
from shared.clock import SystemClock
from shared.config import Settings
from shared.errors import DependencyUnavailable
from shared.health import install_health
from shared.http import answer, install_edge
from shared.tokens import build_verifier

AUDIENCE = "https://service.test"
PUSH, SCHEDULER, PHASE3 = "push@p.test", "scheduler@p.test", "phase3@p.test"
OPERATOR, STRANGER = "operator@p.test", "stranger@p.test"
IDENTITIES = {
    "push_identities": (PUSH,),
    "scheduler_identities": (SCHEDULER,),
    "phase3_identities": (PHASE3,),
    "operator_identities": (OPERATOR,),
}
NO_TOKEN = {"status": "error", "message": "who is calling could not be verified"}
NOT_ALLOWED = {"status": "error", "message": "not allowed"}


@pytest.fixture(scope="module")
def issuer():
    issuer = Issuer()
    yield issuer
    issuer.close()


@pytest.fixture(scope="module")
def clock():
    return SystemClock()


@pytest.fixture(scope="module")
def settings(issuer):
    return Settings(token_certs_url=issuer.url, token_audiences=(AUDIENCE,), **IDENTITIES)


@pytest.fixture(scope="module")
def verifier(settings, clock):
    return build_verifier(settings, clock)


class Unreadable(io.BytesIO):
    """A body that must not be read."""

    def read(self, size=-1):
        raise AssertionError("the body was read")

    readline = readinto = read


class Service:
    """An app with a guarded route, a route without a row, and the routes of the platform's probes."""

    def __init__(self, verifier):
        self.served = []
        self.app = Flask("guarded")
        install_edge(self.app, retry_after_seconds=7)
        install_health(self.app, lambda: None)
        for path in ("/push", "/forgotten"):
            self.app.add_url_rule(path, endpoint=path, view_func=self.serve, methods=["POST"])
        allowed = Allowed(frozenset({OPERATOR}), {"/push": frozenset({PUSH})})
        install_access(self.app, verifier, allowed)
        self.client = self.app.test_client()

    def serve(self):
        self.served.append((g.caller, request.get_data()))
        structlog.get_logger().info("served", event_name="served")
        return answer({"caller": verified_caller()})


@pytest.fixture
def service(verifier):
    return Service(verifier)


@pytest.fixture
def token(issuer):
    return issuer.token(PUSH, AUDIENCE)


def test_a_verified_caller_on_the_list_is_served_by_name(service, token):
    response = service.client.post("/push", headers=bearer(token), data=b"body")

    assert (response.status_code, response.get_json()) == (200, {"caller": PUSH})
    assert service.served == [(PUSH, b"body")]


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(None, id="no header"),
        pytest.param("", id="an empty header"),
        pytest.param("Bearer", id="no token"),
        pytest.param("Bearer ", id="an empty token"),
        pytest.param("{token}", id="no scheme"),
        pytest.param("Basic {token}", id="another scheme"),
        pytest.param("bearer {token}", id="the scheme in lower case, as none of our callers writes it"),
        pytest.param("Bearer  {token}", id="two spaces"),
        pytest.param(" Bearer {token}", id="a space before"),
        pytest.param("Bearer {token} ", id="a space after"),
        pytest.param("Bearer {token},Bearer {token}", id="two headers, as gunicorn joins them"),
        pytest.param("Bearer {token}, Bearer {token}", id="two headers, as waitress joins them"),
        pytest.param("Bearer {token},", id="a comma after"),
        pytest.param("Bearer {token}=", id="padding"),
        pytest.param("Bearer a.b", id="two parts"),
        pytest.param("Bearer a.b.c.d", id="four parts"),
        pytest.param("Bearer a.b.c", id="garbage"),
        pytest.param("Bearer \u00e4.b.c", id="not ASCII"),
    ],
)
def test_what_is_not_one_bearer_token_is_refused(service, token, header):
    headers = {} if header is None else {"Authorization": header.format(token=token)}

    response = service.client.post("/push", headers=headers, input_stream=Unreadable(b"body"))

    assert (response.status_code, response.get_json()) == (401, NO_TOKEN)
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert service.served == []


def test_two_authorization_headers_are_refused(service, issuer, token):
    headers = [*bearer(token).items(), *bearer(issuer.token(OPERATOR, AUDIENCE)).items()]

    response = service.client.post("/push", headers=headers)

    assert response.status_code == 401


@pytest.mark.parametrize(
    ("characters", "status"),
    [
        pytest.param(MAX_AUTHORIZATION_CHARACTERS, 200, id="8 KiB exactly"),
        pytest.param(MAX_AUTHORIZATION_CHARACTERS + 4, 401, id="the next possible length"),
        pytest.param(100_000, 401, id="100 KB"),
    ],
)
def test_a_token_has_a_greatest_size(service, issuer, characters, status):
    header = sized_header(issuer, characters)

    response = service.client.post("/push", headers={"Authorization": header})

    assert response.status_code == status


def sized_header(issuer, characters):
    """Return a header of a good token, made as long as asked by a claim; base64 leaves up to 2 of slack."""
    for name in ("n", "nn", "nnn"):
        shortest = len(bearer(issuer.token(PUSH, AUDIENCE, **{name: "x"}))["Authorization"])
        for more in range(3):
            padding = "x" * ((characters - shortest) * 3 // 4 + more)
            header = bearer(issuer.token(PUSH, AUDIENCE, **{name: padding}))["Authorization"]
            if len(header) == characters:
                return header
    raise AssertionError("no such length")


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda issuer: issuer.foreign_token(PUSH, AUDIENCE), id="a key nobody knows"),
        pytest.param(lambda issuer: issuer.expired_token(PUSH, AUDIENCE), id="expired"),
        pytest.param(lambda issuer: issuer.token(PUSH, "https://other.test"), id="for another service"),
        pytest.param(lambda issuer: issuer.token(PUSH, AUDIENCE, email_verified=False), id="unproved e-mail"),
        pytest.param(lambda issuer: without_signature(issuer.token(PUSH, AUDIENCE)), id="signature removed"),
    ],
)
def test_a_bad_token_is_told_no_more_than_no_token(service, issuer, log, forge):
    token = forge(issuer)

    response = service.client.post("/push", headers=bearer(token), input_stream=Unreadable(b"body"))

    assert (response.status_code, response.get_json()) == (401, NO_TOKEN)
    assert service.served == []
    (line,) = log()
    assert line["event_name"] == "refused"
    assert line["reason"].startswith("the token")
    assert not any(part in orjson.dumps(line).decode() for part in token.split(".")[:2])


def test_the_header_that_makes_cloud_run_pass_authorization_on_unread_is_refused(service, issuer, token):
    headers = bearer(token) | {"X-Serverless-Authorization": f"Bearer {token}"}

    response = service.client.post("/push", headers=headers)

    assert (response.status_code, response.get_json()) == (401, NO_TOKEN)


def test_on_cloud_run_nobody_can_write_an_identity_beside_the_verified_one(settings, issuer, clock):
    trusting = settings.model_copy(update={"token_signatures": "cloud_run"})
    service = Service(build_verifier(trusting, clock, {"K_SERVICE": "coordinator"}))
    forged = without_signature(issuer.foreign_token(OPERATOR, AUDIENCE))
    verified = without_signature(issuer.token(PUSH, AUDIENCE))

    alone = service.client.post("/push", headers=bearer(verified))
    beside = service.client.post(
        "/push", headers=bearer(forged) | {"X-Serverless-Authorization": f"Bearer {verified}"}
    )

    assert (alone.status_code, beside.status_code) == (200, 401)
    assert [caller for caller, _ in service.served] == [PUSH]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("POST", "/push", {None: 401, STRANGER: 403, PUSH: 200, OPERATOR: 200}, id="a row"),
        pytest.param("POST", "/forgotten", {None: 401, STRANGER: 403, PUSH: 403, OPERATOR: 200}, id="no row"),
        pytest.param("GET", "/push", {None: 401, STRANGER: 403, PUSH: 405, OPERATOR: 405}, id="wrong method"),
        pytest.param("OPTIONS", "/push", {None: 401, STRANGER: 403, PUSH: 200, OPERATOR: 200}, id="OPTIONS"),
        pytest.param("GET", "/nowhere", {None: 401, STRANGER: 403, PUSH: 403, OPERATOR: 404}, id="no path"),
        pytest.param("POST", "/push/", {None: 401, STRANGER: 403, PUSH: 403, OPERATOR: 404}, id="a slash"),
        pytest.param("POST", "/PUSH", {None: 401, STRANGER: 403, PUSH: 403, OPERATOR: 404}, id="capitals"),
        pytest.param(
            "POST", "/health/../push", {None: 401, STRANGER: 403, PUSH: 403, OPERATOR: 404}, id=".."
        ),
        pytest.param(
            "GET", "/static/x.js", {None: 401, STRANGER: 403, PUSH: 403, OPERATOR: 404}, id="a static file"
        ),
        pytest.param("GET", "/health", {None: 200, STRANGER: 200, PUSH: 200, OPERATOR: 200}, id="health"),
        pytest.param("GET", "/ready", {None: 200, STRANGER: 200, PUSH: 200, OPERATOR: 200}, id="ready"),
        pytest.param(
            "POST", "/ready", {None: 405, STRANGER: 405, PUSH: 405, OPERATOR: 405}, id="not a probe"
        ),
        pytest.param("GET", "/ready/x", {None: 401, STRANGER: 403, PUSH: 403, OPERATOR: 404}, id="beyond"),
    ],
)
def test_nothing_is_learned_by_probing(service, issuer, method, path, status):
    told = {}
    for caller in status:
        headers = bearer(issuer.token(caller, AUDIENCE)) if caller else {}
        told[caller] = service.client.open(path, method=method, headers=headers).status_code

    assert told == status


def test_who_is_not_allowed_is_told_so_and_named_in_the_log(service, issuer, log):
    response = service.client.post(
        "/push", headers=bearer(issuer.token(STRANGER, AUDIENCE)), input_stream=Unreadable(b"body")
    )

    assert (response.status_code, response.get_json()) == (403, NOT_ALLOWED)
    assert "WWW-Authenticate" not in response.headers
    (line,) = log()
    assert (line["event_name"], line["caller"], line["route"]) == ("refused", STRANGER, "/push")
    assert service.served == []


def test_an_identity_is_compared_to_the_letter(service, issuer):
    response = service.client.post("/push", headers=bearer(issuer.token(PUSH.upper(), AUDIENCE)))

    assert response.status_code == 403


def test_the_caller_stands_on_every_log_line_of_his_request_and_of_no_other(service, token, log):
    service.client.post("/push", headers=bearer(token))
    service.client.post("/push")

    served, refused = log()
    assert (served["event_name"], served["caller"]) == ("served", PUSH)
    assert (refused["event_name"], "caller" in refused) == ("refused", False)


def test_keys_that_cannot_be_had_make_the_push_come_again(service):
    class Away:
        def verify(self, token):
            raise DependencyUnavailable("the issuer's keys")

    response = Service(Away()).client.post("/push", headers={"Authorization": "Bearer a.b.c"})

    assert (response.status_code, response.headers["Retry-After"]) == (503, "7")


def test_a_route_that_no_guard_watches_has_no_verified_caller():
    app = Flask("unguarded")
    install_edge(app, retry_after_seconds=7)
    app.add_url_rule("/start", view_func=lambda: verified_caller())

    response = app.test_client().get("/start", headers={"X-CloudScheduler": "true"})

    assert response.status_code == 401


WORKER = {"/predict": {PUSH, OPERATOR}}
PRECOMPUTE = {
    "/process": {PHASE3, SCHEDULER, OPERATOR},
    "/republish": {PHASE3, OPERATOR},
    "/refresh": {PUSH, OPERATOR},
    "/runs": {OPERATOR},
}
READ = {"/runs"}


@pytest.fixture(scope="module")
def worker(settings, verifier):
    """A worker that answers whoever is let in with 400, since it is sent nothing it could read."""
    app = create_worker_app(SimpleNamespace(handle=None), settings, lambda: None)
    install_access(app, verifier, worker_routes(settings))
    return app


@pytest.fixture(scope="module")
def precompute(settings, verifier):
    """Phase 4 as the worker above."""
    app = create_precompute_app(None, settings, lambda: None)
    install_access(app, verifier, precompute_routes(settings))
    return app


@pytest.mark.parametrize("caller", [None, PUSH, SCHEDULER, PHASE3, OPERATOR, STRANGER])
@pytest.mark.parametrize(
    ("service_name", "path", "admitted"),
    [
        *(("worker", path, admitted) for path, admitted in WORKER.items()),
        *(("precompute", path, admitted) for path, admitted in PRECOMPUTE.items()),
    ],
)
def test_each_route_lets_in_its_own_callers(request, issuer, service_name, path, admitted, caller):
    client = request.getfixturevalue(service_name).test_client()
    headers = bearer(issuer.token(caller, AUDIENCE)) if caller else {}

    call = client.get if path in READ else client.post
    status = call(path, headers=headers, data=b"[]").status_code

    assert status == (401 if caller is None else 400 if caller in admitted else 403)


@pytest.mark.parametrize(("service_name", "table"), [("worker", WORKER), ("precompute", PRECOMPUTE)])
def test_every_route_there_is_was_tried(request, service_name, table):
    routes = {rule.rule for rule in request.getfixturevalue(service_name).url_map.iter_rules()}

    assert routes - {"/static/<path:filename>", "/health", "/ready", "/openapi.json"} == table.keys()


@pytest.mark.parametrize("routes", [coordinator_routes, worker_routes, precompute_routes])
def test_without_configured_identities_nobody_is_let_in(routes):
    nobody = Settings(**dict.fromkeys(IDENTITIES, ()))

    allowed = routes(nobody)

    assert not any(allowed.admits(caller, route) for route in allowed.routes for caller in ("", PUSH))


def test_a_rotated_key_lets_its_callers_in(clock):
    issuer = Issuer()
    issuer.rotate("rotated")
    settings = Settings(token_certs_url=issuer.url, token_audiences=(AUDIENCE,), **IDENTITIES)
    client = Service(build_verifier(settings, clock)).client

    statuses = [
        client.post("/push", headers=bearer(issuer.token(PUSH, AUDIENCE, key=key))).status_code
        for key in (signing_key("rotated"), signing_key("first"), signing_key("unknown"))
    ]
    issuer.close()

    assert statuses == [200, 200, 401]
