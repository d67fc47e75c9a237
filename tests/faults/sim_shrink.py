"""From a run that breaks a rule to the fewest faults and events that still break it."""

from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext

from sim_fates import Fault
from sim_run import Mistake, Run, run_seed
from sim_stage import Stage

_MOST_RUNS = 150


def shrink(seed: int, mistake: Mistake = nullcontext) -> Run:
    """Return the run of a seed with as few faults and events as still break one of the same rules.

    A seed that breaks none is returned as it was.
    """
    with closing(Stage()) as stage:
        whole = run_seed(seed, stage, mistake=mistake)
        rules = {rule for rule, _ in whole.violations}

        def breaks(kept: Sequence[Fault]) -> Run | None:
            run = run_seed(seed, stage, kept, mistake)
            return run if rules & {rule for rule, _ in run.violations} else None

        return fewest(whole, breaks) if rules else whole


def fewest(whole: Run, breaks: Callable[[Sequence[Fault]], Run | None]) -> Run:
    """Leave out halves, quarters, and so on to single faults, for as long as the rest breaks a rule.

    What is listed and did not come up any more is gone too. It ends where no single one can be left
    out, or after 150 runs.
    """
    best, left = whole, _MOST_RUNS
    size = max(1, len(_causes(best)) // 2)
    while left > 0:
        smaller = None
        for start in range(0, len(_causes(best)), size):
            kept = [*_causes(best)[:start], *_causes(best)[start + size :]]
            left -= 1
            smaller = breaks(kept)
            if smaller is not None or left <= 0:
                break
        if smaller is not None:
            best = smaller
        elif size == 1:
            break
        size = max(1, min(size, len(_causes(best))) // (1 if smaller else 2))
    return best


def _causes(run: Run) -> list[Fault]:
    return [*run.events, *run.faults]
