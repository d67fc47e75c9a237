"""The coordinator behind its guard: who may ask what, and who is taken for the scheduler."""

import re

import pytest
from conformance import described_client
from flask import Flask, g, request
from issuer import Issuer, bearer

from predictions.coordinator.asking import Caller
from predictions.coordinator.callers import VerifiedCallers
from predictions.coordinator.coordinator import create_app
from predictions.coordinator.visitors import VerifiedVisitors
from shared.access import coordinator_routes, install_access
from shared.http import install_edge
from shared.tokens import build_verifier

AUDIENCE = "https://coordinator.test"
PUSH, SCHEDULER, PHASE3 = "push@p.test", "scheduler@p.test", "phase3@p.test"
OPERATOR, STRANGER = "operator@p.test", "stranger@p.test"
SAYS_SCHEDULER = {"X-CloudScheduler": "true"}

LET_IN = {
    ("POST", "/trigger"): {PUSH, OPERATOR},
    ("POST", "/complete"): {PUSH, OPERATOR},
    ("POST", "/dead-letter"): {PUSH, OPERATOR},
    ("POST", "/start"): {SCHEDULER, OPERATOR},
    ("POST", "/retry"): {SCHEDULER, OPERATOR},
    ("POST", "/refresh"): {SCHEDULER, OPERATOR},
    ("POST", "/pause"): {OPERATOR},
    ("POST", "/cancel"): {OPERATOR},
    ("POST", "/resume"): {OPERATOR},
    ("GET", "/status"): {SCHEDULER, OPERATOR},
    ("GET", "/plan"): {OPERATOR},
    ("GET", "/phase3"): {OPERATOR},
    ("POST", "/grade"): {SCHEDULER, OPERATOR},
    ("GET", "/accuracy"): {OPERATOR},
    ("GET", "/dead-letters"): {OPERATOR},
    ("GET", "/dead-letters/<message_id>"): {OPERATOR},
    ("POST", "/dead-letters/replay"): {OPERATOR},
    ("POST", "/dead-letters/discard"): {OPERATOR},
    ("GET", "/explain"): {OPERATOR},
    ("POST", "/predict-player"): {OPERATOR},
    ("GET", "/doctor"): {OPERATOR},
    ("GET", "/openapi.json"): {OPERATOR},
}
CELLS = [
    pytest.param(method, path, caller, id=f"{caller or 'nobody'} {path}")
    for method, path in LET_IN
    for caller in (None, PUSH, SCHEDULER, PHASE3, OPERATOR, STRANGER)
]


@pytest.fixture(scope="module")
def issuers():
    """Hold the one issuer of the module, once it is made."""
    made = []
    yield made
    for issuer in made:
        issuer.close()


@pytest.fixture
def issuer(issuers, session_clock):
    if not issuers:
        issuers.append(Issuer(session_clock.now))
    return issuers[0]


@pytest.fixture
def guarded(make_phase5, issuer, clock):
    """A coordinator as it stands in the cloud."""
    phase5 = make_phase5(
        token_certs_url=issuer.url,
        token_audiences=(AUDIENCE,),
        push_identities=(PUSH,),
        scheduler_identities=(SCHEDULER,),
        phase3_identities=(PHASE3,),
        operator_identities=(OPERATOR,),
        phase4_poll_seconds=1680,
    )
    callers = VerifiedCallers(phase5.settings.scheduler_identities)
    verifier = build_verifier(phase5.settings, clock)
    visitors = VerifiedVisitors(None, verifier, phase5.settings.operator_identities)
    app = create_app(phase5.parts, phase5.settings, callers, lambda: None, visitors)
    install_access(app, verifier, coordinator_routes(phase5.settings))
    phase5.client = described_client(app)
    return phase5


@pytest.fixture
def as_(issuer):
    """Make the headers with which a caller proves who he is."""

    def headers(caller, **others):
        return bearer(issuer.token(caller, AUDIENCE)) | others if caller else others

    return headers


