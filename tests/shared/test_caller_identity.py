"""Who vouches for the caller of a command: in which order, until when, and what is said if nobody does."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from issuer import signing_key

from shared.caller_identity import (
    IMPERSONATE,
    TOKEN,
    CallerIdentity,
    CallerToken,
    Source,
    caller_sources,
    from_gcloud,
    from_google_auth,
    is_machine_of_google,
    read_claims,
)
from shared.errors import DependencyUnavailable, Unauthenticated

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
AUDIENCE = "https://coordinator"
ELSEWHERE = {"PATH": ""}


def token(ends=NOW + timedelta(hours=1), **claims):
    """Return a token that ends so, signed by nobody in particular."""
    said = {"email": "ann@example.com", "aud": AUDIENCE, "exp": int(ends.timestamp())} | claims
    return jwt.encode(said, "k" * 32, algorithm="HS256")


def gives(*values):
    """Return a source that gives these values one by one, and the audiences that it was asked for."""
    left, asked = list(values), []

    def fetch(audience):
        asked.append(audience)
        return left.pop(0)

    return Source("test", fetch), asked


def test_the_first_who_has_a_token_vouches():
    silent, _ = gives(None)
    speaking, asked = gives(token() + "\n")
    unasked, not_asked = gives(token())

    found = CallerIdentity(AUDIENCE, (silent, speaking, unasked), lambda: NOW).token()

    assert (found.value, found.source, found.claims["email"]) == (token(), "test", "ann@example.com")
    assert found.expires_at == NOW + timedelta(hours=1)
    assert (asked, not_asked) == ([AUDIENCE], [])


def test_a_token_is_kept_until_shortly_before_its_end():
    source, asked = gives(token(NOW + timedelta(minutes=10)), token(NOW + timedelta(hours=2)))
    now = [NOW]
    identity = CallerIdentity(AUDIENCE, (source,), lambda: now[0])

    first, now[0] = identity.token(), NOW + timedelta(minutes=7)
    same, now[0] = identity.token(), NOW + timedelta(minutes=8)
    other = identity.token()

    assert first is same
    assert other.expires_at == NOW + timedelta(hours=2)
    assert len(asked) == 2


def test_nobody_who_vouches_is_said_with_what_to_do():
    with pytest.raises(Unauthenticated, match=f"set {TOKEN}, or sign in with `gcloud auth login`"):
        CallerIdentity(AUDIENCE, (gives(None)[0],)).token()


def test_what_is_printed_of_a_token_is_not_the_token():
    found = CallerIdentity(AUDIENCE, (gives(token())[0],), lambda: NOW).token()

    assert found.value not in repr(found)


@pytest.mark.parametrize(
    "value", ["s3cret\r\nx", "s3cret x", "s3cr\u00e9t", "s3cret\udcff", "s3cret=x"], ids=ascii
)
def test_what_could_not_stand_in_a_header_is_no_token_and_is_not_repeated(value):
    with pytest.raises(Unauthenticated, match="what test gives has characters that no token has") as refused:
        CallerIdentity(AUDIENCE, (gives(value)[0],)).token()

    assert "s3cr" not in str(refused.value)


@pytest.mark.parametrize("value", ["opaque", "a.b.c", "ya29.a0-_~+/=="])
def test_whatever_a_header_may_carry_is_sent_as_it_is(value):
    assert CallerIdentity(AUDIENCE, (gives(f"{value}\n")[0],)).token().value == value


@pytest.mark.parametrize("ends", [1e20, -1e20, float("nan")])
def test_an_end_that_no_clock_shows_is_unknown(ends):
    assert CallerToken("t", "test", {"exp": ends}).expires_at is None


@pytest.mark.parametrize("text", ["", "abc", "a.b.c", "a.b"])
def test_what_is_no_token_says_nothing_and_ends_at_an_unknown_time(text):
    assert read_claims(text) == {}


def test_the_environment_goes_first_and_without_anything_there_is_nobody():
    names = [source.name for source in caller_sources(ELSEWHERE)]

    given = [source.fetch(AUDIENCE) for source in caller_sources(ELSEWHERE | {TOKEN: "t"})[:1]]
    none = [source.fetch(AUDIENCE) for source in (caller_sources(ELSEWHERE)[0], caller_sources(ELSEWHERE)[2])]

    assert names == [TOKEN, "google-auth", "gcloud"]
    assert given == ["t"]
    assert none == [None, None]


# ---------------------------------------------------------------- gcloud


@pytest.fixture
def gcloud(tmp_path):
    """Put a gcloud on an otherwise usual PATH that prints its arguments and then does as the test says."""
    program = tmp_path / "gcloud"

    def install(script):
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)
        return {"PATH": f"{tmp_path}:/usr/bin:/bin"}

    return install


def test_gcloud_is_asked_for_the_audience(gcloud):
    assert from_gcloud(AUDIENCE, gcloud('echo "$@"')) == f"auth print-identity-token --audiences={AUDIENCE}"


def test_gcloud_acts_as_the_service_account_that_is_named(gcloud):
    environment = gcloud('echo "$@"') | {IMPERSONATE: "op@p.iam.gserviceaccount.com"}

    asked = from_gcloud(AUDIENCE, environment)

    assert asked.endswith("--include-email --impersonate-service-account=op@p.iam.gserviceaccount.com")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'ERROR: (gcloud.auth) no account.' >&2; echo x >&2; exit 1", r"\(no account\)"),
        ("echo 'odd' >&2; exit 3", "odd"),
        ("exit 1", "it gives no reason"),
    ],
)
def test_a_gcloud_that_fails_is_quoted_with_what_to_do(gcloud, script, said):
    with pytest.raises(Unauthenticated, match=f"{said}.*; sign in with `gcloud auth login`"):
        from_gcloud(AUDIENCE, gcloud(script))


def test_a_gcloud_that_hangs_is_given_up(gcloud, monkeypatch):
    monkeypatch.setattr("shared.caller_identity.GCLOUD_SECONDS", 0.05)

    with pytest.raises(DependencyUnavailable, match="gcloud does not answer: TimeoutExpired"):
        from_gcloud(AUDIENCE, gcloud("exec sleep 5"))


# ---------------------------------------------------------------- google-auth


@pytest.fixture
def google(tmp_path):
    """Answer as Google's token endpoint does; return the answer to change and the environment to pass."""
    answer = {"status": 200, "body": {"id_token": token(datetime.now(UTC) + timedelta(hours=1))}}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            content = json.dumps(answer["body"]).encode()
            self.send_response(answer["status"])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            """Say nothing."""

    endpoint = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=endpoint.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    private = signing_key("first").private
    key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    account = {
        "type": "service_account",
        "client_email": "op@p.iam.gserviceaccount.com",
        "private_key": key,
        "token_uri": f"http://127.0.0.1:{endpoint.server_port}",
    }
    file = tmp_path / "account.json"
    file.write_text(json.dumps(account), encoding="utf-8")
    yield answer, {"GOOGLE_APPLICATION_CREDENTIALS": str(file)}
    endpoint.shutdown()
    endpoint.server_close()


