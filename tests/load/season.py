"""A season on one stack: what stays in memory, and whether the last slate is as quick as the first.

    python tests/load/season.py --slates 180 --players 200

Prints its figures and exits 1 if a slate did not end complete. With --trace it also prints where Python's own
memory grew, which makes it several times slower.
"""

import argparse
import gc
import os
import sys
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import linear_regression, mean, median
from tempfile import TemporaryDirectory

from process_figures import open_files, peak_kib, resident_kib, threads

from local.loading import load_sample
from local.stack import Stack
from shared.clock import Stopwatch, SystemClock
from shared.config import load_settings
from shared.logs import configure_logs
from shared.slate import morning
from shared.statements import inline_statement

OPENING_NIGHT = date(2024, 10, 22)
GAMES_BEFORE = 200  # one every other day: as far back as features look, so that all slates read as much
PATIENCE_SECONDS = 120.0
TRACED = 15  # lines of code
TOLD_EVERY = 20
ENDS = 10  # slates at either end of the season, whose median time is compared


@dataclass(frozen=True)
class Sample:
    """One slate: the seconds from Phase 4's request to the empty bus, and the process after it, in KiB."""

    seconds: float
    resident: int
    database: int
    blocks: int  # that Python has allocated: what it holds, whatever the allocators keep beside
    open_files: int
    threads: int


@dataclass(frozen=True)
class Trend:
    """A straight line through values that are one slate apart."""

    slope: float
    error: float

    def __str__(self) -> str:
        return f"{self.slope:+.2f} (standard error {self.error:.2f})"

    @classmethod
    def through(cls, values: Sequence[float]) -> "Trend":
        """Fit by least squares; `error` is the slope's standard error."""
        places = range(len(values))
        slope, start = linear_regression(places, values)
        rest = sum((value - start - slope * place) ** 2 for place, value in zip(places, values, strict=True))
        spread = sum((place - mean(places)) ** 2 for place in places)
        return cls(slope, (rest / (len(values) - 2) / spread) ** 0.5)


def play(slates: int, players: int) -> list[Sample]:
    """Play the season; raises AssertionError if a slate does not end complete."""
    clock = SystemClock.starting_at(morning(OPENING_NIGHT))
    samples = []
    with TemporaryDirectory() as folder:
        stack = Stack(Path(folder) / "nba.duckdb", load_settings(log_level="ERROR"), clock)
        stack.start()
        try:
            load_sample(stack.warehouse, OPENING_NIGHT, players, clock, history_games=GAMES_BEFORE)
            for number in range(slates):
                samples.append(_play(stack, OPENING_NIGHT + timedelta(days=number), players))
                if number % TOLD_EVERY == 0:
                    sys.stderr.write(f"slate {number}: {samples[-1]}\n")
        finally:
            stack.stop()
    return samples


def _play(stack: Stack, game_date: date, players: int) -> Sample:
    stack.clock.offset = morning(game_date) - datetime.now(UTC)
    load_sample(stack.warehouse, game_date, players, stack.clock)
    slate, watch = game_date.isoformat(), Stopwatch()
    stack.client.require(stack.client.post("/precompute/process", {"game_date": slate}))
    assert stack.settle(PATIENCE_SECONDS), f"{slate} did not settle"
    seconds = watch.seconds()
    status = stack.client.require(stack.client.get("/status", game_date=slate))
    assert status["state"] == "complete", f"{slate} is {status['state']}: {status}"
    me = os.getpid()
    gc.collect()
    return Sample(
        seconds=seconds,
        resident=resident_kib(me),
        database=_database_kib(stack),
        blocks=sys.getallocatedblocks(),
        open_files=open_files(me),
        threads=threads(me),
    )


def _database_kib(stack: Stack) -> int:
    """Return what DuckDB says that it holds in memory."""
    found = inline_statement("memory", "SELECT SUM(memory_usage_bytes) AS held FROM duckdb_memory()")
    return int(stack.warehouse.query(found)[0]["held"]) // 1024


def report(samples: Sequence[Sample]) -> Iterator[str]:
    """Yield the figures."""
    later = samples[len(samples) // 3 :]
    first, last = samples[0], samples[-1]
    times = Trend.through([1000 * sample.seconds for sample in later])
    early, late = (median(sample.seconds for sample in part) for part in (samples[:ENDS], samples[-ENDS:]))
    yield f"slates         {len(samples)}, all complete; slopes are of the last {len(later)}"
    yield f"memory         {_course([sample.resident for sample in samples])}"
    yield f"  its slope    {Trend.through([sample.resident for sample in later])} KiB a slate"
    yield f"  DuckDB's own {_course([sample.database for sample in samples])}"
    yield f"  its slope    {Trend.through([sample.database for sample in later])} KiB a slate"
    yield f"  Python's    {first.blocks} blocks after the first, {last.blocks} after the last"
    yield f"  its slope    {Trend.through([sample.blocks for sample in later])} blocks a slate"
    yield f"  ever at most {peak_kib(os.getpid())} KiB"
    yield f"open files     {first.open_files} first, {last.open_files} last"
    yield f"threads        {first.threads} first, {last.threads} last"
    yield f"a slate        {first.seconds:.3f} s the first, {last.seconds:.3f} s the last"
    yield f"  medians      {early:.3f} s of the first {ENDS}, {late:.3f} s of the last {ENDS}"
    yield f"  its slope    {times} ms a slate"


def _course(sizes: Sequence[int]) -> str:
    return f"{sizes[0]} KiB after the first, {sizes[-1]} after the last, at most {max(sizes)}"


def main() -> int:
    """Read the options, play, print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slates", type=int, default=180)
    parser.add_argument("--players", type=int, default=200)
    parser.add_argument("--trace", action="store_true", help="also print where Python's memory grew")
    options = parser.parse_args()
    configure_logs("ERROR")
    if options.trace:
        play(options.slates // 3, options.players)
        tracemalloc.start()
        before = tracemalloc.take_snapshot()
    try:
        samples = play(options.slates, options.players)
    except AssertionError as error:
        sys.stdout.write(f"BROKEN         {error}\n")
        return 1
    lines = [*report(samples)]
    if options.trace:
        lines += map(str, tracemalloc.take_snapshot().compare_to(before, "lineno")[:TRACED])
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
