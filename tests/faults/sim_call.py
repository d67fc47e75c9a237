"""An instance of a service, and the call that it is answering."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sim_fibre import Fibre
from werkzeug.test import Client

from shared.messaging.pending import Delivery


class Violation(Exception):
    """Something happened that must never happen."""


@dataclass
class Instance:
    """One process: what it remembers is gone when it is killed. It answers one call at a time."""

    name: str
    client: Client | None = None
    afterwards: Callable[[], None] = lambda: None
    is_busy: bool = False
    is_up: bool = True

    @property
    def is_free(self) -> bool:
        """Say whether it can take a call."""
        return self.is_up and not self.is_busy


@dataclass(eq=False)
class Call:
    """One request to one instance, from its start to its answer."""

    instance: Instance
    title: str
    fibre: Fibre
    delivery: Delivery | None = None
    is_copy: bool = False
    is_forced: bool = False
    is_killed: bool = False
    when_over: Callable[[], None] = field(default=lambda: None)

    def __str__(self) -> str:
        return f"{self.instance.name} {self.title}"
