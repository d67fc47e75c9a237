"""Who may look at the console and who may act: the assertion of Identity-Aware Proxy, a token, loopback."""

import base64
import hashlib
import hmac
import json

import pytest
from cryptography.hazmat.primitives import serialization
from flask import Flask
from issuer import Issuer, bearer, signing_key, without_signature
from structlog.contextvars import get_contextvars
from structlog.testing import capture_logs

from predictions.coordinator.visitors import (
    LoopbackVisitors,
    VerifiedVisitors,
    Visitor,
    current_visitor,
    install_visitors,
)
from shared.access import coordinator_routes, install_access, worker_routes
from shared.clock import SystemClock
from shared.config import Settings
from shared.errors import InvalidInput
from shared.http import answer, install_edge
from shared.iap import ASSERTION_HEADER, ISSUER, MAX_ASSERTION_CHARACTERS, build_iap_verifier
from shared.tokens import LEEWAY_SECONDS, build_verifier

AUDIENCE = "/projects/1/locations/us-west2/services/prediction-console"
SERVICE = "https://console.test"
VIEWER, OPERATOR, PUSH = "viewer@p.test", "operator@p.test", "push@p.test"
CURVE = signing_key("iap", "ES256")
PAGE, ACTION, STATUS = "/console/2025-01-15", "/console/2025-01-15/do/start", "/status"
FROM_PAGE = {"Sec-Fetch-Site": "same-origin"}
REFUSED = {"status": "error", "message": "who is calling could not be verified"}
FORBIDDEN = {"status": "error", "message": "not allowed"}


@pytest.fixture(scope="module")
def issuer():
    """Somebody who signs with Google's keys and with the proxy's."""
    issuer = Issuer()
    issuer.keys.append(CURVE)
    yield issuer
    issuer.close()


@pytest.fixture(scope="module")
def settings(issuer):
    return Settings(
        token_certs_url=issuer.url,
        iap_certs_url=issuer.url,
        iap_audience=AUDIENCE,
        token_audiences=(SERVICE,),
        push_identities=(PUSH,),
        operator_identities=(OPERATOR,),
    )


@pytest.fixture(scope="module")
def make_client():
    """Make an app with two pages of a console and a route that is none, and return a client of it."""

    def make(visitors, settings=None, routes=coordinator_routes):
        app = Flask("console")
        install_edge(app, retry_after_seconds=7)
        install_visitors(app, visitors)
        for path in ("/console", "/console/<day>", "/console/<day>/do/<action>", "/consoles", STATUS):
            app.add_url_rule(path, endpoint=path, view_func=_tell, methods=["GET", "POST"])
        if settings is not None:
            install_access(app, build_verifier(settings, SystemClock()), routes(settings))
        return app.test_client()

    return make


def _tell(**_):
    visitor = current_visitor()
    return answer({"name": visitor.name, "is_operator": visitor.is_operator})


@pytest.fixture(scope="module")
def client(make_client, settings):
    """The console as it stands in the cloud."""
    clock = SystemClock()
    visitors = VerifiedVisitors(
        build_iap_verifier(settings, clock), build_verifier(settings, clock), settings.operator_identities
    )
    return make_client(visitors, settings)


@pytest.fixture
def assertion(issuer):
    """Make what the proxy says of somebody; claims may be changed, and None leaves one out."""

    def say(email=VIEWER, key=CURVE, **changes):
        said = {"iss": ISSUER, "email_verified": None} | changes
        return issuer.token(email, said.pop("aud", AUDIENCE), key=key, **said)

    return say


def asserted(value):
    return {ASSERTION_HEADER: value}


def told(response):
    return response.status_code, response.get_json()


# ---------------------------------------------------------------- behind the proxy


def test_whom_the_proxy_has_let_in_may_look(client, assertion):
    for path in ("/console", PAGE):
        response = client.get(path, headers=asserted(assertion()))

        assert told(response) == (200, {"name": VIEWER, "is_operator": False})


def test_an_operator_whom_the_proxy_has_let_in_may_act_from_a_page_of_the_console(client, assertion):
    response = client.post(ACTION, headers=asserted(assertion(OPERATOR)) | FROM_PAGE)

    assert told(response) == (200, {"name": OPERATOR, "is_operator": True})