@pytest.fixture
def as_environment(monkeypatch):
    """Let google-auth, which reads the process's environment, see what the test passes."""

    def enter(environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return environment

    return enter


def test_the_key_of_a_service_account_vouches_through_google_auth(google, as_environment):
    answer, environment = google

    assert from_google_auth(AUDIENCE, as_environment(environment)) == answer["body"]["id_token"]


def test_credentials_that_google_refuses_are_an_identity_that_is_refused(google, as_environment):
    answer, environment = google
    answer |= {"status": 400, "body": {"error": "invalid_grant"}}

    with pytest.raises(Unauthenticated, match=r"google-auth gives no token: .*look at its credentials"):
        from_google_auth(AUDIENCE, as_environment(environment))


def test_credentials_of_a_person_are_left_to_gcloud(tmp_path, as_environment, monkeypatch):
    file = tmp_path / "person.json"
    file.write_text('{"type": "authorized_user"}', encoding="utf-8")
    monkeypatch.setenv("GCE_METADATA_TIMEOUT", "0")
    monkeypatch.setattr("google.auth.compute_engine._metadata.ping", lambda _: False)

    assert from_google_auth(AUDIENCE, as_environment({"GOOGLE_APPLICATION_CREDENTIALS": str(file)})) is None


@pytest.mark.parametrize(
    ("environment", "product", "is_google"),
    [
        ({}, "Google Compute Engine\n", True),
        ({}, "Standard PC", False),
        ({}, None, False),
        ({"K_SERVICE": "x"}, None, True),
        ({"GCE_METADATA_HOST": "x"}, None, True),
    ],
)
def test_a_metadata_server_is_looked_for_on_machines_of_google_alone(
    environment, product, is_google, tmp_path
):
    name = tmp_path / "product_name"
    if product:
        name.write_text(product, encoding="utf-8")

    assert is_machine_of_google(environment, name) is is_google
