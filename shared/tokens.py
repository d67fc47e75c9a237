"""Who is calling? An OpenID token, checked down to the e-mail address that its issuer vouches for."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

import jwt
from jwt import PyJWK, PyJWTError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.clock import Clock
from shared.config import Settings
from shared.errors import InvalidInput, Unauthenticated
from shared.issuer_keys import IssuerKeys

REMOVED_SIGNATURE = "SIGNATURE_REMOVED_BY_GOOGLE"  # what Cloud Run puts where it has verified one
ALGORITHMS = ("RS256", "ES256")
LEEWAY_SECONDS = 30
_LOOPBACK = ("127.0.0.1", "localhost")

Seconds = Annotated[float, Field(allow_inf_nan=False)]


class Claims(BaseModel):
    """What a token must say besides issuer and audience. Strict: the text "true" is not true."""

    model_config = ConfigDict(strict=True, frozen=True)

    email: Annotated[str, Field(min_length=1)]
    iat: Seconds
    exp: Seconds
    nbf: Seconds = 0.0


class OpenIdClaims(Claims):
    """Those of an issuer that also signs addresses that nobody has verified, and says so."""

    email_verified: bool


@dataclass(frozen=True)
class TokenVerifier:
    """Turns a token into the e-mail address of the caller, or refuses it.

    `trusts_platform` accepts a token whose signature the platform has verified and removed. All else
    that a token must be is checked here in both modes, and a signature that is there always is. `claims`
    is what this issuer's tokens must say.
    """

    issuers: tuple[str, ...]
    audiences: tuple[str, ...]
    keys: IssuerKeys
    clock: Clock
    trusts_platform: bool = False
    algorithms: tuple[str, ...] = ALGORITHMS
    claims: type[Claims] = OpenIdClaims

    def verify(self, token: str) -> str:
        """Return the caller's verified e-mail address.

        Raises Unauthenticated for a token that proves nothing, DependencyUnavailable while the keys to
        tell cannot be had. Neither text contains any part of the token.
        """
        try:
            claims = self.claims.model_validate(self._read(token))
        except PyJWTError as error:
            raise Unauthenticated(f"the token: {type(error).__name__}") from error
        except ValidationError as error:
            names = ", ".join(sorted({str(fault["loc"][0]) for fault in error.errors(include_input=False)}))
            raise Unauthenticated(f"the token's claims are missing or wrong: {names}") from error
        self._check_times(claims)
        if isinstance(claims, OpenIdClaims) and not claims.email_verified:
            raise Unauthenticated("the token's e-mail address is not verified")
        return claims.email

    def _read(self, token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in self.algorithms:
            raise Unauthenticated("the token's algorithm is not accepted")
        if not token.endswith("." + REMOVED_SIGNATURE):
            return self._decode(token, self._signing_key(header))
        if not self.trusts_platform:
            raise Unauthenticated("the token's signature was removed; TOKEN_SIGNATURES asks to verify it")
        return self._decode(token, None)

    def _signing_key(self, header: Mapping[str, Any]) -> PyJWK:
        if not header.get("kid"):
            raise Unauthenticated("the token does not name its key")
        return self.keys.get_signing_key(header["kid"])

    def _decode(self, token: str, key: PyJWK | None) -> dict[str, Any]:
        """Read the claims of one of our issuers for us; no key means that the signature was removed."""
        return jwt.decode(
            token,
            key or "",
            algorithms=self.algorithms,
            issuer=self.issuers,
            audience=self.audiences,
            options={
                "verify_signature": key is not None,
                "enforce_minimum_key_length": True,
                "verify_iss": True,
                "verify_aud": True,
                "verify_exp": False,  # the times are compared with our clock, below
                "verify_iat": False,
                "verify_nbf": False,
            },
        )

    def _check_times(self, claims: Claims) -> None:
        now = self.clock.now().timestamp()
        if now >= claims.exp + LEEWAY_SECONDS:
            raise Unauthenticated("the token has expired")
        if now < max(claims.iat, claims.nbf) - LEEWAY_SECONDS:
            raise Unauthenticated("the token is from the future")


def build_verifier(
    settings: Settings, clock: Clock, environment: Mapping[str, str] = os.environ
) -> TokenVerifier:
    """Make the verifier that the settings ask for; `clock` must be the real time.

    Raises InvalidInput where the settings would let anybody in: a removed signature is believed on Cloud
    Run alone (it sets K_SERVICE), and keys come over TLS or from this machine.
    """
    trusts_platform = settings.token_signatures == "cloud_run"
    if trusts_platform and not environment.get("K_SERVICE"):
        raise InvalidInput("TOKEN_SIGNATURES: cloud_run is for Cloud Run only, and K_SERVICE is not set")
    if trusts_platform and settings.iap_audience:
        raise InvalidInput(
            "TOKEN_SIGNATURES: must be verify where IAP_AUDIENCE is set; behind Identity-Aware Proxy nobody "
            "verifies a bearer token before this process does"
        )
    require_safe_source("TOKEN_CERTS_URL", settings.token_certs_url)
    return TokenVerifier(
        issuers=settings.token_issuers,
        audiences=settings.token_audiences,
        keys=IssuerKeys(settings.token_certs_url),
        clock=clock,
        trusts_platform=trusts_platform,
    )


def require_safe_source(setting: str, url: str) -> None:
    """Raise InvalidInput naming the setting unless keys from this URL come over TLS or from this machine."""
    source = urlsplit(url)
    if source.scheme != "https" and (source.scheme, source.hostname in _LOOPBACK) != ("http", True):
        raise InvalidInput(f"{setting}: must begin with https://")
