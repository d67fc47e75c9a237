"""An instance of a service, and the call that it is answering."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask.testing import FlaskClient
from sim_fibre import Fibre

from shared.messaging.pending import Delivery

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


class Violation(Exception):
    """Something happened that must never happen."""


def _nothing() -> None:
    """Nothing follows."""


@dataclass
class Instance:
    """One process: what it remembers is gone when it is killed. It answers one call at a time."""

    name: str
    client: FlaskClient | None = None
    afterwards: Callable[[], None] = _nothing
    is_busy: bool = False
    is_up: bool = True

    @property
    def is_free(self) -> bool:
        """Say whether it can take a call."""
        return self.is_up and not self.is_busy

    @property
    def http(self) -> FlaskClient:
        """Return what calls its routes; raise RuntimeError if it has none."""
        if self.client is None:
            raise RuntimeError(f"{self.name} answers no requests")
        return self.client


@dataclass(eq=False)
class Call:
    """What one instance is doing, from its start to its answer; `said` is the status that it answered."""

    instance: Instance
    title: str
    fibre: Fibre
    delivery: Delivery | None = None
    is_copy: bool = False
    is_forced: bool = False
    began: datetime = BEFORE_ALL
    said: str = ""
    when_over: Callable[[], None] = _nothing

    def __str__(self) -> str:
        return f"{self.instance.name} {self.title}"
