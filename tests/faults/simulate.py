"""Runs the protocol under seeded faults. A seed that fails is replayed with --seed K --trace."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from sim_call import Violation  # noqa: E402
from sim_cluster import Cluster  # noqa: E402
from sim_day import Day  # noqa: E402
from sim_engine import Engine  # noqa: E402
from sim_faults import Chaos  # noqa: E402
from sim_stage import SETTINGS, Product, Stage, logs_told_to  # noqa: E402
from sim_trace import Trace  # noqa: E402
from sim_verdict import faults_of  # noqa: E402
from sim_watch import Watch  # noqa: E402
from sim_world import World  # noqa: E402

from shared.slate import deadline  # noqa: E402

_MINUTES_BEFORE_DEADLINE = (120, 120, 60, 20, 8)


@dataclass(frozen=True)
class Run:
    """What one seed came to."""

    seed: int
    faults: Counter[str]
    violations: tuple[str, ...]
    trace: Trace


def run_seed(seed: int, stage: Stage, product: Product | None = None) -> Run:
    """Play one seed to its end; the same seed always gives the same run."""
    random = Random(seed)
    store, game_date = stage.set_up(seed)
    begins = deadline(game_date) - timedelta(minutes=random.choice(_MINUTES_BEFORE_DEADLINE))
    stage.set_time(begins)
    trace, watch, chaos = Trace(), Watch(SETTINGS), Chaos(seed, Random(random.random()))
    engine = Engine(stage.clock, chaos, watch, trace, stage.fibres)
    cluster = Cluster(engine, store, product or Product(), Random(random.random()))
    world = World(game_date, Random(random.random()))
    day = Day(engine, cluster, world)
    violations: list[str] = []

    def log(event: dict[str, Any]) -> None:
        about = event.get("exc_info") or event.get("reason") or event.get("kind") or ""
        trace.tell(stage.clock.now(), f"  {event.get('part')}", f"{event['level']}: {event['event']} {about!s}")

    with logs_told_to(log):
        try:
            day.plan()
            while not day.is_settled:
                cluster.plan_deliveries()
                engine.next()
            violations += faults_of(store, world, watch, SETTINGS, chaos.counts.total() + world.changes)
        except Violation as violation:
            violations.append(str(violation))
        finally:
            engine.abandon()
    for violation in violations:
        trace.tell(stage.clock.now(), "VIOLATION", violation)
    return Run(seed, chaos.counts, tuple(violations), trace)


def run_seeds(seeds: Iterable[int], product: Product | None = None) -> Iterator[Run]:
    """Play seeds one after the other on one stage."""
    with closing(Stage()) as stage:
        for seed in seeds:
            yield run_seed(seed, stage, product)


def main(arguments: list[str] | None = None) -> int:
    """Run seeds, print what they came to, and return 1 if anything was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many seeds to run, from --seed on")
    parser.add_argument("--seed", type=int, help="run this seed alone")
    parser.add_argument("--trace", action="store_true", help="print every step of every run")
    options = parser.parse_args(arguments)
    seeds = range(options.seeds) if options.seed is None else [options.seed]
    faults: Counter[str] = Counter()
    failed = 0
    for run in run_seeds(seeds):
        faults += run.faults
        failed += bool(run.violations)
        if options.trace or run.violations:
            print(run.trace if options.trace else f"seed {run.seed}: {'; '.join(run.violations)}")
    for kind, times in sorted(faults.items()):
        print(f"{times:7}  {kind}")
    print(f"seeds {len(seeds)}, faults {faults.total()}, violations {failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
