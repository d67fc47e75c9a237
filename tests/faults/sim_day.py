"""What happens to a slate on one simulated morning, until nothing changes any more."""

from dataclasses import dataclass, field
from datetime import timedelta

from sim_call import Call, Instance, Violation
from sim_cluster import Cluster
from sim_engine import Engine
from sim_stage import SETTINGS
from sim_world import World, run_gap

from shared.alerts import RESEND_AFTER
from shared.errors import DependencyUnavailable
from shared.messages import Phase4Complete
from shared.ports import OutgoingMessage
from shared.slate import deadline

_SWEEP_SECONDS = 300.0
_MOST_SWEEPS = 40
_STUCK_AFTER = 4  # sweeps that change nothing span the time after which a request counts as lost
_SCHEDULER = {"X-CloudScheduler": "true"}


@dataclass
class Day:
    """Plans what comes from outside, and asks every five minutes, like the scheduler."""

    engine: Engine
    cluster: Cluster
    world: World
    is_settled: bool = False
    _phase4: Instance = field(default_factory=lambda: Instance("p4"))
    _event: OutgoingMessage | None = None
    _to_come: int = 0
    _quiet_sweeps: int = 0
    _sweeps: int = 0

    def plan(self) -> None:
        """Plan the morning: its runs, changes, callers, and the end of the faults."""
        random, now = self.world.random, self.engine.clock.now()
        self.world.begin(now)
        self._write_context(self.world.players)
        self._plan(random.uniform(0, 90), self._run_phase4)
        if self.world.final_runs_from == 2 or random.random() < 0.5:
            self._plan(random.uniform(60, 500), self._run_phase4)
        for _ in range(random.choice((0, 0, 1, 2, 3))):
            self._plan(random.uniform(0, 500), self._move_a_line)
        for _ in range(random.choice((0, 0, 1, 2))):
            self._plan(random.uniform(0, 500), self._change_a_status)
        for _ in range(random.choice((0, 1, 2))):
            self._plan(random.uniform(30, 400), self._repeat_the_event)
        for _ in range(random.choice((1, 1, 2))):
            self._plan(random.uniform(20, 400), self._ask_twice_at_once)
        if random.random() < 0.3:
            self._plan(random.uniform(0, 120), self._start)
        self._plan(random.uniform(300, 900), self._end_faults)
        self.engine.after(random.uniform(10, _SWEEP_SECONDS), self._sweep)
        until_due = (deadline(self.world.game_date) - now).total_seconds()
        if until_due < 900:
            self._plan(until_due, self._check_sla)

    def _plan(self, seconds: float, action: object) -> None:
        self._to_come += 1

        def happen() -> None:
            self._to_come -= 1
            action()  # type: ignore[operator]

        self.engine.after(seconds, happen)

    def _run_phase4(self) -> None:
        if not self._phase4.is_free:
            self._plan(20, self._run_phase4)
            return
        call = Call(self._phase4, "run", self.engine.fibres.take())
        landed = False
        ports, clock = self.cluster.ports, self.engine.clock

        def work() -> None:
            nonlocal landed
            run, started_at = self.world.begin_run(), clock.now()
            try:
                features = self.world.feature_rows(run, started_at, clock.now())
                ports.warehouse.replace_partition(
                    "nba_predictions.ml_feature_store_v2", self.world.game_date, features
                )
                history = self.world.history_row(run, started_at, clock.now())
                ports.warehouse.append("nba_reference.processor_run_history", [history])
                landed = True
                event = Phase4Complete(
                    game_date=self.world.game_date, event_type="phase4_complete", run_id=f"run{run}"
                )
                self._event = event.to_message()
                ports.publisher.publish(SETTINGS.phase4_topic, [self._event])
            except DependencyUnavailable as error:
                self.engine.tell(call, f"fails: {error}")

        def over() -> None:
            if not landed:
                self._plan(run_gap(self.world.random).total_seconds(), self._run_phase4)

        call.when_over = over
        self.engine.begin(call, work)

    def _move_a_line(self) -> None:
        player = self.world.move_a_line(self.engine.clock.now())
        self.engine.tell("world", f"the line of {player.lookup} moves to {player.line}")
        self._write_context([player])

    def _change_a_status(self) -> None:
        player = self.world.change_a_status()
        self.engine.tell("world", f"{player.lookup} is {player.status}")
        self._write_context([player])

    def _write_context(self, players: list) -> None:  # type: ignore[type-arg]
        rows = self.world.context_rows(players, self.engine.clock.now())
        self.cluster.store.append("nba_analytics.upcoming_player_game_context", rows)

    def _repeat_the_event(self) -> None:
        if self._event is not None:
            self.engine.tell("world", "the event is published again")
            self.cluster.bus.publish(SETTINGS.phase4_topic, [self._event])

    def _ask_twice_at_once(self) -> None:
        date = self.world.game_date.isoformat()
        for coordinator in self.cluster.coordinators:
            path = self.world.random.choice(("/retry", "/start", "/retry"))
            body = {"game_date": date}
            if path == "/start" and self.world.random.random() < 0.1:
                body["force"] = True  # type: ignore[assignment]
            self.cluster.ask("POST", path, body, to=coordinator)

    def _start(self) -> None:
        self.cluster.ask("POST", "/start", {"game_date": self.world.game_date.isoformat()}, _SCHEDULER)

    def _check_sla(self) -> None:
        self.cluster.ask("GET", f"/status?check=sla&game_date={self.world.game_date.isoformat()}")

    def _end_faults(self) -> None:
        self.engine.chaos.is_over = True
        self.engine.tell("world", "the faults stop")

    def _sweep(self) -> None:
        body = {"game_date": self.world.game_date.isoformat()}
        self.cluster.ask("POST", "/retry", body, _SCHEDULER, when_over=self._swept)

    def _swept(self, status: str) -> None:
        """Go on until a sweep finds nothing to do, nothing is under way, and no time will change that."""
        self._sweeps += 1
        if self._sweeps > _MOST_SWEEPS:
            raise Violation(f"nothing has settled after {_MOST_SWEEPS} sweeps")
        self._quiet_sweeps = self._quiet_sweeps + 1 if self._is_quiet() else 0
        due_in = (deadline(self.world.game_date) - self.engine.clock.now()).total_seconds()
        if self._quiet_sweeps and self.world.never_ready and due_in > 0:
            self.engine.after(due_in + self.world.random.uniform(0, 60), self._sweep)
        elif (self._quiet_sweeps and status == "complete") or self._quiet_sweeps >= _STUCK_AFTER:
            self.is_settled = True
        else:
            self.engine.after(_SWEEP_SECONDS, self._sweep)

    def _is_quiet(self) -> bool:
        is_idle = not (self._to_come or self.engine.calls) and self.cluster.bus.is_idle()
        changed_at = self.engine.watch.changed_at
        has_rested = changed_at is None or self.engine.clock.now() - changed_at > RESEND_AFTER
        return self.engine.chaos.is_over and is_idle and has_rested
