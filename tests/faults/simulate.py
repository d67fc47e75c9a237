"""Runs the protocol under seeded faults, and counts what was done to it and what it kept.

A seed that fails is replayed with --seed K --trace, and made small with --seed K --shrink.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext

from sim_mutants import MUTANTS, table
from sim_run import Mistake, Run, run_seeds
from sim_shrink import shrink

_CHUNK = 5


def main(arguments: list[str] | None = None, mistake: Mistake = nullcontext) -> int:
    """Run seeds, write what they came to, and return 1 if anything was violated."""
    options = _options(arguments)
    if options.mutants:
        return _write_all(table(options.seeds, options.jobs))
    mistake = MUTANTS[options.mutant] if options.mutant else mistake
    seeds = range(options.seeds) if options.seed is None else [options.seed]
    if options.shrink:
        runs: Iterable[Run] = (shrink(seed, mistake) for seed in seeds)
    elif options.jobs > 1 and len(seeds) > 1:
        runs = _run_in_pool(seeds, options.jobs, options.mutant)
    else:
        runs = run_seeds(seeds, mistake)
    return _report(runs, options)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many seeds to run, from 0 on")
    parser.add_argument("--seed", type=int, help="run this seed alone")
    parser.add_argument("--trace", action="store_true", help="write every step of every run")
    parser.add_argument("--shrink", action="store_true", help="leave out what is not needed to fail")
    parser.add_argument("--mutant", choices=MUTANTS, help="with this mistake in the product")
    parser.add_argument("--mutants", action="store_true", help="try every mistake, on so many seeds each")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes; 1 is none beside")
    return parser.parse_args(arguments)


def _run_in_pool(seeds: Iterable[int], jobs: int, mutant: str | None) -> Iterator[Run]:
    """Play chunks of seeds in several processes; they come back in the order of the seeds."""
    every = list(seeds)
    chunks = [every[start : start + _CHUNK] for start in range(0, len(every), _CHUNK)]
    with ProcessPoolExecutor(jobs) as pool:
        for runs in pool.map(_run_chunk, chunks, [mutant] * len(chunks)):
            yield from runs


def _run_chunk(seeds: list[int], mutant: str | None) -> list[Run]:
    mistake = MUTANTS[mutant] if mutant else nullcontext
    return [run if run.violations else run.without_trace() for run in run_seeds(seeds, mistake)]


def _report(runs: Iterable[Run], options: argparse.Namespace) -> int:
    faults, events, seen, held = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    seeds = violations = 0
    for run in runs:
        seeds, violations = seeds + 1, violations + len(run.violations)
        faults.update(fault.kind for fault in run.faults)
        events.update(event.kind for event in run.events)
        seen.update(run.seen)
        held.update(run.held)
        if options.trace or options.shrink:
            _write_all(run.trace.lines(in_brief=options.shrink))
            _write_all([f"needed: {cause}" for cause in (*run.events, *run.faults) if options.shrink])
        elif run.violations:
            _write(f"seed {run.seed}: {'; '.join(text for _, text in run.violations)}")
            _write(f"  in a few lines: python tests/faults/simulate.py --seed {run.seed} --shrink")
    _write(f"{seeds} runs")
    counted = {"faults": faults, "planned events": events, "seen": seen, "held": held}
    for title, counter in counted.items():
        _write(f"{title}:")
        _write_all(f"{times:9,}  {kind}" for kind, times in sorted(counter.items()) if times)
    _write(f"seeds {seeds}, faults {faults.total()}, violations {violations}")
    return 1 if violations else 0


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")


def _write_all(lines: Iterable[str]) -> int:
    for line in lines:
        _write(line)
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
