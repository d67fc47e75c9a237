"""The steps of all calls, one after the other: each fails, takes effect or kills as its fate wants."""

from dataclasses import dataclass
from typing import Any

from sim_call import Call
from sim_fates import Fate, described, is_detail
from sim_faults import CALL_TIMEOUT_SECONDS
from sim_fibre import Ended, Parked, Step, Work
from sim_processes import Processes
from sim_rules import Rule

from shared.errors import AppError, DependencyUnavailable

_RESTART_SECONDS = (1, 30)
_STALL_SECONDS = (20, 200)
_WAIT_SECONDS = 1.0
_MOST_STEPS = 20_000
_EFFECTS = ("execute", "append", "publish", "send", "replace")


@dataclass
class Engine(Processes):
    """Lets each step of each call come to what chaos wants, after the time that it takes."""

    _steps: int = 0

    def begin(self, call: Call, work: Work) -> None:
        """Start a call."""
        self.calls.append(call)
        call.instance.calls.append(call)
        if len(call.instance.calls) > 1:
            self.chaos.seen["calls that met another in their process"] += 1
        call.began = self.clock.now()
        self._parked(call, call.fibre.start(work))

    def _parked(self, call: Call, parked: Parked) -> None:
        if isinstance(parked, Ended):
            self.end(call, parked.error)
            return
        self._steps += 1
        self.watch.checks.require(
            Rule.SETTLES, self._steps < _MOST_STEPS, f"no end after {_MOST_STEPS} steps"
        )
        if parked.verb == "wait":
            self.after(_WAIT_SECONDS, lambda: self._go_on(call, None))
            return
        place = call.place(parked)
        fate = self.chaos.fate(call.instance.name, place, parked)
        if fate is not Fate.DONE:
            self.watch.disturbed(parked)
        taken = float(parked.about) if parked.verb == "sleep" else self.chaos.latency(place)
        call.at = parked
        self.after(taken, lambda: self._carry_out(call, parked, fate, place, taken))

    def _carry_out(self, call: Call, step: Step[Any], fate: Fate, place: str, taken: float) -> None:
        random = self.chaos.dice.of(place, fate)
        if call.is_dead:
            self._wash_up(call, step, is_under_way=random.random() < 0.5)
            return
        if fate in (Fate.FAILED, Fate.LATE, Fate.KILLED_BEFORE):
            self._tell_step(call, step, fate)
        elif not self._perform(call, step, fate):
            return
        match fate:
            case Fate.LATE:
                seconds = random.uniform(0.1, CALL_TIMEOUT_SECONDS - taken - 1)
                self.after(seconds, lambda: self._take_effect(call, step))
                self._fail(call, DependencyUnavailable("no answer"))
            case Fate.FAILED | Fate.LOST:
                self._fail(call, DependencyUnavailable("no answer"))
            case Fate.KILLED_BEFORE | Fate.KILLED_AFTER:
                self.kill(call.instance, random.uniform(*_RESTART_SECONDS))

    def _perform(self, call: Call, step: Step[Any], fate: Fate) -> bool:
        """Let a step happen; go on with its result, or its error, unless its fate goes on otherwise."""
        is_halved = fate in (Fate.IN_PART, Fate.UNACKNOWLEDGED)
        try:
            result = step.instead() if is_halved and step.instead else step.perform()
        except AppError as error:
            self._tell_step(call, step, fate, error)
            self._fail(call, error)
            return False
        self._tell_step(call, step, fate, result)
        self.watch.happened(call, step, result, self.clock.now())
        if is_halved or fate is Fate.DONE:
            self._go_on(call, result)
        elif fate is Fate.STALLED:
            self._stall(call, step, result)
        return True

    def _stall(self, call: Call, step: Step[Any], result: Any) -> None:
        """Let a process stand still; one that has read something wakes up when a feature run replaces it."""
        is_over = False

        def wake() -> None:
            nonlocal is_over
            if not is_over:
                is_over = True
                self.tell(call, "wakes up")
                self._go_on(call, result)

        self.after(self.chaos.dice.of(call.name, step.name, "stall").uniform(*_STALL_SECONDS), wake)
        if step.verb == "query":
            self.watch.feature_run.when_counted.append(lambda: self.after(0, wake))

    def _wash_up(self, call: Call, step: Step[Any], is_under_way: bool) -> None:
        """The caller is dead; what it had sent may still arrive."""
        if is_under_way and step.verb in _EFFECTS:
            self.chaos.seen["steps that took effect after their caller died"] += 1
            self._take_effect(call, step)

    def _take_effect(self, call: Call, step: Step[Any]) -> None:
        try:
            result = step.perform()
        except AppError:
            return
        self.tell(call, f"{step.verb} {step.target} takes effect now")
        self.watch.happened(call, step, result, self.clock.now(), is_late=True)

    def _go_on(self, call: Call, result: Any) -> None:
        if not call.is_dead:
            self._parked(call, call.fibre.resume(result))

    def _fail(self, call: Call, error: AppError) -> None:
        self._parked(call, call.fibre.fail(error))

    def _tell_step(self, call: Call, step: Step[Any], fate: Fate, result: Any = None) -> None:
        self.tell(call, described(step, fate, result), is_detail=is_detail(step, fate))