def test_a_viewer_may_not_act(client, assertion):
    for path in (PAGE, ACTION):
        assert told(client.post(path, headers=asserted(assertion()) | FROM_PAGE)) == (403, FORBIDDEN)


def test_the_assertion_decides_whatever_token_is_sent_beside_it(client, assertion, issuer):
    beside = bearer(issuer.token(OPERATOR, SERVICE)) | FROM_PAGE

    as_viewer = client.post(ACTION, headers=beside | asserted(assertion()))
    as_nobody = client.post(ACTION, headers=beside | asserted("x.y.z"))

    assert (as_viewer.status_code, as_nobody.status_code) == (403, 401)


def test_the_proxys_unsigned_headers_make_nobody_anybody(client, assertion):
    unsigned = {
        "X-Goog-Authenticated-User-Email": f"accounts.google.com:{OPERATOR}",
        "X-Goog-Authenticated-User-ID": "accounts.google.com:1",
    }

    alone = client.get(PAGE, headers=unsigned)
    beside = client.get(PAGE, headers=unsigned | asserted(assertion()))

    assert told(alone) == (401, REFUSED)
    assert beside.get_json() == {"name": VIEWER, "is_operator": False}


def test_an_assertion_is_good_within_the_leeway(client, assertion):
    now = int(SystemClock().now().timestamp())
    early, late = {"iat": now + LEEWAY_SECONDS - 5}, {"exp": now - LEEWAY_SECONDS + 5}

    statuses = [client.get(PAGE, headers=asserted(assertion(**one))).status_code for one in (early, late)]

    assert statuses == [200, 200]


WRONG = [
    pytest.param({"aud": "/projects/1/locations/us-west2/services/another"}, id="another service"),
    pytest.param({"aud": SERVICE}, id="the audience of bearer tokens"),
    pytest.param({"aud": None}, id="no audience"),
    pytest.param({"iss": "https://accounts.google.com"}, id="the issuer of bearer tokens"),
    pytest.param({"iss": "https://cloud.google.com/iap/"}, id="an issuer with a slash too many"),
    pytest.param({"iss": None}, id="no issuer"),
    pytest.param({"email": None}, id="no e-mail"),
    pytest.param({"email": ""}, id="an empty e-mail"),
    pytest.param({"email": [OPERATOR]}, id="a list of e-mails"),
    pytest.param({"exp": 1}, id="expired"),
    pytest.param({"exp": None}, id="no expiry"),
    pytest.param({"iat": 2**33}, id="from the future"),
    pytest.param({"iat": None}, id="no time of issue"),
    pytest.param({"key": signing_key("first")}, id="signed with a published RSA key"),
    pytest.param({"key": signing_key("stranger", "ES256")}, id="signed with a key that is not published"),
]


@pytest.mark.parametrize("changes", WRONG)
def test_an_assertion_that_is_not_wholly_right_lets_nobody_in(client, assertion, changes):
    assert told(client.get(PAGE, headers=asserted(assertion(**changes)))) == (401, REFUSED)


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def resigned(assertion, header, secret=b""):
    """Return the same claims under another header, with a shared secret for a key."""
    content = f"{part(header)}.{assertion.split('.')[1]}"
    signature = hmac.new(secret, content.encode(), hashlib.sha256).digest() if secret else b""
    return f"{content}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def public_key():
    return CURVE.private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


FORGED = {
    "no algorithm": lambda real: resigned(real, {"alg": "none", "kid": "iap"}),
    "no algorithm, some signature": lambda real: resigned(real, {"alg": "none", "kid": "iap"}, b"x"),
    "the public key for a shared secret": lambda real: resigned(
        real, {"alg": "HS256", "kid": "iap"}, public_key()
    ),
    "no name of a key": lambda real: resigned(real, {"alg": "ES256"}, b"x"),
    "an empty name of a key": lambda real: resigned(real, {"alg": "ES256", "kid": ""}, b"x"),
    "the signature removed": without_signature,
    "two of them": lambda real: f"{real},{real}",
    "two of them, apart": lambda real: f"{real}, {real}",
    "a bearer": lambda real: f"Bearer {real}",
    "nothing": lambda real: "",
    "too long": lambda real: f"{real}{'A' * MAX_ASSERTION_CHARACTERS}",
}


