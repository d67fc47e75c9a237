"""Who is calling? Decided at the edge, in one place."""

from collections.abc import Collection
from typing import Protocol

from werkzeug.datastructures import Headers

from predictions.coordinator.asking import Caller
from shared.access import verified_caller


class Callers(Protocol):
    """Tells the kinds of callers apart."""

    def caller(self, headers: Headers) -> Caller:
        """Return who asks on a route that people and the scheduler share."""


class LoopbackCallers:
    """For the embedded stack, which answers on loopback only: the scheduler says that it is one."""

    def caller(self, headers: Headers) -> Caller:
        is_scheduler = headers.get("X-CloudScheduler", "").lower() == "true"
        return Caller.SCHEDULER if is_scheduler else Caller.PERSON


class VerifiedCallers:
    """For the cloud: the scheduler is who proved to be one of its identities; no header makes one."""

    def __init__(self, scheduler_identities: Collection[str]) -> None:
        self._scheduler_identities = frozenset(scheduler_identities)

    def caller(self, headers: Headers) -> Caller:
        is_scheduler = verified_caller() in self._scheduler_identities
        return Caller.SCHEDULER if is_scheduler else Caller.PERSON
