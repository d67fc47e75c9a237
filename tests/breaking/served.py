"""Breaks the served stack and reports what came of it. A seed repeats the plan; the machine sets the pace."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

from rounds import Report, Round
from served_faults import FAULTS
from served_kills import KillRounds

KILLS = "kill"


def kill_rounds(count: int, seed: int) -> Iterator[Round]:
    """Play rounds of kill -9 on one data directory, so that what each leaves behind adds up."""
    with tempfile.TemporaryDirectory() as folder:
        kills = KillRounds(Path(folder) / "data", seed)
        for _ in range(count):
            yield kills.play()


def fault_rounds(name: str, count: int, seed: int) -> Iterator[Round]:
    """Play rounds of a named fault, each in a directory of its own."""
    for number in range(count):
        with tempfile.TemporaryDirectory() as folder:
            yield FAULTS[name](Path(folder), Random(f"{seed}/{name}/{number}"))


def main(arguments: list[str] | None = None) -> int:
    """Play the rounds, write the report, and return 1 if anything was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="how many rounds of kill -9")
    parser.add_argument("--each", type=int, default=3, help="how many rounds of every other fault")
    parser.add_argument("--fault", choices=("all", KILLS, *FAULTS), default="all", help="this one alone")
    parser.add_argument("--seed", type=int, default=0, help="where the random plan begins")
    options = parser.parse_args(arguments)
    report = Report()
    with suppress(KeyboardInterrupt):  # what was played so far is reported all the same
        for done in _rounds(options):
            report.add(done)
    return report.finish()


def _rounds(options: argparse.Namespace) -> Iterator[Round]:
    if options.fault in ("all", KILLS):
        yield from kill_rounds(options.rounds, options.seed)
    for name in FAULTS if options.fault == "all" else {options.fault} - {KILLS}:
        yield from fault_rounds(name, options.each, options.seed)


if __name__ == "__main__":
    sys.exit(main())
