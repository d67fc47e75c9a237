"""From the bus to the instances: deliveries overtake each other, take minutes, or are made twice."""

from dataclasses import dataclass, field

from sim_call import Call, Instance
from sim_cluster import TRY_AGAIN_SECONDS, Cluster
from sim_fibre import Fibre, Step

from shared.envelope import seal_envelope
from shared.messaging.delivery import RetryAt
from shared.messaging.pending import Delivery

_WORKER_PREFIX = "/worker"
_COPY_WITHIN_SECONDS = 60


def _look() -> None:
    """The run looks for what is due after everything that happens; at this time something is."""


@dataclass
class Deliveries:
    """Takes what is due from the bus, pushes it, and tells the bus what was answered."""

    cluster: Cluster
    _planned: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._engine = self.cluster.engine
        self._engine.when_killed = self._killed

    def plan(self) -> None:
        """Put every delivery that is due on its way."""
        for delivery in self.cluster.bus.due(self._engine.clock.now()):
            attempt = (delivery.id, delivery.attempt)
            if attempt not in self._planned:
                self._planned.add(attempt)
                self._arrive_in(self._engine.chaos.transport(), delivery)

    def _arrive_in(self, seconds: float, delivery: Delivery) -> None:
        self._engine.after(seconds, lambda: self._arrive(delivery))

    def _arrive(self, due: Delivery) -> None:
        instance = self._receiver(due)
        if instance is None:
            self._arrive_in(TRY_AGAIN_SECONDS, due)
            return
        delivery = self.cluster.bus.take(self._engine.clock.now(), due.id)
        if delivery is None:
            return
        if self._engine.chaos.repeats():
            seconds = self.cluster.random.uniform(0, _COPY_WITHIN_SECONDS)
            self._engine.after(seconds, lambda: self._arrive_again(delivery))
        self._engine.after(delivery.ack_deadline_seconds, _look)
        self._push(instance, delivery, is_copy=False)

    def _arrive_again(self, delivery: Delivery) -> None:
        """Push a copy, as Pub/Sub may; it takes no notice of the second answer."""
        instance = self._receiver(delivery)
        if instance is not None:
            self._push(instance, delivery, is_copy=True)

    def _receiver(self, delivery: Delivery) -> Instance | None:
        is_for_worker = delivery.endpoint.startswith(_WORKER_PREFIX)
        return self.cluster.free(self.cluster.workers if is_for_worker else self.cluster.coordinators)

    def _push(self, instance: Instance, delivery: Delivery, is_copy: bool) -> None:
        path = delivery.endpoint.removeprefix(_WORKER_PREFIX)
        call = Call(instance, path, self._engine.fibres.take(), delivery, is_copy)
        number = int(delivery.message.message_id[-4:])
        attempt = "a copy" if is_copy else f"attempt {delivery.attempt}"
        self._engine.tell(call, f"gets message {number}, {attempt}")
        self._engine.begin(call, lambda: self._post(call, delivery))

    def _post(self, call: Call, delivery: Delivery) -> None:
        answer = call.instance.http.post(call.title, data=seal_envelope(delivery.message))
        code = answer.status_code
        Fibre.take(
            Step("answer", str(code), lambda: self._answer(call, code), None, lambda: self._lose(call, code))
        )
        call.instance.afterwards()

    def _answer(self, call: Call, code: int) -> None:
        self._engine.watch.answered(call, code)
        self._settle(call, code)

    def _lose(self, call: Call, code: int) -> None:
        self._engine.watch.answered(call, code)
        self._settle(call, None)

    def _settle(self, call: Call, code: int | None) -> None:
        if call.delivery is None or call.is_copy:
            return
        decision = self.cluster.bus.settle(call.delivery, code)
        if isinstance(decision, RetryAt):
            self._engine.after(decision.delay.total_seconds(), _look)

    def _killed(self, call: Call) -> None:
        """The connection breaks, and all that the instance remembered is gone."""
        self._settle(call, None)
        if call.instance.client is not None:
            self.cluster.build(call.instance)
