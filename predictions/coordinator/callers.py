"""Who is calling? Decided at the edge, in one place."""

from typing import Protocol

from werkzeug.datastructures import Headers

from predictions.coordinator.asking import Caller


class Callers(Protocol):
    """Tells the kinds of callers apart."""

    def caller(self, headers: Headers) -> Caller:
        """Return who asks on a route that people and the scheduler share."""


class LoopbackCallers:
    """For the embedded stack, which answers on loopback only: the scheduler says that it is one."""

    def caller(self, headers: Headers) -> Caller:
        is_scheduler = headers.get("X-CloudScheduler", "").lower() == "true"
        return Caller.SCHEDULER if is_scheduler else Caller.PERSON
