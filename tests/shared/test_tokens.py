"""Which tokens are believed, and whom they stand for."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from issuer import ISSUER, LIFETIME_SECONDS, Issuer, signing_key, without_signature

from shared.clock import FakeClock
from shared.config import Settings
from shared.errors import DependencyUnavailable, InvalidInput, Unauthenticated
from shared.issuer_keys import IssuerKeys
from shared.tokens import LEEWAY_SECONDS, build_verifier

NOW = datetime(2025, 11, 28, 14, tzinfo=UTC)
AT = int(NOW.timestamp())
EMAIL = "phase5-push@nba-props-platform.iam.gserviceaccount.com"
AUDIENCE = "https://coordinator.test"
CLOUD_RUN = {"K_SERVICE": "prediction-coordinator"}


@pytest.fixture
def clock():
    return FakeClock(NOW)


@pytest.fixture
def issuer(clock):
    issuer = Issuer(clock.now)
    yield issuer
    issuer.close()


@pytest.fixture
def make_verifier(issuer, clock):
    def make(environment=CLOUD_RUN, **changes):
        asked = {"token_certs_url": issuer.url, "token_audiences": (AUDIENCE,)} | changes
        return build_verifier(Settings(**asked), clock, environment)

    return make


@pytest.fixture
def verifier(make_verifier):
    return make_verifier()


def text(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def claims_of(token):
    return jwt.decode(token, options={"verify_signature": False})


def unsigned(token):
    return f"{text({'alg': 'none', 'kid': 'first'})}.{text(claims_of(token))}."


def signed_with_the_public_key(token):
    """Take the published key for a shared secret, which whoever can read it can sign with."""
    public = signing_key("first").private.public_key()
    secret = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    content = f"{text({'alg': 'HS256', 'kid': 'first'})}.{text(claims_of(token))}"
    signature = hmac.new(secret, content.encode(), hashlib.sha256).digest()
    return f"{content}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def with_claims_of(token, other):
    header, _, signature = token.split(".")
    return f"{header}.{other.split('.')[1]}.{signature}"


def test_a_token_of_the_issuer_for_us_stands_for_its_email(verifier, issuer):
    assert verifier.verify(issuer.token(EMAIL, AUDIENCE)) == EMAIL


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"iss": "accounts.google.com"}, id="the issuer's other name"),
        pytest.param({"aud": [AUDIENCE, "https://other.test"]}, id="one of its audiences is us"),
        pytest.param({"exp": AT - LEEWAY_SECONDS + 1}, id="expired within the leeway"),
        pytest.param({"iat": AT + LEEWAY_SECONDS}, id="issued at the end of the leeway"),
        pytest.param({"nbf": AT + LEEWAY_SECONDS}, id="valid from the end of the leeway"),
        pytest.param({"iat": AT + 0.5}, id="a time with a fraction"),
        pytest.param({"name": "ü" * 100}, id="a claim that nobody asks for"),
    ],
)
def test_what_is_within_the_rules_is_accepted(verifier, issuer, changes):
    assert verifier.verify(issuer.token(EMAIL, AUDIENCE, **changes)) == EMAIL


def test_an_elliptic_key_is_as_good(verifier, issuer):
    issuer.keys.insert(0, signing_key("curve", "ES256"))

    assert verifier.verify(issuer.token(EMAIL, AUDIENCE)) == EMAIL


REFUSED_CLAIMS = [
    pytest.param({"exp": AT - LEEWAY_SECONDS}, "expired", id="expired"),
    pytest.param({"exp": None}, "exp", id="no expiry"),
    pytest.param({"exp": str(AT + 60)}, "exp", id="expiry as text"),
    pytest.param({"exp": True}, "exp", id="expiry true"),
    pytest.param({"exp": 10**400}, "exp", id="expiry beyond all numbers"),
    pytest.param({"exp": float("inf")}, "exp", id="never expires"),
    pytest.param({"exp": float("nan")}, "exp", id="expiry not a number"),
    pytest.param({"iat": AT + LEEWAY_SECONDS + 1}, "future", id="not yet issued"),
    pytest.param({"iat": None}, "iat", id="no time of issue"),
    pytest.param({"nbf": AT + LEEWAY_SECONDS + 1}, "future", id="not yet valid"),
    pytest.param({"iss": "https://evil.test"}, "InvalidIssuerError", id="wrong issuer"),
    pytest.param({"iss": f"{ISSUER}/"}, "InvalidIssuerError", id="issuer with a slash too many"),
    pytest.param({"iss": [ISSUER]}, "InvalidIssuerError", id="a list of issuers"),
    pytest.param({"iss": None}, "MissingRequiredClaimError", id="no issuer"),
    pytest.param({"aud": "https://other.test"}, "InvalidAudienceError", id="wrong audience"),
    pytest.param({"aud": f"{AUDIENCE}/trigger"}, "InvalidAudienceError", id="a longer audience"),
    pytest.param({"aud": []}, "MissingRequiredClaimError", id="an empty list of audiences"),
    pytest.param({"aud": None}, "MissingRequiredClaimError", id="no audience"),
    pytest.param({"email": None}, "email", id="no e-mail"),
    pytest.param({"email": ""}, "email", id="an empty e-mail"),
    pytest.param({"email": [EMAIL]}, "email", id="a list of e-mails"),
    pytest.param({"email_verified": None}, "email_verified", id="nothing about the e-mail"),
    pytest.param({"email_verified": False}, "not verified", id="e-mail not verified"),
    pytest.param({"email_verified": "true"}, "email_verified", id="e-mail verified as text"),
    pytest.param({"email_verified": 1}, "email_verified", id="e-mail verified as a number"),
]


@pytest.mark.parametrize(("changes", "reason"), REFUSED_CLAIMS)
def test_a_signed_token_with_a_wrong_claim_is_refused(verifier, issuer, changes, reason):
    token = sign_any(issuer, changes)

    with pytest.raises(Unauthenticated, match=reason):
        verifier.verify(token)


@pytest.mark.parametrize(("changes", "reason"), REFUSED_CLAIMS)
def test_the_platform_is_believed_about_the_signature_alone(make_verifier, issuer, changes, reason):
    token = without_signature(sign_any(issuer, changes))

    with pytest.raises(Unauthenticated, match=reason):
        make_verifier(token_signatures="cloud_run").verify(token)


def sign_any(issuer, changes):
    """Sign claims that a decent issuer's library would not."""
    claims = claims_of(issuer.token(EMAIL, AUDIENCE)) | changes
    said = {name: value for name, value in claims.items() if value is not None}
    return jwt.PyJWS().encode(
        json.dumps(said).encode(), signing_key("first").private, "RS256", headers={"kid": "first"}
    )


