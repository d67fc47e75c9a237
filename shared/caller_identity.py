"""Who calls from a command line: an OpenID token for the service that is called, from whoever vouches for us.

In this order: the environment's token, google-auth where it can answer, and gcloud.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.errors import DependencyUnavailable, Unauthenticated

TOKEN = "NBA_PROPS_TOKEN"
IMPERSONATE = "NBA_PROPS_IMPERSONATE"
GCLOUD_SECONDS = 30.0
RENEW_BEFORE = timedelta(minutes=2)
_PRODUCT = Path("/sys/class/dmi/id/product_name")  # begins with Google on Compute Engine

_SENDABLE = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # what RFC 6750 lets follow "Bearer"
_ORIGIN = re.compile(r"^ERROR: (\([\w.-]+\) )?")  # before gcloud's own sentence

Fetch = Callable[[str], str | None]
"""From an audience to a token; None where this source has nothing to say."""


@dataclass(frozen=True)
class Source:
    """Somebody who may vouch for us, by the name that people are shown."""

    name: str
    fetch: Fetch


@dataclass(frozen=True)
class CallerToken:
    """A token, who gave it, and what it says of itself; nobody has checked its signature."""

    value: str = field(repr=False)
    source: str
    claims: Mapping[str, Any]

    @property
    def expires_at(self) -> datetime | None:
        """Return when it ends, if it says so in a way that a clock can show."""
        ends = self.claims.get("exp")
        try:
            return datetime.fromtimestamp(ends, UTC) if isinstance(ends, int | float) else None
        except (ValueError, OverflowError, OSError):
            return None


class CallerIdentity:
    """Finds a token when the first is needed, and another one before it ends."""

    def __init__(
        self,
        audience: str,
        sources: tuple[Source, ...],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.audience = audience
        self._sources = sources
        self._now = now
        self._found: CallerToken | None = None

    def token(self) -> CallerToken:
        """Return a token for the audience.

        Raises Unauthenticated saying what to do if nobody gives one, or what is given cannot be a token.
        """
        if self._found is None or self._ends_soon(self._found):
            self._found = self._find()
        return self._found

    def _find(self) -> CallerToken:
        for source in self._sources:
            value = source.fetch(self.audience)
            if value:
                token = require_sendable(value.strip(), source.name)
                return CallerToken(token, source.name, read_claims(token))
        raise Unauthenticated(
            f"nobody vouches for you: set {TOKEN}, or sign in with `gcloud auth login` and name a service "
            f"account that you may act as in {IMPERSONATE}"
        )

    def _ends_soon(self, token: CallerToken) -> bool:
        return token.expires_at is not None and self._now() >= token.expires_at - RENEW_BEFORE


def caller_sources(environment: Mapping[str, str] = os.environ) -> tuple[Source, ...]:
    """Return who may vouch for us, in the order in which they are asked."""
    return (
        Source(TOKEN, lambda audience: environment.get(TOKEN) or None),
        Source("google-auth", lambda audience: from_google_auth(audience, environment)),
        Source("gcloud", lambda audience: from_gcloud(audience, environment)),
    )


def require_sendable(token: str, source: str) -> str:
    """Return a token that may stand in a header; refuse any other without repeating it.

    What comes with a line break or a blank is not only a token, and its sender would quote all of it.
    """
    if _SENDABLE.fullmatch(token) is None:
        raise Unauthenticated(
            f"what {source} gives has characters that no token has, such as a line break; "
            "get it again, as one word"
        )
    return token


def read_claims(token: str) -> Mapping[str, Any]:
    """Return what a token says of itself, unchecked; nothing if it is no such token."""
    import jwt  # late, as google below: most commands talk to this machine and need neither

    try:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        return {}
    return claims


def from_google_auth(audience: str, environment: Mapping[str, str]) -> str | None:
    """Return the token of the credentials file or of the machine's service account.

    It is asked only where there is one of them: elsewhere it looks for a metadata server for seconds. Raises
    Unauthenticated if the credentials are no use, DependencyUnavailable if Google does not answer.
    """
    if not environment.get("GOOGLE_APPLICATION_CREDENTIALS") and not is_machine_of_google(environment):
        return None
    from google.auth import exceptions
    from google.auth.transport.requests import Request
    from google.oauth2.id_token import fetch_id_token

    try:
        token: str = fetch_id_token(Request(), audience)
    except exceptions.TransportError as error:
        raise DependencyUnavailable(f"google-auth cannot reach Google: {error}; try again") from error
    except exceptions.DefaultCredentialsError:
        return None  # credentials of a person, for whom gcloud speaks
    except exceptions.GoogleAuthError as error:
        raise Unauthenticated(f"google-auth gives no token: {error}; look at its credentials") from error
    return token


def is_machine_of_google(environment: Mapping[str, str], product: Path = _PRODUCT) -> bool:
    """Say whether a metadata server answers here: on Cloud Run, on Compute Engine, or where one is named."""
    if any(environment.get(name) for name in ("K_SERVICE", "CLOUD_RUN_JOB", "GCE_METADATA_HOST")):
        return True
    try:
        return product.read_text("utf-8").startswith("Google")
    except OSError:
        return False


def from_gcloud(audience: str, environment: Mapping[str, str]) -> str | None:
    """Return the token that gcloud prints, as the account of NBA_PROPS_IMPERSONATE if there is one.

    None without gcloud. Raises Unauthenticated with gcloud's own sentence if it gives none.
    """
    program = shutil.which("gcloud", path=environment.get("PATH"))
    if program is None:
        return None
    command = [program, "auth", "print-identity-token", f"--audiences={audience}"]
    if account := environment.get(IMPERSONATE):
        command += ["--include-email", f"--impersonate-service-account={account}"]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=GCLOUD_SECONDS,
            check=False,
            env=dict(environment),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DependencyUnavailable(f"gcloud does not answer: {type(error).__name__}; try again") from error
    if done.returncode:
        raise Unauthenticated(
            f"gcloud gives no token ({_last_error(done.stderr)}); sign in with `gcloud auth login` and name "
            f"a service account that you may act as in {IMPERSONATE}"
        )
    return done.stdout.strip() or None


def _last_error(said: str) -> str:
    lines = said.splitlines() or ["it gives no reason"]
    errors = [line for line in lines if line.startswith("ERROR")]
    return _ORIGIN.sub("", (errors or lines)[-1]).strip().rstrip(".")
