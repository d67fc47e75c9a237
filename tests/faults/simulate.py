"""Runs the protocol under seeded faults. A seed that fails is replayed with --seed K --trace."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from random import Random
from typing import Any

from sim_call import Violation
from sim_cluster import Cluster
from sim_day import Day
from sim_engine import Engine
from sim_faults import Chaos
from sim_stage import PRODUCT, SETTINGS, Product, Stage, logs_told_to
from sim_start import start_of
from sim_trace import Trace
from sim_verdict import faults_of
from sim_watch import Watch
from sim_world import World


@dataclass(frozen=True)
class Run:
    """What one seed came to."""

    seed: int
    faults: Counter[str]
    violations: tuple[str, ...]
    trace: Trace


def run_seed(seed: int, stage: Stage, product: Product = PRODUCT) -> Run:
    """Play one seed to its end; the same seed always gives the same run."""
    random = Random(seed)
    start = start_of(seed, random)
    store, game_date = stage.set_up(), start.game_date
    stage.set_time(start.moment)
    chaos = Chaos(seed, Random(random.random()))
    engine = Engine(stage.clock, chaos, Watch(SETTINGS), Trace(), stage.fibres)
    cluster = Cluster(engine, store, product, Random(random.random()))
    day = Day(engine, cluster, World(game_date, Random(random.random())))
    with logs_told_to(lambda event: _tell_log(engine, event)):
        violations = _play(day)
    for violation in violations:
        engine.tell("VIOLATION", violation)
    return Run(seed, chaos.counts, tuple(violations), engine.trace)


def _play(day: Day) -> list[str]:
    """Let a day run until it has settled, or until something happens that must not."""
    engine, world = day.engine, day.world
    try:
        day.begin()
        while not day.is_settled:
            day.deliveries.plan()
            engine.next()
    except Violation as violation:
        return [str(violation)]
    finally:
        engine.abandon()
    disturbances = engine.chaos.counts.total() + world.changes
    return faults_of(day.cluster.store, world, engine.watch, SETTINGS, disturbances)


def _tell_log(engine: Engine, event: dict[str, Any]) -> None:
    about = event.get("exc_info") or event.get("reason") or event.get("kind") or ""
    engine.tell(f"  {event.get('part')} logs", f"{event['level']}: {event['event']} {about!s}")


def run_seeds(seeds: Iterable[int], product: Product = PRODUCT) -> Iterator[Run]:
    """Play seeds one after the other on one stage."""
    with closing(Stage()) as stage:
        for seed in seeds:
            yield run_seed(seed, stage, product)


def main(arguments: list[str] | None = None, product: Product = PRODUCT) -> int:
    """Run seeds, write what they came to, and return 1 if anything was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many seeds to run, from 0 on")
    parser.add_argument("--seed", type=int, help="run this seed alone")
    parser.add_argument("--trace", action="store_true", help="write every step of every run")
    options = parser.parse_args(arguments)
    seeds = range(options.seeds) if options.seed is None else [options.seed]
    faults: Counter[str] = Counter()
    violations = 0
    for run in run_seeds(seeds, product):
        faults += run.faults
        violations += len(run.violations)
        if options.trace:
            _write(str(run.trace))
        elif run.violations:
            _write(f"seed {run.seed}: {'; '.join(run.violations)}")
    _write(f"{len(seeds)} runs")
    for kind, times in sorted(faults.items()):
        _write(f"{times:7}  {kind}")
    _write(f"seeds {len(seeds)}, faults {faults.total()}, violations {violations}")
    return 1 if violations else 0


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
