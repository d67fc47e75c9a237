"""One run of the protocol: a seed, played to its end; with a list of faults, with those and no others."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from sim_cluster import Cluster
from sim_day import Day
from sim_dice import Dice
from sim_engine import Engine
from sim_fates import Fault
from sim_faults import Chaos
from sim_rules import Rule, Violation
from sim_schedule import Schedule
from sim_services import MANY_LINES, SETTINGS
from sim_stage import Stage, logs_told_to, one_at_a_time
from sim_start import start_of
from sim_trace import Trace
from sim_verdict import Verdict
from sim_watch import Watch
from sim_world import World

Mistake = Callable[[], AbstractContextManager[None]]
_MANY_LINES = 0.08
_MOST_TOLD = 3


@dataclass(frozen=True)
class Run:
    """What one seed came to: what was done to it, what was met on the way, what was looked at and broken."""

    seed: int
    faults: tuple[Fault, ...]
    events: tuple[Fault, ...]
    seen: Counter[str]
    held: Counter[Rule]
    violations: tuple[tuple[Rule, str], ...]
    trace: Trace

    def without_trace(self) -> "Run":
        """Return it for somebody who only counts."""
        return replace(self, trace=Trace())


def run_seed(
    seed: int, stage: Stage, only: Iterable[Fault] | None = None, mistake: Mistake = nullcontext
) -> Run:
    """Play one seed to its end; the same seed, and the same faults, always give the same run."""
    dice = Dice(seed)
    start, has_many_lines = start_of(seed, dice.of("start")), dice.of("lines").random() < _MANY_LINES
    stage.set_time(start.moment)
    settings = MANY_LINES if has_many_lines else SETTINGS
    chaos = Chaos(dice, None if only is None else frozenset(only))
    engine = Engine(Schedule(stage.clock), chaos, Watch(settings), Trace(), stage.fibres)
    world = World(start.game_date, dice, has_many_lines)
    with mistake(), one_at_a_time(dice), logs_told_to(lambda event: _tell_log(engine, event)):
        day = Day(engine, Cluster(engine, stage.set_up(settings.in_flight_seconds), settings), world)
        broken = _play(day)
    for violation in broken[:_MOST_TOLD]:
        engine.tell("VIOLATION", f"{violation} (but {violation.rule})")
    return Run(
        seed,
        tuple(chaos.faults),
        tuple(chaos.events),
        chaos.seen + Counter({f"requested again: {k}": n for k, n in engine.watch.requests.reasons.items()}),
        engine.watch.checks.held,
        tuple((violation.rule, str(violation)) for violation in broken),
        engine.trace,
    )


def _play(day: Day) -> list[Violation]:
    """Let a day run until it has settled, or until something happens that must not."""
    engine = day.engine
    try:
        day.begin()
        while not day.is_settled:
            day.deliveries.plan()
            engine.schedule.next()
    except Violation as violation:
        return [violation]
    finally:
        engine.abandon()
    Verdict(day.cluster.store, day.world, engine.watch).judge()
    engine.watch.checks.held[Rule.SETTLES] += 1
    return engine.watch.checks.broken


def _tell_log(engine: Engine, event: dict[str, Any]) -> None:
    about = event.get("exc_info") or event.get("reason") or event.get("kind") or ""
    engine.tell(
        f"  {event.get('part')} logs", f"{event['level']}: {event['event']} {about!s}", is_detail=True
    )


def run_seeds(seeds: Iterable[int], mistake: Mistake = nullcontext) -> Iterator[Run]:
    """Play seeds one after the other on one stage."""
    with closing(Stage()) as stage:
        for seed in seeds:
            yield run_seed(seed, stage, mistake=mistake)
