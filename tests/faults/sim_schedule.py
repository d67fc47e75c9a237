"""The clock and the queue of what happens next; of two things at one moment the one planned first."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

from shared.clock import FakeClock


@dataclass
class Schedule:
    """Lets time pass from one thing to the next."""

    clock: FakeClock
    _queue: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _order: Any = field(default_factory=count)

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Let something happen in so many seconds."""
        moment = self.clock.now() + timedelta(seconds=seconds)
        heappush(self._queue, (moment, next(self._order), action))

    def next(self) -> None:
        """Let the next thing happen."""
        moment, _, action = heappop(self._queue)
        self.clock.advance(max(0.0, (moment - self.clock.now()).total_seconds()))
        action()
