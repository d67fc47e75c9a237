"""An instance of a service, and the calls that it is answering."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sim_fibre import Fibre, Step

from shared.messaging.pending import Delivery

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


def nothing() -> None:
    """Nothing follows, or the run looks by itself for what is due now."""


@dataclass
class Instance:
    """One process: what it remembers is gone when it is killed. It answers a few calls at once."""

    name: str
    most_calls: int = 4
    skew_seconds: float = 0.0
    app: Flask | None = None
    is_up: bool = True
    calls: "list[Call]" = field(default_factory=list)

    @property
    def is_free(self) -> bool:
        """Say whether it can take another call."""
        return self.is_up and len(self.calls) < self.most_calls

    def client(self) -> FlaskClient:
        """Return what calls its routes; each call has one of its own."""
        assert self.app is not None
        return self.app.test_client()


@dataclass(eq=False)
class Call:
    """What an instance is doing, from its start to its answer; `said` is the status that it answered.

    `name` is the route and how many such calls there were before, so that a fault can name its step.
    """

    instance: Instance
    title: str
    name: str
    fibre: Fibre
    delivery: Delivery | None = None
    is_copy: bool = False
    is_forced: bool = False
    began: datetime = BEFORE_ALL
    said: str = ""
    is_dead: bool = False
    at: Step[Any] | None = None
    when_over: Callable[[], None] = nothing
    _steps: Counter[str] = field(default_factory=Counter)

    def place(self, step: Step[Any]) -> str:
        """Name the step that it is about to take, the same in every run where it comes so far."""
        what = f"{self.name}, {step.verb} {step.target}"
        self._steps[what] += 1
        times = self._steps[what]
        return what if times == 1 else f"{what} ({times})"

    def __str__(self) -> str:
        return f"{self.instance.name} {self.name}"
