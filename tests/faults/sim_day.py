"""What happens to a slate on one simulated morning, until nothing changes any more."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sim_call import Violation
from sim_cluster import Cluster, Request
from sim_deliveries import Deliveries
from sim_engine import Engine
from sim_phase4 import Phase4
from sim_rows import CONTEXT, context_rows
from sim_stage import SETTINGS
from sim_world import Player, World

from shared.alerts import RESEND_AFTER
from shared.slate import deadline

_SWEEP_SECONDS = 300.0
_FAULTS_END_WITHIN = (200.0, 600.0)
_RUSHES = 0.5
_MOST_SWEEPS = 40
_STUCK_AFTER = 4  # sweeps that change nothing: they span the time after which a request counts as lost


@dataclass
class Day:
    """Plans what comes from outside, and asks every five minutes, like the scheduler."""

    engine: Engine
    cluster: Cluster
    world: World
    is_settled: bool = False
    _to_come: int = 0
    _sweeps: int = 0
    _quiet_sweeps: int = 0
    deliveries: Deliveries = field(init=False)

    def __post_init__(self) -> None:
        self.deliveries = Deliveries(self.cluster)
        self._phase4 = Phase4(self.cluster, self.world, self._plan, self._rush)
        self._date = self.world.game_date.isoformat()

    def begin(self) -> None:
        """Plan the morning: the runs, the changes, the callers, and the end of the faults."""
        random, world = self.world.random, self.world
        world.begin(self.engine.clock.now())
        self._observe(world.players)
        self._plan(random.uniform(0, 90), self._phase4.run)
        if world.final_runs_from == 2 or random.random() < 0.5:
            self._plan(random.uniform(40, 300), self._phase4.run)
        self._plan_some((0, 0, 1, 2, 3), 300, self._move_a_line)
        self._plan_some((0, 0, 1, 2), 300, self._change_a_status)
        self._plan_some((0, 0, 1), 300, self._repeat_the_event)
        self._plan_some((0, 0, 1), 300, self._ask_twice_at_once)
        self._plan_some((0, 0, 1), 120, self._start)
        faults_end = random.uniform(*_FAULTS_END_WITHIN)
        self._plan(faults_end, self._end_faults)
        if self._due_in() < faults_end:
            self._plan(self._due_in(), self._check_sla)
        self.engine.after(random.uniform(10, _SWEEP_SECONDS), self._sweep)

    def _plan(self, seconds: float, action: Callable[[], None]) -> None:
        self._to_come += 1

        def happen() -> None:
            self._to_come -= 1
            action()

        self.engine.after(seconds, happen)

    def _plan_some(self, times: tuple[int, ...], within: float, action: Callable[[], None]) -> None:
        for _ in range(self.world.random.choice(times)):
            self._plan(self.world.random.uniform(0, within), action)

    def _observe(self, players: list[Player]) -> None:
        self.cluster.store.append(CONTEXT, context_rows(self.world, players, self.engine.clock.now()))

    def _move_a_line(self) -> None:
        player = self.world.move_a_line(self.engine.clock.now())
        self.engine.tell("world", f"the line of {player.lookup} moves to {player.line}")
        self._observe([player])

    def _change_a_status(self) -> None:
        player = self.world.change_a_status()
        self.engine.tell("world", f"{player.lookup} is {player.status}")
        self._observe([player])

    def _repeat_the_event(self) -> None:
        if self._phase4.event is not None:
            self.engine.tell("world", "the event is published again")
            self.cluster.bus.publish(SETTINGS.phase4_topic, [self._phase4.event])

    def _rush(self) -> None:
        """Everybody wakes up when a run is recorded: the event is not the only one who asks."""
        if self.world.random.random() < _RUSHES:
            self._plan(self.world.random.uniform(0, 1), self._ask_twice_at_once)

    def _ask_twice_at_once(self) -> None:
        for coordinator in self.cluster.coordinators:
            path = self.world.random.choice(("/retry", "/start", "/retry"))
            force = {"force": True} if self.world.random.random() < 0.05 else {}
            self.cluster.ask(Request(path, {"game_date": self._date, **force}), to=coordinator)

    def _start(self) -> None:
        self.cluster.ask(Request("/start", {"game_date": self._date}, is_scheduled=True))

    def _check_sla(self) -> None:
        self.cluster.ask(Request(f"/status?check=sla&game_date={self._date}", method="GET"))

    def _end_faults(self) -> None:
        self.engine.chaos.is_over = True
        self.engine.tell("world", "the faults stop")

    def _sweep(self) -> None:
        self.cluster.ask(
            Request("/retry", {"game_date": self._date}, is_scheduled=True), when_over=self._swept
        )

    def _swept(self, status: str) -> None:
        """Go on until a sweep finds nothing to do, nothing is under way, and no time will change that."""
        self._sweeps += 1
        if self._sweeps > _MOST_SWEEPS:
            raise Violation(f"nothing has settled after {_MOST_SWEEPS} sweeps")
        self._quiet_sweeps = self._quiet_sweeps + 1 if self._is_quiet() else 0
        if self._quiet_sweeps and self.world.never_ready and self._due_in() > 0:
            self.engine.after(self._due_in() + self.world.random.uniform(0, 60), self._sweep)
        elif (self._quiet_sweeps and status == "complete") or self._quiet_sweeps >= _STUCK_AFTER:
            self.is_settled = True
        else:
            self.engine.after(_SWEEP_SECONDS, self._sweep)

    def _is_quiet(self) -> bool:
        is_idle = not (self._to_come or self.engine.calls) and self.cluster.bus.is_idle()
        changed_at = self.engine.watch.changed_at
        has_rested = changed_at is None or self.engine.clock.now() - changed_at > RESEND_AFTER
        return self.engine.chaos.is_over and is_idle and has_rested

    def _due_in(self) -> float:
        return (deadline(self.world.game_date) - self.engine.clock.now()).total_seconds()
