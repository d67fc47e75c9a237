"""From the bus to the instances: deliveries overtake each other, are delayed, duplicated, dropped."""

from dataclasses import dataclass, field

from sim_call import Call, Instance, nothing
from sim_cluster import TRY_AGAIN_SECONDS, Cluster
from sim_fates import FaultKind
from sim_fibre import Fibre, Step

from shared.envelope import seal_envelope
from shared.messaging.delivery import RetryAt
from shared.messaging.pending import Delivery

_WORKER_PREFIX = "/worker"
_PHASE4_PREFIX = "/precompute"
_COPY_WITHIN_SECONDS = 60
_HELD_BACK_SECONDS = (2, 60)
_DELAYED_SECONDS = (60, 700)


def _number(delivery: Delivery) -> int:
    return int(delivery.message.message_id[-9:])


def _prefix(delivery: Delivery) -> str:
    """Return under which path of the embedded stack the receiver is; the coordinator is under none."""
    prefixes = (_WORKER_PREFIX, _PHASE4_PREFIX)
    return next((prefix for prefix in prefixes if delivery.endpoint.startswith(prefix)), "")


def _place(delivery: Delivery) -> str:
    return f"{delivery.endpoint} message {_number(delivery)} attempt {delivery.attempt}"


@dataclass
class Deliveries:
    """Takes what is due from the bus, pushes it, and tells the bus what was answered."""

    cluster: Cluster
    _planned: set[tuple[str, int]] = field(default_factory=set)
    _latest: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._engine = self.cluster.engine
        self._chaos = self._engine.chaos
        self._engine.when_killed = self._killed

    def plan(self) -> None:
        """Put every delivery that is due on its way."""
        for delivery in self.cluster.bus.due(self._engine.clock.now()):
            attempt = (delivery.id, delivery.attempt)
            if attempt not in self._planned:
                self._planned.add(attempt)
                self._arrive_in(self._transport_seconds(_place(delivery)), delivery)

    def forget_all(self) -> None:
        """Lose every message, as the embedded bus does when its process ends."""
        self.cluster.restart_bus()
        self._latest.clear()

    def _transport_seconds(self, place: str) -> float:
        random, rate = self.cluster.dice.of(place), self._chaos.delivery_rate
        if self._chaos.strikes(place, FaultKind.HELD_BACK, 0.7 * rate):
            return random.uniform(*_HELD_BACK_SECONDS)
        if self._chaos.strikes(place, FaultKind.DELAYED, 0.3 * rate):
            return random.uniform(*_DELAYED_SECONDS)
        return random.uniform(0.05, 2)

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
        self._engine.after(delivery.ack_deadline_seconds, nothing)
        self._note_order(delivery)
        if not self._is_dropped(delivery):
            self._push(instance, delivery, is_copy=False)
            self._duplicate(delivery)

    def _is_dropped(self, delivery: Delivery) -> bool:
        """Lose a delivery: it comes again when its ack deadline has passed, or, lost for good, never."""
        place, rate = _place(delivery), self._chaos.delivery_rate
        if self._chaos.strikes(place, FaultKind.LOST_FOR_GOOD, 0.1 * rate):
            self._engine.tell("the bus", f"{place}   !! {FaultKind.LOST_FOR_GOOD}")
            self.cluster.bus.settle(delivery, 204)
            return True
        if self._chaos.strikes(place, FaultKind.DROPPED, 0.2 * rate):
            self._engine.tell("the bus", f"{place}   !! {FaultKind.DROPPED}")
            return True
        return False

    def _duplicate(self, delivery: Delivery) -> None:
        """Push a copy, as Pub/Sub may; it takes no notice of the second answer."""
        place = _place(delivery)
        if self._chaos.strikes(place, FaultKind.DUPLICATED, 0.5 * self._chaos.delivery_rate):
            seconds = self.cluster.dice.of(place, "copy").uniform(0, _COPY_WITHIN_SECONDS)
            self._engine.after(seconds, lambda: self._arrive_again(delivery))

    def _arrive_again(self, delivery: Delivery) -> None:
        instance = self._receiver(delivery)
        if instance is not None:
            self._push(instance, delivery, is_copy=True)

    def _note_order(self, delivery: Delivery) -> None:
        latest = self._latest.get(delivery.endpoint, 0)
        self._chaos.seen["deliveries reordered"] += _number(delivery) < latest
        self._latest[delivery.endpoint] = max(latest, _number(delivery))

    def _receiver(self, delivery: Delivery) -> Instance | None:
        instances = {
            _WORKER_PREFIX: self.cluster.workers,
            _PHASE4_PREFIX: [self.cluster.phase4],
        }.get(_prefix(delivery), self.cluster.coordinators)
        return self.cluster.free(instances, _place(delivery))

    def _push(self, instance: Instance, delivery: Delivery, is_copy: bool) -> None:
        call = self.cluster.call(instance, delivery.endpoint.removeprefix(_prefix(delivery)))
        call.delivery, call.is_copy = delivery, is_copy
        attempt = f"a copy   !! {FaultKind.DUPLICATED}" if is_copy else f"attempt {delivery.attempt}"
        self._chaos.seen["deliveries"] += 1
        self._engine.tell(call, f"gets message {_number(delivery)}, {attempt}")
        self._engine.begin(call, lambda: self._post(call, delivery))

    def _post(self, call: Call, delivery: Delivery) -> None:
        answer = call.instance.client().post(call.title, data=seal_envelope(delivery.message))
        code = answer.status_code
        Fibre.take(
            Step(
                "answer",
                str(code),
                perform=lambda: self._answer(call, code, code),
                instead=lambda: self._answer(call, code, None),
            )
        )
        answer.close()

    def _answer(self, call: Call, said: int, arrived: int | None) -> None:
        self._engine.watch.answered(call, said)
        self._settle(call, arrived)

    def _settle(self, call: Call, code: int | None) -> None:
        if call.delivery is None or call.is_copy:
            return
        decision = self.cluster.bus.settle(call.delivery, code)
        if isinstance(decision, RetryAt):
            self._engine.after(decision.delay.total_seconds(), nothing)

    def _killed(self, instance: Instance, calls: list[Call]) -> None:
        """The connections break, and all that the instance remembered is gone."""
        for call in calls:
            self._settle(call, None)
        self.cluster.build(instance)
