"""The instances in front of one store and one bus: who takes which call."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sim_call import Call, Instance
from sim_engine import Engine
from sim_fibre import Fibre, Step
from sim_ports import Ports, SteppedAlerter, SteppedClock, SteppedPublisher, SteppedWarehouse
from sim_services import BUILDERS

from shared.config import Settings
from shared.messaging.bus import InMemoryBus
from shared.ports import Warehouse
from shared.topology import subscriptions, topics

TRY_AGAIN_SECONDS = 1.5
_MOST_SKEW_SECONDS = 2.0
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
    """Two coordinators, two workers and Phase 4, each with a clock of its own; built anew when killed."""

    engine: Engine
    store: Warehouse
    settings: Settings
    coordinators: list[Instance] = field(default_factory=lambda: [Instance("c1"), Instance("c2")])
    workers: list[Instance] = field(default_factory=lambda: [Instance("w1"), Instance("w2")])
    phase4: Instance = field(default_factory=lambda: Instance("p4", most_calls=1))
    _calls: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dice = self.engine.chaos.dice
        self.restart_bus()
        skews = self.dice.of("skew")
        for instance in (*self.coordinators, *self.workers, self.phase4):
            instance.skew_seconds = skews.uniform(-_MOST_SKEW_SECONDS, _MOST_SKEW_SECONDS)
            self.build(instance)

    def restart_bus(self) -> None:
        """Put up a bus that knows of no message, in the place of the one that stands."""
        self.bus = InMemoryBus(topics(self.settings), subscriptions(self.settings), self.engine.clock)

    def build(self, instance: Instance) -> None:
        """Start an instance, which remembers nothing; every call through its ports is a step."""
        ports = Ports(
            SteppedWarehouse(self.store),
            SteppedPublisher(lambda: self.bus),
            SteppedAlerter(),
            SteppedClock(self.engine.clock, instance.skew_seconds),
        )
        instance.app = BUILDERS[instance.name[0]](self.settings, ports)

    def free(self, instances: list[Instance], what_for: str) -> Instance | None:
        """Choose an instance that has time, if there is one."""
        free = [instance for instance in instances if instance.is_free]
        return self.dice.of(what_for, "instance").choice(free) if free else None

    def call(self, instance: Instance, title: str) -> Call:
        """Make a call, named by its route and how many of it there were before."""
        self._calls[title] += 1
        return Call(instance, title, f"{title} {self._calls[title]}", self.engine.fibres.take())

    def ask(
        self,
        request: Request,
        to: list[Instance] | None = None,
        when_over: Callable[[str], None] = _let_go,
    ) -> None:
        """Send a request as soon as an instance has time; pass on the `status` that its answer names."""
        place = f"{request.path} at {self.engine.clock.now()}"
        instance = self.free(to or self.coordinators, place)
        if instance is None:
            self.engine.after(TRY_AGAIN_SECONDS, lambda: self.ask(request, to, when_over))
            return
        call = self.call(instance, request.path.partition("?")[0])
        call.is_forced = bool(request.body and request.body.get("force"))
        call.when_over = lambda: when_over(call.said)
        self.engine.begin(call, lambda: self._send(call, request))

    def _send(self, call: Call, request: Request) -> None:
        headers = _SCHEDULER if request.is_scheduled else None
        response = call.instance.client().open(
            request.path, method=request.method, json=request.body, headers=headers
        )
        body = response.get_json(silent=True) or {}
        code = response.status_code
        Fibre.take(Step("answer", str(code), lambda: self.engine.watch.answered(call, code)))
        call.said = str(body.get("status"))