@pytest.mark.parametrize("mode", ["verify", "cloud_run"])
@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        pytest.param(lambda i, t: i.foreign_token(EMAIL, AUDIENCE), "PyJWKClientError", id="unknown key"),
        pytest.param(
            lambda i, t: jwt.encode(
                claims_of(t), signing_key("unknown").private, "RS256", headers={"kid": "first"}
            ),
            "InvalidSignatureError",
            id="another key under a known name",
        ),
        pytest.param(
            lambda i, t: with_claims_of(t, i.token("boss@x.test", AUDIENCE)),
            "InvalidSignatureError",
            id="claims exchanged",
        ),
        pytest.param(lambda i, t: unsigned(t), "algorithm", id="algorithm none"),
        pytest.param(lambda i, t: without_signature(unsigned(t)), "algorithm", id="none, then removed"),
        pytest.param(lambda i, t: signed_with_the_public_key(t), "algorithm", id="HS256 with the public key"),
        pytest.param(
            lambda i, t: jwt.encode(
                claims_of(t), signing_key("first").private, "RS512", headers={"kid": "first"}
            ),
            "algorithm",
            id="RS512",
        ),
        pytest.param(
            lambda i, t: jwt.encode(claims_of(t), signing_key("first").private, "RS256"),
            "does not name its key",
            id="no key named",
        ),
        pytest.param(
            lambda i, t: jwt.encode(
                claims_of(t),
                signing_key("curve", "ES256").private,
                "ES256",
                headers={"kid": "first"},
            ),
            "InvalidAlgorithmError",
            id="an algorithm that is not the key's",
        ),
        pytest.param(lambda i, t: t.rpartition(".")[0] + ".", "InvalidSignatureError", id="no signature"),
        pytest.param(lambda i, t: without_signature(t)[:-1], "DecodeError", id="nearly removed"),
        pytest.param(lambda i, t: without_signature(t).lower(), "DecodeError", id="removed in lower case"),
        pytest.param(lambda i, t: t.rpartition(".")[0], "DecodeError", id="two parts"),
        pytest.param(lambda i, t: f"{t}.{t}", "DecodeError", id="six parts"),
        pytest.param(lambda i, t: "a.b.c", "DecodeError", id="garbage"),
        pytest.param(lambda i, t: "", "DecodeError", id="nothing"),
        pytest.param(
            lambda i, t: f"{text([])}.{t.partition('.')[2]}", "DecodeError", id="a list for a header"
        ),
        pytest.param(
            lambda i, t: f"{text({'alg': 'RS256', 'kid': 7})}.{t.partition('.')[2]}",
            "InvalidTokenError",
            id="a number for a key's name",
        ),
        pytest.param(
            lambda i, t: f"{text({'alg': ['RS256'], 'kid': 'first'})}.{t.partition('.')[2]}",
            "algorithm",
            id="a list of algorithms",
        ),
    ],
)
def test_a_forged_token_is_refused_in_both_modes(make_verifier, issuer, mode, forge, reason):
    token = forge(issuer, issuer.token(EMAIL, AUDIENCE))

    with pytest.raises(Unauthenticated, match=reason):
        make_verifier(token_signatures=mode).verify(token)


