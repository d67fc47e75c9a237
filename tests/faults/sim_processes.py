"""The calls that are under way, and how they end: they return, or their process dies."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sim_call import Call, Instance
from sim_faults import Chaos
from sim_fibre import Ended, Fibres, Killed
from sim_rules import Rule
from sim_schedule import Schedule
from sim_trace import Trace
from sim_watch import Watch


@dataclass
class Processes:
    """All calls of a run, and what they run on."""

    schedule: Schedule
    chaos: Chaos
    watch: Watch
    trace: Trace
    fibres: Fibres
    calls: list[Call] = field(default_factory=list)
    when_killed: Callable[[Instance, list[Call]], None] = lambda instance, calls: None

    def __post_init__(self) -> None:
        self.clock = self.schedule.clock
        self.after = self.schedule.after

    def abandon(self) -> None:
        """End all calls where they stand: the run is over."""
        for call in list(self.calls):
            call.fibre.fail(Killed())
            self.fibres.give_back(call.fibre)
        self.calls.clear()

    def tell(self, who: object, what: str, is_detail: bool = False) -> None:
        """Add a line to the trace."""
        self.trace.tell(self.clock.now(), str(who), what, is_detail)

    def kill(self, instance: Instance, down_seconds: float) -> None:
        """End a process, with everything that it was doing."""
        calls = list(instance.calls)
        self.chaos.seen["calls that died with another's process"] += len(calls) - 1
        instance.is_up = False
        for call in calls:
            call.is_dead = True
            if call.at is not None:
                self.watch.disturbed(call.at)
            ended = call.fibre.fail(Killed())
            self.end(call, ended.error if isinstance(ended, Ended) else None)
        self.when_killed(instance, calls)

        def restart() -> None:
            instance.is_up = True
            self.tell(instance.name, "starts again")

        self.after(down_seconds, restart)

    def end(self, call: Call, error: BaseException | None) -> None:
        """Take a call for over; an error that it ended in was not meant to reach anybody."""
        self.calls.remove(call)
        call.instance.calls.remove(call)
        self.fibres.give_back(call.fibre)
        is_expected = error is None or isinstance(error, Killed)
        self.watch.checks.require(Rule.KNOWN_ANSWERS, is_expected, f"{call} ended in {error!r}")
        call.when_over()
