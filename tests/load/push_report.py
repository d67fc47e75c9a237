"""What a flood of pushes left, as lines to read, and which promises it broke."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flood import REFUSED, Tally
from lookout import Lookout

from local.client import Body

EXPECTED = {200, 202, 204, 400, *REFUSED}


@dataclass(frozen=True)
class Found:
    """The clients' tally, the operator's, the process's memory (before, peak, after; KiB), the end."""

    seconds: float
    tally: Tally
    lookout: Lookout
    memory: tuple[int, int, int]
    end: Body
    is_everybody_once: bool
    sent_again: Counter[int]


def broken_promises(found: Found) -> list[str]:
    """Return a line for each promise that was broken."""
    tally, failures = found.tally, {path: texts for path, texts in found.lookout.failures.items() if texts}
    odd = {status for _, status in tally.statuses} - EXPECTED
    faults = [
        (tally.unclear, f"{tally.unclear} refusals lack Retry-After or a sentence"),
        (tally.errors, f"connections failed: {dict(tally.errors)}"),
        (odd, f"answers that nobody expected: {sorted(odd)}"),
        (failures, f"an operator got no answer: {failures}"),
        (not found.is_everybody_once, f"the slate did not end with everybody once: {found.end}"),
        (found.sent_again.keys() - {200, 204}, f"refused when sent again: {dict(found.sent_again)}"),
    ]
    return [f"BROKEN         {text}" for is_broken, text in faults if is_broken]


def report(found: Found) -> Iterator[str]:
    """Yield the figures."""
    by_status: Counter[int] = Counter()
    for (_, status), count in found.tally.statuses.items():
        by_status[status] += count
    accepted = sum(count for status, count in by_status.items() if status < 300)
    yield f"offered        {_rate(by_status.total(), found.seconds)}"
    yield f"accepted       {_rate(accepted, found.seconds)}"
    yield f"refused        {_rate(sum(by_status[status] for status in REFUSED), found.seconds)}"
    yield f"  unclear      {found.tally.unclear} without Retry-After or a sentence"
    yield f"by status      {dict(sorted(by_status.items()))}"
    yield from _kinds(found.tally)
    yield f"connections    {found.tally.errors.total()} failed"
    yield f"accepted in    {spread(found.tally.accepted_seconds)}"
    yield f"refused in     {spread(found.tally.refused_seconds)}"
    for path, seconds in sorted(found.lookout.seconds.items()):
        failed = len(found.lookout.failures[path])
        yield f"{path:15}{len(seconds)} answers, {failed} failures, {spread(seconds)}"
    before, peak, after = (f"{kib / 1024:.0f}" for kib in found.memory)
    yield f"memory         {before} MiB before, {peak} at its peak, {after} afterwards"
    took = found.end.get("seconds_from_event_to_completion")
    yield f"the slate      {found.end['state']}, {took} s from event to completion"
    yield f"  everybody    {'once' if found.is_everybody_once else 'not once'}"
    yield f"sent again     {dict(found.sent_again)}"


def _kinds(tally: Tally) -> Iterator[str]:
    for kind in sorted({kind for kind, _ in tally.statuses}):
        counts = {status: count for (of, status), count in sorted(tally.statuses.items()) if of == kind}
        yield f"  {kind:24}{counts}"


def _rate(count: int, seconds: float) -> str:
    return f"{count} in {seconds:.0f} s, {count / seconds:.0f} a second"


def spread(seconds: Sequence[float]) -> str:
    """Return the median, the 99th percentile and the longest, in milliseconds."""
    if not seconds:
        return "none"
    ordered = sorted(1000 * value for value in seconds)
    last = len(ordered) - 1
    return (
        f"p50 {ordered[last // 2]:.1f} ms, p99 {ordered[last * 99 // 100]:.1f} ms, max {ordered[last]:.1f} ms"
    )