@pytest.mark.parametrize("mode", ["verify", "cloud_run"])
def test_without_an_audience_nobody_is_let_in(make_verifier, issuer, mode):
    verifier = make_verifier(token_signatures=mode, token_audiences=())

    with pytest.raises(Unauthenticated, match="InvalidAudienceError"):
        verifier.verify(issuer.token(EMAIL, AUDIENCE))
    with pytest.raises(Unauthenticated):
        verifier.verify(without_signature(issuer.token(EMAIL, AUDIENCE)))


def test_a_short_key_is_refused_even_if_the_issuer_publishes_it(verifier, issuer):
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    issuer.keys[0] = type(issuer.keys[0])("short", "RS256", short)
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        token = issuer.token(EMAIL, AUDIENCE)

    with pytest.raises(Unauthenticated, match="InvalidKeyError"):
        verifier.verify(token)


def test_a_removed_signature_is_refused_where_this_process_is_to_verify(verifier, issuer):
    with pytest.raises(Unauthenticated, match="removed"):
        verifier.verify(without_signature(issuer.token(EMAIL, AUDIENCE)))


def test_on_cloud_run_a_removed_signature_is_believed_without_the_keys(make_verifier, issuer):
    verifier = make_verifier(token_signatures="cloud_run")

    assert verifier.verify(without_signature(issuer.foreign_token(EMAIL, AUDIENCE))) == EMAIL
    assert issuer.fetches == 0


def test_on_cloud_run_a_signature_that_is_there_is_verified(make_verifier, issuer):
    verifier = make_verifier(token_signatures="cloud_run")

    assert verifier.verify(issuer.token(EMAIL, AUDIENCE)) == EMAIL
    assert issuer.fetches == 1


def test_a_token_is_good_until_its_time_by_the_clock_that_was_given(verifier, issuer, clock):
    token = issuer.token(EMAIL, AUDIENCE)
    clock.advance(LIFETIME_SECONDS + LEEWAY_SECONDS - 1)
    assert verifier.verify(token) == EMAIL

    clock.advance(1)

    with pytest.raises(Unauthenticated, match="expired"):
        verifier.verify(token)


@pytest.mark.parametrize("mode", ["verify", "cloud_run"])
@given(token=st.text(max_size=50) | st.lists(st.binary(max_size=60), min_size=3, max_size=3))
def test_whatever_is_sent_for_a_token_is_refused_and_nothing_else(mode, token):
    if isinstance(token, list):
        token = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in token)
    settings = Settings(token_signatures=mode, token_audiences=(AUDIENCE,))
    verifier = build_verifier(settings, FakeClock(NOW), CLOUD_RUN)

    with pytest.raises(Unauthenticated):
        verifier.verify(token)


@given(
    payload=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["iss", "aud", "exp", "email"]), inner, max_size=4)
        ),
        max_leaves=6,
    )
)
def test_whatever_the_claims_are_they_are_refused_and_nothing_else(payload):
    token = f"{text({'alg': 'RS256'})}.{text(payload)}.SIGNATURE_REMOVED_BY_GOOGLE"
    settings = Settings(token_signatures="cloud_run", token_audiences=(AUDIENCE,))

    with pytest.raises(Unauthenticated):
        build_verifier(settings, FakeClock(NOW), CLOUD_RUN).verify(token)