@pytest.mark.parametrize(("method", "path", "caller"), CELLS)
def test_each_route_lets_in_its_own_callers_and_the_others_touch_nothing(
    guarded, slate, as_, method, path, caller
):
    slate.expect(2)
    slate.features(ready=2)
    is_let_in = caller in LET_IN[method, path]

    response = guarded.client.open(path, method=method, headers=as_(caller, **SAYS_SCHEDULER))

    if is_let_in:
        assert response.status_code in (200, 202, 204, 400, 404)
    else:
        assert response.status_code == (401 if caller is None else 403)
        assert guarded.store.calls == []
        assert guarded.publisher.published == []
        assert guarded.alerter.sent == []


@pytest.mark.parametrize("path", [path for method, path in LET_IN if method == "POST"])
def test_a_refused_body_is_not_even_parsed(guarded, as_, path):
    response = guarded.client.post(path, headers=as_(STRANGER), data=b"{")

    assert (response.status_code, response.get_json()) == (403, {"status": "error", "message": "not allowed"})


def test_every_route_there_is_was_tried(guarded):
    rules = guarded.client.application.url_map.iter_rules()

    routes = {rule.rule for rule in rules} - {"/static/<path:filename>", "/health", "/ready"}
    console = {route for route in routes if route == "/console" or route.startswith("/console/")}

    assert routes - console == {path for _, path in LET_IN}
    assert len(console) > 5


def test_every_page_of_the_console_asks_who_is_there_before_anything_is_touched(guarded, as_):
    rules = [rule for rule in guarded.client.application.url_map.iter_rules() if "/console" in rule.rule]
    asked = [
        (re.sub(r"<[^>]*>", "x", rule.rule), method)
        for rule in rules
        for method in rule.methods & {"GET", "POST"}
    ]

    statuses = {
        (caller, guarded.client.open(path, method=method, headers=as_(caller)).status_code)
        for path, method in asked
        for caller in (None, PUSH, SCHEDULER, STRANGER)
    }

    assert statuses == {(None, 401), (PUSH, 403), (SCHEDULER, 403), (STRANGER, 403)}
    assert guarded.store.calls == []


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_the_platforms_probes_need_no_token(guarded, path):
    assert guarded.client.get(path).status_code == 200


def test_a_pushed_event_starts_the_batch_under_its_identity(guarded, slate, as_):
    slate.expect(20)
    slate.features(ready=20)
    guarded.client.environ_base.update(HTTP_AUTHORIZATION=as_(PUSH)["Authorization"])

    response = guarded.trigger()

    assert response.status_code == 202
    assert len(guarded.publisher.players()) == 20


def test_who_proved_to_be_the_scheduler_waits_for_phase_4(guarded, slate, clock, as_):
    slate.expect(20)
    began = clock.now()

    response = guarded.start(**as_(SCHEDULER))

    assert response.status_code == 503
    assert (clock.now() - began).total_seconds() == 28 * 60


def test_a_slate_is_held_by_the_identity_that_was_proved(guarded, slate, as_):
    body = {"game_date": slate.game_date.isoformat()}

    held = guarded.client.post("/pause", json=body, headers=as_(OPERATOR))

    assert held.get_json()["held_by"] == slate.row["held_by"] == OPERATOR


def test_who_only_says_to_be_the_scheduler_does_not(guarded, slate, clock, as_):
    slate.expect(20)
    began = clock.now()

    response = guarded.start(**as_(OPERATOR, **SAYS_SCHEDULER))

    assert response.status_code == 503
    assert clock.now() == began


def test_without_a_guard_in_front_no_caller_is_known():
    app = Flask("unguarded")
    install_edge(app, retry_after_seconds=1)
    callers = VerifiedCallers([SCHEDULER])
    app.add_url_rule("/start", view_func=lambda: callers.caller({}).value)

    response = app.test_client().get("/start", headers=SAYS_SCHEDULER)

    assert response.status_code == 401


@pytest.mark.parametrize(
    ("email", "kind"), [(SCHEDULER, Caller.SCHEDULER), (OPERATOR, Caller.PERSON), (PUSH, Caller.PERSON)]
)
def test_the_verified_identity_says_what_kind_of_caller_it_is(email, kind):
    with Flask("coordinator").test_request_context("/start", headers=SAYS_SCHEDULER):
        g.caller = email

        assert VerifiedCallers([SCHEDULER]).caller(request.headers) is kind
