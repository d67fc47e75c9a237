"""An OpenID issuer on loopback, for tests: signs tokens, publishes its keys, rotates them, breaks."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

ISSUER = "https://accounts.google.com"
REMOVED = "SIGNATURE_REMOVED_BY_GOOGLE"
LIFETIME_SECONDS = 3600


@dataclass(frozen=True)
class SigningKey:
    """A private key and the id that its public half is published under."""

    kid: str
    algorithm: str
    private: Any

    def published(self) -> dict[str, Any]:
        """Return the public half as an entry of a JWKS."""
        to_jwk = RSAAlgorithm.to_jwk if self.algorithm == "RS256" else ECAlgorithm.to_jwk
        return to_jwk(self.private.public_key(), as_dict=True) | {
            "kid": self.kid,
            "alg": self.algorithm,
            "use": "sig",
        }


@cache
def signing_key(kid: str, algorithm: str = "RS256") -> SigningKey:
    """Make a key; the same id gets the same key for as long as the process lives."""
    if algorithm == "ES256":
        return SigningKey(kid, algorithm, ec.generate_private_key(ec.SECP256R1()))
    return SigningKey(kid, algorithm, rsa.generate_private_key(public_exponent=65537, key_size=2048))


class Issuer:
    """Signs with `keys[0]` and publishes `keys` at `url`, counting the `fetches`.

    `broken` set to a status and a body is what the URL answers instead. `now` dates the tokens.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.keys = [signing_key("first")]
        self.broken: tuple[int, bytes] | None = None
        self.fetches = 0
        self._now = now
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}/certs"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def token(self, email: str, audience: str, key: SigningKey | None = None, **claim_changes: Any) -> str:
        """Sign a token about `email` for `audience`; a claim that is changed to None is left out.

        A `kid` in `claim_changes` is not a claim: sign with another `key` for that.
        """
        issued = int(self._now().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "sub": "1088",
            "email": email,
            "email_verified": True,
            "iat": issued,
            "exp": issued + LIFETIME_SECONDS,
        }
        signed_by = key or self.keys[0]
        said = {name: value for name, value in (claims | claim_changes).items() if value is not None}
        return _sign(said, signed_by)

    def expired_token(self, email: str, audience: str) -> str:
        """Sign a token that was good for an hour, an hour ago."""
        issued = int(self._now().timestamp()) - 2 * LIFETIME_SECONDS
        return self.token(email, audience, iat=issued, exp=issued + LIFETIME_SECONDS)

    def foreign_token(self, email: str, audience: str) -> str:
        """Sign a token with a key that is not published."""
        return self.token(email, audience, key=signing_key("unknown"))

    def rotate(self, kid: str = "second") -> None:
        """Sign with a new key from now on, and publish it before the old ones."""
        self.keys.insert(0, signing_key(kid))

    def answer(self) -> tuple[int, bytes]:
        """Return what the URL answers."""
        self.fetches += 1
        if self.broken is not None:
            return self.broken
        return 200, json.dumps({"keys": [key.published() for key in self.keys]}).encode()

    def close(self) -> None:
        """Stop answering: connections are refused from now on. A second time does nothing."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def without_signature(token: str) -> str:
    """Return the token as Cloud Run hands it on: verified there, and its signature replaced."""
    return f"{token.rpartition('.')[0]}.{REMOVED}"


def bearer(token: str) -> dict[str, str]:
    """Return the header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


def _sign(claims: dict[str, Any], key: SigningKey) -> str:
    return jwt.encode(claims, key.private, algorithm=key.algorithm, headers={"kid": key.kid})


def _handler(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = issuer.answer()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status == 302:
                self.send_header("Location", "/certs")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler
