"""What happens to a slate on one simulated morning, until nothing changes any more."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sim_cluster import Cluster, Request
from sim_deliveries import Deliveries
from sim_engine import Engine
from sim_outside import Outside
from sim_rules import Rule
from sim_world import World

from shared.alert_entries import RESEND_AFTER
from shared.slate import deadline

_SWEEP_SECONDS = 300.0
_BETWEEN = (0.0, 30.0)
_FAULTS_END_WITHIN = (200.0, 600.0)
_MOST_SWEEPS = 60
_STUCK_AFTER = 4  # sweeps that change nothing: they span the time after which a request counts as lost


@dataclass
class Day:
    """Lets the outside begin, ends the faults, and asks every five minutes, like the scheduler."""

    engine: Engine
    cluster: Cluster
    world: World
    is_settled: bool = False
    _to_come: int = 0
    _to_come_since_refresh: int = 0
    _sweeps: int = 0
    _quiet_sweeps: int = 0
    deliveries: Deliveries = field(init=False)

    def __post_init__(self) -> None:
        self.deliveries = Deliveries(self.cluster)
        self._outside = Outside(self.cluster, self.world, self.deliveries, self._plan)
        self._random = self.cluster.dice.of("day")

    def begin(self) -> None:
        """Plan the morning: what comes from outside, two checks at the deadline, the end of the faults."""
        self._outside.begin(self._random)
        faults_end = self._random.uniform(*_FAULTS_END_WITHIN)
        self._plan(faults_end, self._end_faults)
        if self._due_in() < faults_end:
            self._plan(self._due_in(), self._check_sla)
        self.engine.after(self._random.uniform(10, _SWEEP_SECONDS), self._sweep)

    def _plan(self, seconds: float, action: Callable[[], None]) -> None:
        self._to_come += 1

        def happen() -> None:
            self._to_come -= 1
            action()

        self.engine.after(seconds, happen)

    def _check_sla(self) -> None:
        date = self.world.game_date.isoformat()
        for coordinator in self.cluster.coordinators:
            request = Request(f"/status?check=sla&game_date={date}", method="GET")
            self.cluster.ask(request, to=[coordinator])

    def _end_faults(self) -> None:
        self.engine.chaos.is_over = True
        self.engine.tell("world", "the faults stop")

    def _sweep(self) -> None:
        """Refresh, and then retry: what the one has started the other meets."""
        body = {"game_date": self.world.game_date.isoformat()}
        retry = Request("/retry", body, is_scheduled=True)
        seconds = self._random.uniform(*_BETWEEN)
        self._to_come_since_refresh = self._to_come

        def go_on(_: str) -> None:
            self.engine.after(seconds, lambda: self.cluster.ask(retry, when_over=self._swept))

        self.cluster.ask(Request("/refresh", body, is_scheduled=True), when_over=go_on)

    def _swept(self, status: str) -> None:
        """Go on until a sweep finds nothing to do, nothing is under way, and no time will change that."""
        self._sweeps += 1
        checks = self.engine.watch.checks
        checks.require(
            Rule.SETTLES, self._sweeps < _MOST_SWEEPS, f"nothing has settled after {_MOST_SWEEPS} sweeps"
        )
        self._quiet_sweeps = self._quiet_sweeps + 1 if self._is_quiet() else 0
        if self._quiet_sweeps and self.world.never_ready and self._due_in() > 0:
            self.engine.after(self._due_in() + self._random.uniform(0, 60), self._sweep)
        elif (self._quiet_sweeps and status == "complete") or self._quiet_sweeps >= _STUCK_AFTER:
            self.is_settled = True
        else:
            self.engine.after(_SWEEP_SECONDS, self._sweep)

    def _is_quiet(self) -> bool:
        """Say whether nothing is to come or under way, and the refresh of this sweep saw all that came."""
        is_over = not (self._to_come or self._to_come_since_refresh or self.engine.calls)
        is_idle = is_over and self.cluster.bus.is_idle()
        changed_at = self.engine.watch.changed_at
        has_rested = changed_at is None or self.engine.clock.now() - changed_at > RESEND_AFTER
        return self.engine.chaos.is_over and is_idle and has_rested

    def _due_in(self) -> float:
        return (deadline(self.world.game_date) - self.engine.clock.now()).total_seconds()