def test_no_refusal_repeats_the_token(verifier, issuer):
    token = issuer.token("secret@x.test", "https://secret.test", key=signing_key("secret"))

    with pytest.raises(Unauthenticated) as refused:
        verifier.verify(token)

    assert "secret" not in str(refused.value)


def test_the_keys_are_fetched_once_for_many_tokens(verifier, issuer):
    for _ in range(5):
        verifier.verify(issuer.token(EMAIL, AUDIENCE))

    assert issuer.fetches == 1


def test_names_of_keys_that_do_not_exist_make_nobody_fetch_again(verifier, issuer):
    verifier.verify(issuer.token(EMAIL, AUDIENCE))

    for number in range(5):
        with pytest.raises(Unauthenticated):
            verifier.verify(issuer.token(EMAIL, AUDIENCE, key=signing_key(f"made up {number % 2}")))

    assert issuer.fetches == 1


def test_a_new_key_is_found_once_the_pause_is_over(make_verifier, issuer):
    patient, eager = IssuerKeys(issuer.url), IssuerKeys(issuer.url, pause_seconds=0)
    for keys in (patient, eager):
        keys.get_signing_key("first")
    issuer.rotate()

    assert eager.get_signing_key("second").key_id == "second"
    assert eager.get_signing_key("first").key_id == "first"
    with pytest.raises(jwt.PyJWKClientError):
        patient.get_signing_key("second")


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param((500, b""), id="an error"),
        pytest.param((404, b"{}"), id="not there"),
        pytest.param((302, b""), id="sent elsewhere"),
        pytest.param((200, b"<html>"), id="not JSON"),
        pytest.param((200, b"\xff\xfe\xff"), id="not text"),
        pytest.param((200, b"[]"), id="not an object"),
        pytest.param((200, b"{}"), id="no list of keys"),
        pytest.param((200, b'{"keys": []}'), id="no keys"),
        pytest.param((200, b'{"keys": [{"kty": "RSA", "kid": "first"}]}'), id="half a key"),
    ],
)
def test_keys_that_cannot_be_had_are_an_outage_not_a_refusal(verifier, issuer, broken):
    issuer.broken = broken

    with pytest.raises(DependencyUnavailable, match="the issuer's keys"):
        verifier.verify(issuer.token(EMAIL, AUDIENCE))


def test_an_issuer_that_is_away_is_an_outage(verifier, issuer):
    token = issuer.token(EMAIL, AUDIENCE)
    issuer.close()

    with pytest.raises(DependencyUnavailable):
        verifier.verify(token)


def test_an_outage_is_asked_about_once_a_pause(verifier, issuer):
    issuer.broken = (500, b"")

    for _ in range(5):
        with pytest.raises(DependencyUnavailable):
            verifier.verify(issuer.token(EMAIL, AUDIENCE))

    assert issuer.fetches == 1


def test_an_outage_ends_when_the_issuer_is_back(issuer):
    keys = IssuerKeys(issuer.url, pause_seconds=0)
    issuer.broken = (500, b"")
    with pytest.raises(DependencyUnavailable):
        keys.get_signing_key("first")

    issuer.broken = None

    assert keys.get_signing_key("first").key_id == "first"


def test_known_keys_serve_on_while_the_issuer_is_away(verifier, issuer):
    verifier.verify(issuer.token(EMAIL, AUDIENCE))
    issuer.broken = (500, b"")

    assert verifier.verify(issuer.token(EMAIL, AUDIENCE)) == EMAIL


@pytest.mark.parametrize("environment", [{}, {"K_SERVICE": ""}], ids=["unset", "empty"])
def test_removed_signatures_are_believed_on_cloud_run_only(make_verifier, environment):
    with pytest.raises(InvalidInput, match=r"TOKEN_SIGNATURES: .*K_SERVICE"):
        make_verifier(environment, token_signatures="cloud_run")


def test_verifying_signatures_needs_no_cloud_run(make_verifier, issuer):
    assert make_verifier({}).verify(issuer.token(EMAIL, AUDIENCE)) == EMAIL


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://keys.test/certs", id="without TLS"),
        pytest.param("http://127.0.0.1.keys.test/certs", id="a name that looks like loopback"),
        pytest.param("ftp://127.0.0.1/certs", id="another protocol"),
        pytest.param("file:///etc/certs", id="a file"),
        pytest.param("keys.test", id="no URL"),
    ],
)
def test_keys_come_over_tls_or_from_this_machine(make_verifier, url):
    with pytest.raises(InvalidInput, match="TOKEN_CERTS_URL"):
        make_verifier(token_certs_url=url)