@pytest.mark.parametrize("name", FORGED)
def test_what_is_no_assertion_of_the_proxy_lets_nobody_in(client, assertion, name):
    forged = FORGED[name](assertion(OPERATOR))

    assert told(client.get(PAGE, headers=asserted(forged))) == (401, REFUSED)


def test_two_headers_are_no_assertion(client, assertion):
    twice = [(ASSERTION_HEADER, assertion()), (ASSERTION_HEADER, assertion(OPERATOR))]

    assert client.get(PAGE, headers=twice).status_code == 401


def test_keys_that_cannot_be_had_are_an_outage_and_no_refusal(make_client, settings, assertion):
    issuer = Issuer()
    issuer.broken = (500, b"")
    clock = SystemClock()
    away = settings.model_copy(update={"iap_certs_url": issuer.url})
    visitors = VerifiedVisitors(build_iap_verifier(away, clock), build_verifier(settings, clock), ())

    response = make_client(visitors).get(PAGE, headers=asserted(assertion()))
    issuer.close()

    assert response.status_code == 503


def test_without_an_audience_the_proxy_vouches_for_nobody(make_client, settings, assertion, issuer):
    clock = SystemClock()
    without = settings.model_copy(update={"iap_audience": ""})
    visitors = VerifiedVisitors(
        build_iap_verifier(without, clock), build_verifier(without, clock), (OPERATOR,)
    )
    client = make_client(visitors, without)

    assert client.get(PAGE, headers=asserted(assertion(OPERATOR, aud=""))).status_code == 401
    assert client.get(PAGE, headers=asserted(assertion(OPERATOR))).status_code == 401
    assert client.get(PAGE, headers=bearer(issuer.token(OPERATOR, SERVICE))).status_code == 200


def test_keys_of_the_proxy_come_over_tls_or_from_this_machine():
    with pytest.raises(InvalidInput, match="IAP_CERTS_URL"):
        build_iap_verifier(Settings(iap_certs_url="http://www.gstatic.com/iap"), SystemClock())


def test_behind_the_proxy_no_removed_signature_is_believed():
    trusting = Settings(token_signatures="cloud_run", iap_audience=AUDIENCE)

    with pytest.raises(InvalidInput, match="TOKEN_SIGNATURES: must be verify"):
        build_verifier(trusting, SystemClock(), {"K_SERVICE": "prediction-console"})


# ---------------------------------------------------------------- beside the proxy


def test_an_operators_bearer_token_counts_on_the_console_too(client, issuer):
    headers = bearer(issuer.token(OPERATOR, SERVICE))

    assert told(client.get(PAGE, headers=headers)) == (200, {"name": OPERATOR, "is_operator": True})
    assert client.post(ACTION, headers=headers | FROM_PAGE).status_code == 200


@pytest.mark.parametrize("email", [VIEWER, PUSH])
def test_nobody_elses_bearer_token_does(client, issuer, email):
    assert told(client.get(PAGE, headers=bearer(issuer.token(email, SERVICE)))) == (403, FORBIDDEN)


def test_who_brings_nothing_sees_nothing(client):
    assert told(client.get(PAGE)) == (401, REFUSED)
    assert told(client.post(ACTION, headers=FROM_PAGE)) == (401, REFUSED)


@pytest.mark.parametrize("path", [STATUS, "/consoles", "/console/2025-01-15/nowhere"])
def test_an_assertion_counts_on_no_other_route(client, assertion, issuer, path):
    headers = asserted(assertion(OPERATOR))

    assert told(client.get(path, headers=headers)) == (401, REFUSED)
    assert client.get(path, headers=headers | bearer(issuer.token(OPERATOR, SERVICE))).status_code == 401


