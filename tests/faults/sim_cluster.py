"""Two coordinators and two workers in front of one store and one bus: who takes which call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sim_call import Call, Instance
from sim_engine import Engine
from sim_fibre import Fibre, Step
from sim_ports import SteppedAlerter, SteppedClock, SteppedPublisher, SteppedWarehouse
from sim_stage import SETTINGS, Ports, Product

from shared.messaging.bus import InMemoryBus
from shared.ports import Warehouse
from shared.topology import subscriptions, topics

TRY_AGAIN_SECONDS = 1.5
_SCHEDULER = {"X-CloudScheduler": "true"}


@dataclass(frozen=True)
class Request:
    """A request that is not a push: from the scheduler, or from a person."""

    path: str
    body: dict[str, Any] | None = None
    method: str = "POST"
    is_scheduled: bool = False


def _let_go(status: str) -> None:
    """Take no notice of an answer."""


@dataclass
class Cluster:
    """The instances; each answers one call at a time, and is built anew when it was killed."""

    engine: Engine
    store: Warehouse
    product: Product
    random: Random
    coordinators: list[Instance] = field(default_factory=lambda: [Instance("c1"), Instance("c2")])
    workers: list[Instance] = field(default_factory=lambda: [Instance("w1"), Instance("w2")])

    def __post_init__(self) -> None:
        self.bus = InMemoryBus(topics(SETTINGS), subscriptions(SETTINGS), self.engine.clock)
        for instance in (*self.coordinators, *self.workers):
            self.build(instance)

    @property
    def ports(self) -> Ports:
        """Return the ports that an instance gets; every call through them is a step."""
        return Ports(
            SteppedWarehouse(self.store),
            SteppedPublisher(self.bus, self.random),
            SteppedAlerter(),
            SteppedClock(self.engine.clock),
        )

    def build(self, instance: Instance) -> None:
        """Start an instance, which remembers nothing."""
        if instance in self.workers:
            app, instance.afterwards = self.product.worker(SETTINGS, self.ports)
        else:
            app = self.product.coordinator(SETTINGS, self.ports)
        instance.client = app.test_client()

    def free(self, instances: list[Instance]) -> Instance | None:
        """Choose an instance that has time, if there is one."""
        free = [instance for instance in instances if instance.is_free]
        return self.random.choice(free) if free else None

    def ask(
        self, request: Request, to: Instance | None = None, when_over: Callable[[str], None] = _let_go
    ) -> None:
        """Send a request as soon as a coordinator has time; pass on the `status` that its answer names."""
        instance = to if to is not None and to.is_free else self.free(self.coordinators)
        if instance is None:
            self.engine.after(TRY_AGAIN_SECONDS, lambda: self.ask(request, to, when_over))
            return
        call = Call(instance, request.path.partition("?")[0], self.engine.fibres.take())
        call.is_forced = bool(request.body and request.body.get("force"))
        call.when_over = lambda: when_over(call.said)
        self.engine.begin(call, lambda: self._send(call, request))

    def _send(self, call: Call, request: Request) -> None:
        headers = _SCHEDULER if request.is_scheduled else None
        response = call.instance.http.open(
            request.path, method=request.method, json=request.body, headers=headers
        )
        body = response.get_json(silent=True) or {}
        call.said = str(body.get("status"))
        code = response.status_code
        Fibre.take(Step("answer", str(code), lambda: self.engine.watch.answered(call, code)))
