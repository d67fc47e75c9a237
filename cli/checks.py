"""What doctor looks at on this machine: each check says what it found, and what to type if that is wrong."""

import importlib
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.client import StackClient
from local.data_dir import DataDir
from shared.caller_identity import CallerIdentity
from shared.config import Settings
from shared.errors import AppError, DataContractViolation, InvalidInput

MOST_SECONDS_APART = 30
"""Further apart, a server takes an identity token for one that has ended, or that is not valid yet."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `is_ok` None: that cannot be told from here, or is not needed."""

    name: str
    is_ok: bool | None
    found: str
    next_step: str = ""
    place: str = "here"

    def as_dict(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return asdict(self)


def check_lightgbm() -> Check:
    """Say whether the library of the trained systems can be loaded by this Python."""
    try:
        version = importlib.import_module("lightgbm").__version__
    except (ImportError, OSError) as error:
        install = "install libgomp1 (macOS: brew install libomp), and what requirements/forecasts.txt names"
        return Check("lightgbm", False, f"LightGBM cannot be loaded: {error}", install)
    return Check("lightgbm", True, f"LightGBM {version} loads")


def check_model(settings: Settings) -> Check:
    """Say which model the trained systems read, and whether it is as its card says."""
    from predictions.model_store import SHIPPED, read_model

    folder = settings.model_dir or SHIPPED
    try:
        card = read_model(folder, settings.model_hash).card
    except (DataContractViolation, InvalidInput) as error:
        step = "name another folder in MODEL_DIR, or train one: nba-props train --help"
        return Check("model", False, str(error), step)
    return Check("model", True, f"model_hash {card.model_hash[:16]}, features {card.feature_version}")


def check_channels(settings: Settings) -> Check:
    """Say whether the alert channels that are set here can be read; nothing is sent."""
    from shared.alert_channels import open_channels

    try:
        channels = open_channels(settings)
    except InvalidInput as error:
        return Check("alert channels", False, str(error), "correct ALERT_URLS, then nba-props alerts test")
    if channels is None:
        step = "set ALERT_URLS, then nba-props alerts test"
        return Check("alert channels", None, "none is set here, so alerts are only logged", step)
    return Check("alert channels", True, "their URLs can be read", "Try them: nba-props alerts test")


def check_data_dir(path: Path) -> Check:
    """Say whether the data directory holds something and can be written."""
    if DataDir(path).is_fresh:
        return Check("data directory", None, f"{path} holds nothing yet", "begin: nba-props demo")
    places = (path, DataDir(path).database)
    if locked := [str(place) for place in places if not os.access(place, os.W_OK)]:
        step = f"chown or chmod it, or name another one with --data-dir: ls -ld {path}"
        return Check("data directory", False, f"{', '.join(locked)} cannot be written", step)
    return Check("data directory", True, f"{path} can be written")


def check_answers(client: StackClient) -> Check:
    """Say whether a server answers and is ready."""
    try:
        status, body = client.get("/ready")
        if status < 400:
            client.require((status, body))
    except AppError as error:
        return Check("server", False, str(error), "look at the URL; is the service up, and may you call it?")
    if status != 200:
        told = body.get("message", "it is not ready")
        step = "look at its log; then ask again: nba-props doctor"
        return Check("server", False, f"{client.url} answers {status}: {told}", step)
    return Check("server", True, f"{client.url} is ready")


def check_clocks(server: datetime | None, here: datetime) -> Check:
    """Say whether this machine's clock and the server's agree."""
    if server is None:
        return Check("clock", None, "no answer says what time it is there")
    apart = abs((server - here).total_seconds())
    if apart > MOST_SECONDS_APART:
        step = "set this machine's clock: timedatectl set-ntp true"
        return Check("clock", False, f"{apart:.0f} s apart from the server's", step)
    return Check("clock", True, f"within {MOST_SECONDS_APART} s of the server's")


def check_identity(identity: CallerIdentity | None, now: datetime) -> Check:
    """Say whose token is sent, for whom and until when; never the token itself."""
    if identity is None:
        return Check("identity", True, "none is asked for on this machine")
    try:
        token = identity.token()
    except AppError as error:
        return Check("identity", False, str(error), "see docs/commands.md, Who is calling")
    whose = token.claims.get("email") or token.claims.get("sub") or "somebody unnamed"
    audience, ends = token.claims.get("aud"), token.expires_at
    found = f"{whose} (from {token.source}), for {audience}, until {_written(ends)}"
    if not token.claims:
        return Check(
            "identity", None, f"the token from {token.source} cannot be read", "is it an OpenID token?"
        )
    if ends is not None and ends <= now:
        return Check("identity", False, f"it has ended: {found}", "get a new token, or unset NBA_PROPS_TOKEN")
    if audience != identity.audience:
        step = f"get a token for {identity.audience}, or set NBA_PROPS_AUDIENCE to what the server expects"
        return Check("identity", False, f"it is for somebody else: {found}", step)
    return Check("identity", True, found)


def _written(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z" if moment else "an unknown time"