def test_only_the_coordinators_guard_leaves_the_console_to_its_visitors(make_client, settings):
    class Everybody:
        def visitor(self, request):
            return Visitor("anybody", is_operator=True)

    coordinator, worker = (
        make_client(Everybody(), settings, routes) for routes in (coordinator_routes, worker_routes)
    )

    assert coordinator.get(PAGE).status_code == 200
    assert worker.get(PAGE).status_code == 401


def test_who_visits_stands_on_every_line_of_the_log(make_client):
    class Somebody:
        def visitor(self, request):
            return Visitor("somebody", is_operator=False)

    with capture_logs() as lines:
        make_client(Somebody()).post(ACTION)

    assert [line["reason"] for line in lines] == ["this visitor may look and not act"]
    assert get_contextvars()["caller"] == "somebody"


def test_where_no_guard_has_asked_nobody_is_visiting(make_client):
    class Everybody:
        def visitor(self, request):
            raise AssertionError("this is no page of the console")

    assert make_client(Everybody()).get(STATUS).status_code == 401


# ---------------------------------------------------------------- forms of other pages


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Sec-Fetch-Site": "same-origin"}, 200, id="a page of the console"),
        pytest.param({"Origin": "http://localhost"}, 200, id="an old browser that names us"),
        pytest.param({"Sec-Fetch-Site": "none", "Origin": "http://localhost"}, 200, id="the person, here"),
        pytest.param({}, 403, id="nobody says from where"),
        pytest.param({"Sec-Fetch-Site": "none"}, 403, id="the person, from nowhere"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a neighbour"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="somebody else"),
        pytest.param({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403, id="two tales"),
        pytest.param({"Origin": "http://evil.test"}, 403, id="an old browser on another page"),
        pytest.param({"Origin": "http://localhost.evil.test"}, 403, id="a name that begins as ours"),
        pytest.param({"Origin": "http://localhost:8081"}, 403, id="another port"),
        pytest.param({"Origin": "null"}, 403, id="a page without an origin"),
        pytest.param({"Origin": "http://["}, 403, id="an origin that is none"),
    ],
)
def test_a_form_is_taken_from_a_page_of_the_console_alone(make_client, headers, status):
    client = make_client(LoopbackVisitors())

    assert client.post(ACTION, headers=headers).status_code == status
    assert client.get(PAGE, headers=headers).status_code == 200


# ---------------------------------------------------------------- on loopback


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1"])
@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST"])
def test_whoever_sits_at_this_machine_is_its_operator(make_client, address, host):
    client = make_client(LoopbackVisitors())

    response = client.get(PAGE, headers={"Host": host}, environ_base={"REMOTE_ADDR": address})

    assert told(response) == (200, {"name": "local operator", "is_operator": True})


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        pytest.param("192.168.1.9", {}, id="another machine"),
        pytest.param("", {}, id="nobody knows from where"),
        pytest.param("127.0.0.1", {"Host": "evil.test"}, id="a name that was bound to this machine"),
        pytest.param("127.0.0.1", {"Host": "localhost.evil.test"}, id="a name that begins as ours"),
        pytest.param("127.0.0.1", {"Host": "127.0.0.1.evil.test:8080"}, id="an address that goes on"),
        pytest.param("127.0.0.1", {"Host": "127.0.0.1@evil.test"}, id="our address for a user"),
        pytest.param("127.0.0.1", {"Host": "[::1"}, id="half an address"),
        pytest.param("127.0.0.1", {"Host": "0.0.0.0"}, id="every address"),
        pytest.param(
            "192.168.1.9", {"X-Forwarded-For": "127.0.0.1"}, id="another machine that says it is us"
        ),
        pytest.param("127.0.0.1", {"X-Forwarded-For": "192.168.1.9"}, id="a proxy on this machine"),
        pytest.param("127.0.0.1", {"Forwarded": "for=192.168.1.9"}, id="a proxy of the newer kind"),
        pytest.param("127.0.0.1", {"X-Forwarded-Host": "localhost"}, id="a host that was forwarded"),
    ],
)
def test_nobody_else_sees_the_console_of_the_embedded_stack(make_client, address, headers):
    client = make_client(LoopbackVisitors())

    response = client.get(PAGE, headers=headers, environ_base={"REMOTE_ADDR": address})

    assert told(response) == (403, FORBIDDEN)
