"""Servers elsewhere: their URLs, and the identity that goes with every call to them."""

import os
from urllib.parse import SplitResult, urlsplit

from cli.where import Where
from local.client import Credentials, StackClient, nobody, sendable
from shared.caller_identity import TOKEN, CallerIdentity, caller_sources
from shared.errors import InvalidInput

AUDIENCE, PRECOMPUTE_AUDIENCE = "NBA_PROPS_AUDIENCE", "NBA_PROPS_PRECOMPUTE_AUDIENCE"
PRECOMPUTE = "/precompute"  # where one process serves all
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def remote(url: str, audience_name: str) -> StackClient:
    """Return a client of a URL that sends the caller's identity; raise InvalidInput for no such URL."""
    return StackClient(url, credentials=credentials_for(url, audience_name))


def credentials_for(url: str, audience_name: str) -> Credentials:
    """Return what gives the tokens for a URL: nothing for this machine, unless the environment has one.

    Raises InvalidInput for a URL over which a token would travel in the clear.
    """
    identity = identity_for(url, audience_name)
    return nobody if identity is None else lambda: identity.token().value


def identity_for(url: str, audience_name: str) -> CallerIdentity | None:
    """Return the caller's identity towards a URL, None towards this machine, which asks for none."""
    parts = _split(url)
    is_here = parts.hostname in _LOOPBACK
    if parts.scheme == "http" and not is_here:
        raise InvalidInput(f"{url} must begin with https://, or the identity token could be read on its way")
    if is_here and not os.environ.get(TOKEN):
        return None
    audience = os.environ.get(audience_name) or f"{parts.scheme}://{parts.netloc}"
    return CallerIdentity(audience, caller_sources())


def precompute_url(where: Where) -> str:
    """Return where Phase 4 answers; raise InvalidInput where nobody has said so."""
    if where.precompute_url:
        return where.precompute_url
    url = str(where.url)
    if _split(url).hostname not in _LOOPBACK:
        raise InvalidInput(f"Phase 4 is another service than {url}; name it with --precompute-url")
    return url.rstrip("/") + PRECOMPUTE


def _split(url: str) -> SplitResult:
    """Return the parts of a server's URL; raise InvalidInput for any other, and never repeat a password."""
    if "@" in sendable(url):
        raise InvalidInput(
            "a URL with a user or a password in it is refused, since URLs are shown; write it like "
            "https://NAME.run.app, and see docs/commands.md, Who is calling"
        )
    wrong = f"{url!r} is no URL of a server; write it like https://NAME.run.app"
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise InvalidInput(wrong) from error
    if parts.scheme not in ("http", "https") or not is_whole or parts.query or parts.fragment:
        raise InvalidInput(wrong)
    return parts
