"""The clock and the queue of what happens next; the steps of all calls happen one after the other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

from sim_call import Call, Violation
from sim_faults import SLOW_FROM_SECONDS, Chaos, Fate
from sim_fibre import Ended, Fibres, Killed, Parked, Step, Work
from sim_trace import Trace
from sim_watch import Watch

from shared.clock import FakeClock
from shared.errors import AppError, DependencyUnavailable

_RESTART_SECONDS = (1, 30)
_MOST_STEPS = 6000


@dataclass
class Engine:
    """Lets time pass, and lets each step come to what chaos wants."""

    clock: FakeClock
    chaos: Chaos
    watch: Watch
    trace: Trace
    fibres: Fibres
    calls: list[Call] = field(default_factory=list)
    when_killed: Callable[[Call], None] = lambda call: None
    _queue: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _order: Any = field(default_factory=count)
    _steps: int = 0

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Let something happen in so many seconds."""
        moment = self.clock.now() + timedelta(seconds=seconds)
        heappush(self._queue, (moment, next(self._order), action))

    def next(self) -> None:
        """Let the next thing happen."""
        moment, _, action = heappop(self._queue)
        self.clock.advance(max(0.0, (moment - self.clock.now()).total_seconds()))
        action()

    def begin(self, call: Call, work: Work) -> None:
        """Start a call; its instance is busy until it has ended."""
        self.calls.append(call)
        call.instance.is_busy = True
        call.began = self.clock.now()
        self._parked(call, call.fibre.start(work))

    def abandon(self) -> None:
        """End all calls where they stand: the run is over."""
        for call in list(self.calls):
            call.fibre.fail(Killed())
            self.fibres.give_back(call.fibre)
        self.calls.clear()

    def tell(self, who: object, what: str) -> None:
        """Add a line to the trace."""
        self.trace.tell(self.clock.now(), str(who), what)

    def _parked(self, call: Call, parked: Parked) -> None:
        if isinstance(parked, Ended):
            self._end(call, parked.error)
            return
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise Violation(f"no end after {_MOST_STEPS} steps")
        fate = self.chaos.fate(call.instance.name, parked)
        taken = float(parked.about) if parked.verb == "sleep" else self.chaos.latency()
        if fate is not Fate.DONE or taken >= SLOW_FROM_SECONDS:
            self.watch.disturbed(parked)
        self.after(taken, lambda: self._carry_out(call, parked, fate, taken))

    def _carry_out(self, call: Call, step: Step[Any], fate: Fate, taken: float) -> None:
        match fate:
            case Fate.DONE:
                self._perform_and_go_on(call, step)
            case Fate.IN_PART | Fate.UNACKNOWLEDGED:
                self._perform_and_go_on(call, step, fate)
            case Fate.FAILED:
                self._tell_step(call, step, fate)
                self._go_on_with_error(call)
            case Fate.LOST:
                self._perform(call, step, fate)
                self._go_on_with_error(call)
            case Fate.LATE:
                self.after(self.chaos.lateness(taken), lambda: self._perform(call, step, fate))
                self._tell_step(call, step, Fate.FAILED)
                self._go_on_with_error(call)
            case Fate.KILLED_BEFORE:
                self._tell_step(call, step, fate)
                self._kill(call)
            case Fate.KILLED_AFTER:
                self._perform(call, step, fate)
                self._kill(call)
            case Fate.STALLED:
                result = self._perform(call, step, fate)
                self.after(self.chaos.stall(), lambda: self._wake(call, result))

    def _perform_and_go_on(self, call: Call, step: Step[Any], fate: Fate = Fate.DONE) -> None:
        try:
            result = self._perform(call, step, fate)
        except AppError as error:
            self._tell_step(call, step, fate, error)
            self._parked(call, call.fibre.fail(error))
        else:
            self._parked(call, call.fibre.resume(result))

    def _perform(self, call: Call, step: Step[Any], fate: Fate) -> Any:
        is_halved = fate in (Fate.IN_PART, Fate.UNACKNOWLEDGED)
        result = step.instead() if is_halved and step.instead else step.perform()
        self._tell_step(call, step, fate, result)
        self.watch.happened(call, step, result, self.clock.now(), is_late=fate is Fate.LATE)
        return result

    def _go_on_with_error(self, call: Call) -> None:
        self._parked(call, call.fibre.fail(DependencyUnavailable("no answer")))

    def _wake(self, call: Call, result: Any) -> None:
        self.tell(call, "wakes up")
        self._parked(call, call.fibre.resume(result))

    def _kill(self, call: Call) -> None:
        ended = call.fibre.fail(Killed())
        self._end(call, ended.error if isinstance(ended, Ended) else None)
        self.when_killed(call)
        call.instance.is_up = False
        self.after(self.chaos.random.uniform(*_RESTART_SECONDS), lambda: self._restart(call))

    def _restart(self, call: Call) -> None:
        call.instance.is_up = True
        self.tell(call.instance.name, "starts again")

    def _end(self, call: Call, error: BaseException | None) -> None:
        self.calls.remove(call)
        call.instance.is_busy = False
        self.fibres.give_back(call.fibre)
        if error is not None and not isinstance(error, Killed):
            raise Violation(f"{call} ended in {error!r}") from error
        call.when_over()

    def _tell_step(self, call: Call, step: Step[Any], fate: Fate, result: Any = None) -> None:
        name = step.name.rpartition(".")[2]
        size = f" of {len(step.about)}" if step.verb in ("append", "replace", "publish") else ""
        came_to = "" if fate is Fate.DONE else f" !! {fate.value}"
        value = f" -> {result}" if isinstance(result, int | AppError) else ""
        self.tell(call, f"{step.verb} {name}{size}{value}{came_to}")
