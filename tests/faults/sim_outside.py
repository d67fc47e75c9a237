"""What comes from outside while the pipeline works: runs, news, callers, and what is wrong all day."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from sim_cluster import Cluster, Request
from sim_deliveries import Deliveries
from sim_fates import Fault, FaultKind
from sim_person import Person
from sim_phase4 import Phase4
from sim_rows import CONTEXT, GAMES, context_rows, game_rows
from sim_world import Player, World

_RUSHES = 0.5
_POISONED = {6: FaultKind.WRITE_REFUSED, 13: FaultKind.ANNOUNCEMENT_REFUSED}  # by the seed, of every
_OF_EVERY = 20
_FORGETS = 17  # by the seed too
_FORCED = 0.05
_QUIET_SECONDS = 37.0
_CREEPS_TRIED = 20
_LATE = 100


@dataclass
class Outside:
    """Plans each thing under a name, so that a run can be played without it."""

    cluster: Cluster
    world: World
    deliveries: Deliveries
    plan: Callable[[float, Callable[[], None]], None]
    _phase4: Phase4 = field(init=False)
    _rushes: int = 0

    def __post_init__(self) -> None:
        self._engine = self.cluster.engine
        self._chaos = self._engine.chaos
        self._phase4 = Phase4(self.cluster, self.world, self.plan, self._rush)
        self._date = self.world.game_date.isoformat()

    def begin(self, random: Random) -> None:
        """Plan the morning."""
        now = self._engine.clock.now()
        self.world.begin(now)
        self.cluster.store.append(GAMES, game_rows(self.world, now))
        self._observe(self.world.players)
        self.plan(random.uniform(0, 90), self._phase4.run)
        is_needed, again = self.world.final_runs_from == 2, random.uniform(40, 300)
        if is_needed or random.random() < 0.5:
            self._plan_one("another run of Phase 4", 2, again, lambda _: self._phase4.run(), is_needed)
        self._plan_some(random, (0, 0, 1, 2, 3), 300, "a line moves", self._move_a_line)
        self._plan_some(random, (0, 0, 1, 2), 300, "a status changes", self._change_a_status)
        creeps = self.cluster.dice.of("creeps")
        self._plan_some(creeps, (0, 0, 1, 2), 900, "a line creeps", self._creep_a_line)
        self._plan_some(creeps, (0, 0, 1), 900, "somebody is ruled out late", self._change_a_status_late)
        self._plan_some(random, (0, 0, 1), 300, "the event is published again", self._repeat_the_event)
        self._plan_some(random, (0, 0, 1), 300, "two ask at once", self._ask_twice_at_once)
        self._plan_some(random, (0, 0, 1), 120, "the scheduler starts", self._start)
        self._plan_disasters(random)
        Person(self.cluster, self._date, self.plan).begin()

    def _plan_disasters(self, random: Random) -> None:
        poisoned = random.choice([player for player in self.world.players if player.is_expected]).lookup
        kind = _POISONED.get(self._chaos.dice.seed % _OF_EVERY)
        if kind and self._chaos.strikes(poisoned, kind, 1):
            self._chaos.poison = Fault(poisoned, kind)
        self.plan(random.uniform(20, 150), self._forget)

    def _plan_some(
        self, random: Random, times: tuple[int, ...], within: float, what: str, action: Callable[[int], None]
    ) -> None:
        for number in range(1, random.choice(times) + 1):
            self._plan_one(what, number, random.uniform(0, within), action)

    def _plan_one(
        self, what: str, number: int, seconds: float, action: Callable[[int], None], is_needed: bool = False
    ) -> None:
        if is_needed or self._chaos.happens(f"number {number}", what):
            self.plan(seconds, lambda: action(number))

    def _observe(self, players: list[Player]) -> None:
        rows = context_rows(self.world, players, self._engine.clock.now())
        self.cluster.store.append(CONTEXT, rows)

    def _move_a_line(self, number: int) -> None:
        player = self.world.move_a_line(number, self._engine.clock.now())
        self._engine.tell("world", f"the line of {player.lookup} moves to {player.line}")
        self._observe([player])

    def _creep_a_line(self, number: int, tries: int = _CREEPS_TRIED) -> None:
        """Creep while nothing is under way, so that whoever was forecast is known to be."""
        if self._engine.calls or not self.cluster.bus.is_idle():
            if tries:
                self.plan(_QUIET_SECONDS, lambda: self._creep_a_line(number, tries - 1))
            return
        player = self.world.creep_a_line(number, self._engine.clock.now())
        if player is not None:
            if not self._engine.watch.requests.is_all_done(player.lookup):
                self.world.changes[player.lookup] += 1
            self._engine.tell("world", f"the line of {player.lookup} creeps to {player.line}")
            self._observe([player])

    def _change_a_status_late(self, number: int) -> None:
        self._change_a_status(_LATE + number)

    def _change_a_status(self, number: int) -> None:
        player = self.world.change_a_status(number)
        self._engine.tell("world", f"{player.lookup} is {player.status}")
        self._observe([player])

    def _repeat_the_event(self, number: int) -> None:
        event = self._engine.watch.feature_run.event
        if event is not None:
            self._engine.tell("world", "the event is published again")
            self.cluster.bus.publish(self.cluster.settings.phase4_topic, [event])

    def _rush(self) -> None:
        """Everybody wakes up when a run is recorded: the event is not the only one who asks."""
        self._rushes += 1
        random, number = self.cluster.dice.of("rush", self._rushes), self._rushes
        if random.random() < _RUSHES and self._chaos.happens(f"number {number}", "a rush after a run"):
            self.plan(random.uniform(0, 1), lambda: self._ask_twice_at_once(100 + number))

    def _ask_twice_at_once(self, number: int) -> None:
        for coordinator in self.cluster.coordinators:
            random = self.cluster.dice.of("at once", number, coordinator.name)
            path = random.choice(("/retry", "/start", "/retry"))
            force = {"force": True} if random.random() < _FORCED else {}
            self.cluster.ask(Request(path, {"game_date": self._date, **force}), to=[coordinator])

    def _start(self, number: int) -> None:
        self.cluster.ask(Request("/start", {"game_date": self._date}, is_scheduled=True))

    def _forget(self) -> None:
        is_due = self._chaos.dice.seed % _OF_EVERY == _FORGETS
        if is_due and self._chaos.strikes("the bus", FaultKind.FORGOTTEN, 1):
            self._engine.tell("the bus", f"!! {FaultKind.FORGOTTEN}")
            self.deliveries.forget_all()
