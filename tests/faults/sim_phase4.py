"""Phase 4 itself, asked for a run by Phase 3, and asked again when it does not answer well."""

from collections.abc import Callable
from dataclasses import dataclass

from sim_cluster import Cluster, Request
from sim_rows import GAMES, corrected_rows
from sim_world import World

_BUSY_SECONDS = 20.0
_AGAIN_SECONDS = (30.0, 180.0)
_RECORDED = ("success", "partial", "no_games")


@dataclass
class Phase4:
    """Runs one after the other; one that was not recorded is followed by another."""

    cluster: Cluster
    world: World
    plan: Callable[[float, Callable[[], None]], None]
    when_recorded: Callable[[], None]

    def run(self) -> None:
        """Start a run, or try again soon if one is under way."""
        if not self.cluster.phase4.is_free:
            self.plan(_BUSY_SECONDS, self.run)
            return
        corrected = self.world.begin_run()
        if corrected:
            now = self.cluster.engine.clock.now()
            self.cluster.store.append(GAMES, corrected_rows(self.world, corrected, now))
        before = self.cluster.engine.watch.feature_run.run_id
        request = Request("/process", {"game_date": self.world.game_date.isoformat()})
        self.cluster.ask(request, to=[self.cluster.phase4], when_over=lambda said: self._over(said, before))

    def _over(self, status: str, before: str) -> None:
        """Ask again unless the run counts; one that counts and could not say so is asked for in doubt."""
        random = self.cluster.dice.of("phase 4", self.world.runs)
        stands = self.cluster.engine.watch.feature_run
        is_counted = stands.is_counted and stands.run_id != before
        if status in _RECORDED or (is_counted and random.random() < 0.5):
            self.when_recorded()
        else:
            self.plan(random.uniform(*_AGAIN_SECONDS), self.run)
