"""Who has Identity-Aware Proxy let in? Its signed assertion, and none of the headers beside it, says so."""

import re

from werkzeug.datastructures import Headers

from shared.clock import Clock
from shared.config import Settings
from shared.errors import Unauthenticated
from shared.issuer_keys import IssuerKeys
from shared.tokens import Claims, TokenVerifier, require_safe_source

ASSERTION_HEADER = "X-Goog-IAP-JWT-Assertion"
ISSUER = "https://cloud.google.com/iap"
ALGORITHMS = ("ES256",)
MAX_ASSERTION_CHARACTERS = 8192
# Three parts of base64url and nothing else: two headers, which a server joins with a comma, do not fit.
_ASSERTION = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


def build_iap_verifier(settings: Settings, clock: Clock) -> TokenVerifier | None:
    """Make the verifier of the proxy's assertions; None without IAP_AUDIENCE: then it vouches for nobody.

    `clock` must be the real time. Raises InvalidInput for keys that could be anybody's.
    """
    require_safe_source("IAP_CERTS_URL", settings.iap_certs_url)
    if not settings.iap_audience:
        return None
    return TokenVerifier(
        issuers=(ISSUER,),
        audiences=(settings.iap_audience,),
        keys=IssuerKeys(settings.iap_certs_url),
        clock=clock,
        algorithms=ALGORITHMS,
        claims=Claims,
    )


def has_assertion(headers: Headers) -> bool:
    """Say whether the proxy, or somebody in its name, vouches for the caller."""
    return ASSERTION_HEADER in headers


def read_assertion(headers: Headers) -> str:
    """Return the one assertion; raise Unauthenticated for anything else.

    X-Goog-Authenticated-User-Email and the like are unsigned: whoever gets past the proxy can write them.
    """
    header = headers.get(ASSERTION_HEADER, "")
    if len(header) > MAX_ASSERTION_CHARACTERS:
        raise Unauthenticated("the assertion is too long")
    if _ASSERTION.fullmatch(header) is None:
        raise Unauthenticated("the header is not one assertion")
    return header
