"""Clocks: only loops and edges take one; rules take the time itself."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Aware UTC time, and a sleep that ends early when the process is asked to stop."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Return after `seconds`, or at once if the process is stopping."""


class SystemClock:
    """The machine's time, moved by a fixed offset (zero but for replays of another day)."""

    def __init__(self, offset: timedelta = timedelta(), stop: threading.Event | None = None) -> None:
        self.offset = offset
        self.stop = stop or threading.Event()

    @classmethod
    def starting_at(cls, moment: datetime) -> "SystemClock":
        """Return a clock that reads `moment` now and runs on from there."""
        return cls(offset=moment - datetime.now(UTC))

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def sleep(self, seconds: float) -> None:
        self.stop.wait(max(0.0, seconds))


class FakeClock:
    """Time that moves only when told; sleeping advances it, so waiting takes no time."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Move the time forward by `seconds`."""
        self._now += timedelta(seconds=seconds)


class Stopwatch:
    """Seconds since it was made, by a clock that never jumps."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def seconds(self) -> float:
        """Return the seconds since this stopwatch was made."""
        return time.monotonic() - self._started
