"""The keys that an issuer signs its tokens with, as it publishes them."""

from typing import Any

from jwt import PyJWKClient, PyJWTError

from shared.clock import Stopwatch
from shared.errors import DependencyUnavailable

LIFESPAN_SECONDS = 3600  # how long a key that the issuer takes back is still believed
PAUSE_SECONDS = 30
TIMEOUT_SECONDS = 5


class IssuerKeys(PyJWKClient):
    """The issuer's public keys, kept for an hour, fetched at most once a pause whether that works or not."""

    def __init__(self, url: str, pause_seconds: float = PAUSE_SECONDS) -> None:
        super().__init__(
            url,
            lifespan=LIFESPAN_SECONDS,
            timeout=TIMEOUT_SECONDS,
            cooldown_duration=pause_seconds,
        )
        self._since_failure: Stopwatch | None = None

    def fetch_data(self) -> Any:
        """Fetch the keys; raise DependencyUnavailable if that fails, or failed within the pause."""
        if self._since_failure and self._since_failure.seconds() < self.cooldown_duration:
            raise DependencyUnavailable("the issuer's keys could not be fetched a moment ago")
        try:
            return super().fetch_data()
        except (PyJWTError, OSError, ValueError) as error:
            self._since_failure = Stopwatch()
            raise DependencyUnavailable(f"the issuer's keys: {type(error).__name__}") from error
