"""Two coordinators and two workers behind one bus and one store: who gets which call, and what dies with him."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sim_call import Call, Instance
from sim_engine import Engine
from sim_fibre import Fibre, Step
from sim_ports import SteppedAlerter, SteppedClock, SteppedPublisher, SteppedWarehouse
from sim_stage import SETTINGS, Ports, Product

from local.topology import subscriptions, topics
from shared.envelope import seal_envelope
from shared.messaging.bus import InMemoryBus
from shared.messaging.delivery import RetryAt
from shared.messaging.pending import Delivery
from shared.ports import Warehouse

_WORKER_PREFIX = "/worker"
_TRY_AGAIN_SECONDS = 1.5


def _nothing() -> None:
    """Something is due now, and the run looks for it after everything that happens."""


@dataclass
class Cluster:
    """The instances, and the deliveries between them."""

    engine: Engine
    store: Warehouse
    product: Product
    random: Random
    coordinators: list[Instance] = field(default_factory=lambda: [Instance("c1"), Instance("c2")])
    workers: list[Instance] = field(default_factory=lambda: [Instance("w1"), Instance("w2")])
    _planned: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.bus = InMemoryBus(topics(SETTINGS), subscriptions(SETTINGS), self.engine.clock)
        for instance in (*self.coordinators, *self.workers):
            self._build(instance)
        self.engine.when_killed = self._killed

    @property
    def ports(self) -> Ports:
        """Return the ports that an instance gets; every call through them is a step."""
        return Ports(
            SteppedWarehouse(self.store),
            SteppedPublisher(self.bus, self.random),
            SteppedAlerter(),
            SteppedClock(self.engine.clock),
        )

    def ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        to: Instance | None = None,
        when_over: Callable[[str], None] = lambda status: None,
    ) -> None:
        """Send a request that is not a push, as soon as a coordinator has time for it."""
        instance = to if to is not None and to.is_free else self._free(self.coordinators)
        if instance is None:
            again = lambda: self.ask(method, path, body, headers, to, when_over)  # noqa: E731
            self.engine.after(_TRY_AGAIN_SECONDS, again)
            return
        told = {"status": ""}
        call = Call(instance, path.partition("?")[0], self.engine.fibres.take())
        call.is_forced = bool(body and body.get("force"))
        call.when_over = lambda: when_over(told["status"])
        client = instance.client
        assert client is not None

        def work() -> None:
            response = client.open(path, method=method, json=body, headers=headers)
            told["status"] = str((response.get_json(silent=True) or {}).get("status"))
            self._answer(call, response.status_code)

        self.engine.begin(call, work)

    def plan_deliveries(self) -> None:
        """Put every delivery that is due on its way; some take long, and some are made twice."""
        for delivery in self.bus.due(self.engine.clock.now()):
            attempt = (delivery.id, delivery.attempt)
            if attempt not in self._planned:
                self._planned.add(attempt)
                self.engine.after(self.engine.chaos.transport(), lambda d=delivery: self._deliver(d))

    def _deliver(self, due: Delivery) -> None:
        instance = self._free(self.workers if due.endpoint.startswith(_WORKER_PREFIX) else self.coordinators)
        if instance is None:
            self.engine.after(_TRY_AGAIN_SECONDS, lambda: self._deliver(due))
            return
        delivery = self.bus.take(self.engine.clock.now(), due.id)
        if delivery is None:
            return
        if self.engine.chaos.repeats():
            self.engine.after(self.random.uniform(0, 60), lambda: self._deliver_again(delivery))
        self.engine.after(delivery.ack_deadline_seconds, _nothing)
        self._push(instance, delivery, is_copy=False)

    def _deliver_again(self, delivery: Delivery) -> None:
        """Push a copy; Pub/Sub does that, and takes no notice of the second answer."""
        is_worker = delivery.endpoint.startswith(_WORKER_PREFIX)
        instance = self._free(self.workers if is_worker else self.coordinators)
        if instance is not None:
            self._push(instance, delivery, is_copy=True)

    def _push(self, instance: Instance, delivery: Delivery, is_copy: bool) -> None:
        path = delivery.endpoint.removeprefix(_WORKER_PREFIX)
        call = Call(instance, path, self.engine.fibres.take(), delivery, is_copy=is_copy)
        number = delivery.message.message_id[-4:].lstrip("0")
        self.engine.tell(call, f"gets message {number}, " + ("a copy" if is_copy else f"attempt {delivery.attempt}"))
        client = instance.client
        assert client is not None

        def work() -> None:
            self._answer(call, client.post(path, data=seal_envelope(delivery.message)).status_code)
            instance.afterwards()

        self.engine.begin(call, work)

    def _answer(self, call: Call, status: int) -> None:
        def answer() -> None:
            self.engine.watch.answered(call, status)
            self._settle(call, status)

        def answer_into_the_void() -> None:
            self.engine.watch.answered(call, status)
            self._settle(call, None)

        Fibre.take(Step("answer", str(status), answer, call.delivery, answer_into_the_void))

    def _settle(self, call: Call, status: int | None) -> None:
        if call.delivery is None or call.is_copy:
            return
        decision = self.bus.settle(call.delivery, status)
        if isinstance(decision, RetryAt):
            self.engine.after(decision.delay.total_seconds(), _nothing)

    def _killed(self, call: Call) -> None:
        """The connection breaks, and all that the instance remembered is gone."""
        self._settle(call, None)
        if call.instance.client is not None:
            self._build(call.instance)

    def _build(self, instance: Instance) -> None:
        if instance in self.workers:
            app, instance.afterwards = self.product.worker(SETTINGS, self.ports)
        else:
            app = self.product.coordinator(SETTINGS, self.ports)
        instance.client = app.test_client()

    def _free(self, instances: list[Instance]) -> Instance | None:
        free = [instance for instance in instances if instance.is_free]
        return self.random.choice(free) if free else None
