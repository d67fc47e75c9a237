"""Phase 4 as Phase 5 sees it: features, then run history, then the event; it may die in between."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sim_call import Call, Instance
from sim_cluster import Cluster
from sim_rows import FEATURE_STORE, RUN_HISTORY, feature_rows, history_row
from sim_stage import SETTINGS
from sim_world import World

from shared.errors import DependencyUnavailable
from shared.messages import Phase4Complete
from shared.ports import OutgoingMessage

_BUSY_SECONDS = 20.0
_AGAIN_SECONDS = (30.0, 180.0)


@dataclass
class Phase4:
    """Runs one after the other; one that was not recorded is followed by another."""

    cluster: Cluster
    world: World
    plan: Callable[[float, Callable[[], None]], None]
    when_recorded: Callable[[], None]
    event: OutgoingMessage | None = None
    _instance: Instance = field(default_factory=lambda: Instance("p4"))
    _is_recorded: bool = False

    def run(self) -> None:
        """Start a run, or try again soon if one is under way."""
        if not self._instance.is_free:
            self.plan(_BUSY_SECONDS, self.run)
            return
        call = Call(self._instance, "run", self.cluster.engine.fibres.take(), when_over=self._over)
        self._is_recorded = False
        self.cluster.engine.begin(call, self._work)

    def _work(self) -> None:
        try:
            self._write_and_tell()
        except DependencyUnavailable:
            return

    def _write_and_tell(self) -> None:
        ports, world, clock = self.cluster.ports, self.world, self.cluster.engine.clock
        run, started_at = world.begin_run(), clock.now()
        features = feature_rows(world, run, started_at, clock.now())
        ports.warehouse.replace_partition(FEATURE_STORE, world.game_date, features)
        ports.warehouse.append(RUN_HISTORY, [history_row(world, run, started_at, clock.now())])
        self._is_recorded = True
        event = Phase4Complete(game_date=world.game_date, event_type="phase4_complete", run_id=f"run{run}")
        self.event = event.to_message()
        ports.publisher.publish(SETTINGS.phase4_topic, [self.event])

    def _over(self) -> None:
        if self._is_recorded:
            self.when_recorded()
        else:
            self.plan(self.world.random.uniform(*_AGAIN_SECONDS), self.run)
