"""Calls that run one at a time: a thread that stands still at each step until it is told how that went.

Only one thread runs at any moment, either the scheduler's or one fibre's, so a run depends on nothing
but its seed.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")
Work = Callable[[], None]


class Killed(BaseException):
    """The process died here. Nobody catches it, and nothing that unwinds has an effect any more."""


@dataclass(frozen=True)
class Step(Generic[Result]):
    """Something outside the process that a call is about to do.

    `perform` does it; `instead` does what happens when it only half succeeds, where that can be.
    `about` is what it is done with, for those who watch.
    """

    verb: str
    name: str
    perform: Callable[[], Result]
    about: Any = None
    instead: Callable[[], Result] | None = None

    @property
    def target(self) -> str:
        """Return what the step touches: a statement, a table, a topic; of a message to people, its verb."""
        return self.verb if self.verb in ("send", "answer") else self.name.rpartition(".")[2]


@dataclass(frozen=True)
class Ended:
    """The call has returned, or ended in an error."""

    error: BaseException | None = None


Parked = Step[Any] | Ended


class Fibre:
    """One thread for calls, one after the other; whoever starts or resumes it waits until it parks."""

    _own = threading.local()

    def __init__(self) -> None:
        self._told: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self._parked: SimpleQueue[Parked] = SimpleQueue()
        self._is_dead = False
        threading.Thread(target=self._live, name="fibre", daemon=True).start()

    def start(self, work: Work) -> Parked:
        """Begin a call; return its first step, or its end."""
        return self._tell("start", work)

    def resume(self, result: Any) -> Parked:
        """Let the call go on with the result of its step."""
        return self._tell("result", result)

    def fail(self, error: BaseException) -> Parked:
        """Let the call go on with an error instead."""
        return self._tell("error", error)

    @classmethod
    def take(cls, step: Step[Result]) -> Result:
        """Called inside a fibre: park at a step, and return or raise what it came to."""
        fibre: Fibre = cls._own.fibre
        if fibre._is_dead:
            raise Killed
        fibre._parked.put(step)
        kind, value = fibre._told.get()
        if kind == "error":
            fibre._is_dead = isinstance(value, Killed)
            raise value
        result: Result = value
        return result

    def close(self) -> None:
        """End the thread of a fibre that does nothing."""
        self._told.put(("close", None))

    def _tell(self, kind: str, value: Any) -> Parked:
        self._told.put((kind, value))
        return self._parked.get()

    def _live(self) -> None:
        Fibre._own.fibre = self
        while True:
            kind, work = self._told.get()
            if kind == "close":
                return
            self._is_dead = False
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - the scheduler decides what it means
                self._parked.put(Ended(error))
            else:
                self._parked.put(Ended())


@dataclass
class Fibres:
    """Threads are kept and used again; a run takes what it needs and gives it back parked at nothing."""

    free: list[Fibre] = field(default_factory=list)

    def take(self) -> Fibre:
        """Return a fibre that does nothing."""
        return self.free.pop() if self.free else Fibre()

    def close(self) -> None:
        """End all threads."""
        for fibre in self.free:
            fibre.close()
        self.free.clear()

    def give_back(self, fibre: Fibre) -> None:
        """Keep a fibre whose call has ended."""
        self.free.append(fibre)
