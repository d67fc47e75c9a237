"""Drives the bus: worker threads that push envelopes over HTTP, as Pub/Sub does from outside."""

import threading

import urllib3

from shared.clock import Clock, Stopwatch
from shared.envelope import seal_envelope
from shared.logs import get_logger
from shared.messaging.bus import InMemoryBus
from shared.messaging.delivery import Acknowledged, DeadLetter, Decision
from shared.messaging.pending import Delivery

_HEADERS = {"Content-Type": "application/json", "User-Agent": "nba-props-bus"}
_log = get_logger("bus")


class BusDispatcher:
    """Pushes what is due, several deliveries at once; one that backs off holds up nobody.

    `clock` must be the bus's clock. `http` may carry headers that every push sends.
    """

    def __init__(
        self,
        bus: InMemoryBus,
        base_url: str,
        clock: Clock,
        threads: int = 4,
        http: urllib3.PoolManager | None = None,
        stop_seconds: float = 1.0,
    ) -> None:
        self._bus = bus
        self._base_url = base_url
        self._clock = clock
        self._http = http or urllib3.PoolManager(maxsize=threads)
        self._stop_seconds = stop_seconds
        self._is_stopping = False
        self._threads = [
            threading.Thread(target=self._work, name=f"bus-{number}", daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        """Begin to push."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no further delivery; wait `stop_seconds` for those on their way, then leave them behind."""
        with self._bus.changed:
            self._is_stopping = True
            self._bus.changed.notify_all()
        watch = Stopwatch()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, self._stop_seconds - watch.seconds()))
        self._http.clear()

    def wait_idle(self, timeout: float) -> bool:
        """Wait until nothing is pending or outstanding; say whether that came within `timeout` seconds."""
        with self._bus.changed:
            return self._bus.changed.wait_for(self._bus.is_idle, timeout)

    def _work(self) -> None:
        while (delivery := self._next()) is not None:
            status, reason = self._push(delivery)
            decision = self._bus.settle(delivery, status)
            if not isinstance(decision, Acknowledged):
                _log_refusal(delivery, reason, decision)

    def _next(self) -> Delivery | None:
        """Wait for a delivery that is due; None when the dispatcher stops."""
        with self._bus.changed:
            while not self._is_stopping:
                now = self._clock.now()
                delivery = self._bus.take(now)
                if delivery is not None:
                    return delivery
                due = self._bus.next_due()
                self._bus.changed.wait((due - now).total_seconds() if due else None)
        return None

    def _push(self, delivery: Delivery) -> tuple[int | None, str]:
        """POST the envelope; return the status (None: no answer within the ack deadline) and a reason."""
        try:
            response = self._http.request(
                "POST",
                self._base_url + delivery.endpoint,
                body=seal_envelope(delivery.message),
                headers={**self._http.headers, **_HEADERS},
                timeout=urllib3.Timeout(total=delivery.ack_deadline_seconds),
                retries=False,  # nor redirects: the bus decides when to come again
            )
        except urllib3.exceptions.HTTPError as error:
            return None, f"no answer: {error}"
        return response.status, f"answered {response.status}"


def _log_refusal(delivery: Delivery, reason: str, decision: Decision | None) -> None:
    write = _log.error if isinstance(decision, DeadLetter) else _log.warning
    write(
        "a push was not acknowledged",
        event_name="push_refused",
        subscription=delivery.message.subscription,
        message_id=delivery.message.message_id,
        attempt=delivery.attempt,
        reason=reason,
        decision=type(decision).__name__ if decision else "none: its ack deadline had passed",
    )
