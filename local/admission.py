"""Who is let in when more ask than can be served: so many places a lane, the rest refused at once.

Each kind of caller has a lane of its own, so that a flood in one leaves the others as they were.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from threading import BoundedSemaphore, Lock
from typing import Any

from local.refusal import Application, refuse
from shared.clock import Stopwatch
from shared.logs import get_logger

PUSH_SEATS = 4  # as many as the bus has deliveries under way: a flood takes no more of the store than it does
WAIT_SECONDS = 5.0  # a store that makes them wait longer is in trouble, and more waiting does not help it
TELL_EVERY_SECONDS = 10.0
_log = get_logger("admission")


class Lane(StrEnum):
    """Kinds of requests that must not hold each other up."""

    PUSHES = "pushes"  # what a message service delivers
    ORDERS = "orders"  # people and schedulers who want something done; some wait for Phase 4
    READS = "reads"  # people and probes who look


@dataclass(frozen=True)
class LanePolicy:
    """How many requests of a lane are served at once, and how many more may wait for a seat."""

    seats: int
    waiting: int

    @property
    def places(self) -> int:
        """Return how many requests may be inside: each holds a thread of the server."""
        return self.seats + self.waiting


LANES: Mapping[Lane, LanePolicy] = {
    Lane.PUSHES: LanePolicy(seats=PUSH_SEATS, waiting=20),
    Lane.ORDERS: LanePolicy(seats=8, waiting=4),  # four seats may be taken by starts that wait for Phase 4
    Lane.READS: LanePolicy(seats=4, waiting=8),
}


def lane_of(method: str, path: str, push_paths: Collection[str]) -> Lane | None:
    """Return the lane of a request; None if it is answered whatever happens, since it asks for nothing."""
    if path == "/health":
        return None
    if method in ("GET", "HEAD", "OPTIONS"):
        return Lane.READS
    return Lane.PUSHES if path in push_paths else Lane.ORDERS


class Places:
    """The places of one lane. Whoever is let in takes a seat, after waiting for one if need be."""

    def __init__(self, policy: LanePolicy, wait_seconds: float = WAIT_SECONDS) -> None:
        self._places = BoundedSemaphore(policy.places)
        self._seats = BoundedSemaphore(policy.seats)
        self._wait_seconds = wait_seconds

    def enter(self) -> bool:
        """Take a seat and return True; False at once if too many wait, or after having waited too long."""
        if not self._places.acquire(blocking=False):
            return False
        if self._seats.acquire(timeout=self._wait_seconds):
            return True
        self._places.release()
        return False

    def leave(self) -> None:
        """Give the seat back."""
        self._seats.release()
        self._places.release()


class AdmissionGate:
    """WSGI middleware that answers 503 with Retry-After to whoever finds no place, without parsing a body.

    The server needs more threads than all lanes have places, so that a refusal always finds one.
    """

    def __init__(
        self,
        app: Application,
        push_paths: Collection[str],
        retry_after_seconds: int,
        lanes: Mapping[Lane, LanePolicy] = LANES,
    ) -> None:
        self._app = app
        self._push_paths = frozenset(push_paths)
        self._retry_after = str(retry_after_seconds)
        self._lanes = {lane: Places(policy) for lane, policy in lanes.items()}
        self._refusals = {lane: _Refusals(lane) for lane in lanes}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        lane = lane_of(environ["REQUEST_METHOD"], environ["PATH_INFO"], self._push_paths)
        if lane is None:
            return self._app(environ, start_response)
        places = self._lanes[lane]
        if not places.enter():
            return self._refuse(lane, start_response)
        try:
            return self._app(environ, start_response)
        finally:
            places.leave()

    def _refuse(self, lane: Lane, start_response: Callable[..., Any]) -> Iterable[bytes]:
        self._refusals[lane].count()
        message = f"too many requests are waiting here; send it again in {self._retry_after} s"
        again = ("Retry-After", self._retry_after)
        return refuse(start_response, "503 Service Unavailable", message, again)


class _Refusals:
    """Tells of refusals now and then: a line for each would be a flood of its own."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._lock = Lock()
        self._count = 0
        self._since: Stopwatch | None = None

    def count(self) -> None:
        with self._lock:
            self._count += 1
            if self._since is not None and self._since.seconds() < TELL_EVERY_SECONDS:
                return
            refused, self._count, self._since = self._count, 0, Stopwatch()
        _log.warning(
            "requests were refused, since too many wait",
            event_name="overload",
            lane=self._lane.value,
            refused=refused,
        )
