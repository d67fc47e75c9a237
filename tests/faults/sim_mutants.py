"""Products with one mistake each, which the simulation must find. The product knows nothing of them."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from sim_mistakes import Mistake
from sim_mistakes_coordinator import COORDINATOR
from sim_mistakes_elsewhere import ELSEWHERE
from sim_mistakes_refresh import REFRESH
from sim_rules import Rule
from sim_run import Run, run_seeds
from sim_shrink import shrink

MUTANTS: dict[str, Mistake] = {**COORDINATOR, **ELSEWHERE, **REFRESH}


@dataclass(frozen=True)
class Found:
    """How a mistake was found: by which seed, as which violation, and what was needed for it."""

    mutant: str
    run: Run | None
    shrunk: Run | None = None

    def __str__(self) -> str:
        if self.run is None or self.shrunk is None:
            return f"{self.mutant:<52}  NOT FOUND"
        needed = f"{len(self.shrunk.faults)} faults, {len(self.shrunk.events)} events"
        rule, what = self.shrunk.violations[0]
        return f"{self.mutant:<52}  seed {self.run.seed:>3}  {needed:<19}  {Rule(rule).name}: {what}"


def first_run(mutant: str, seeds: int) -> Run | None:
    """Return the first run that a mistake violates, if one of so many seeds does."""
    runs = run_seeds(range(seeds), MUTANTS[mutant])
    return next((run for run in runs if run.violations), None)


def find(mutant: str, seeds: int) -> Found:
    """Look for a mistake, and make what finds it small."""
    run = first_run(mutant, seeds)
    return Found(
        mutant, run and run.without_trace(), run and shrink(run.seed, MUTANTS[mutant]).without_trace()
    )


def table(seeds: int, jobs: int) -> Iterator[str]:
    """Yield a line for each mistake, and at last how many were found."""
    found = 0
    with ProcessPoolExecutor(jobs) as pool:
        for line in pool.map(find, MUTANTS, [seeds] * len(MUTANTS)):
            found += line.run is not None
            yield str(line)
    yield f"mutants {len(MUTANTS)}, found {found}"
