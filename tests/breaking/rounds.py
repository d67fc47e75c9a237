"""What a round of breaking is, and how rounds are reported: one report for every stack that is broken."""

import sys
from collections import Counter
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Round:
    """One thing that was broken, once, and what came of it.

    `seconds` runs from the last start, or from the mending of what was broken, until everything stood
    again; None if it never did, which is a violation too. `moments` says in which states the kills fell.
    """

    kind: str
    broken: str
    seconds: float | None
    violations: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()

    @property
    def kills(self) -> int:
        """Return how many processes were killed with -9."""
        return len(self.moments)

    @property
    def faults(self) -> tuple[str, ...]:
        """Return everything that is wrong with this round, one sentence each."""
        never = ("it never recovered",) if self.seconds is None else ()
        return (*self.violations, *never)


@dataclass
class Report:
    """Collects rounds; writes a line for each that went wrong at once, and the rest at the end."""

    rounds: list[Round] = field(default_factory=list)

    def add(self, done: Round) -> None:
        """Take a round."""
        self.rounds.append(done)
        for fault in done.faults:
            _write(f"VIOLATION round {len(self.rounds)}, {done.kind} ({done.broken}): {fault}")

    def lines(self) -> list[str]:
        """Return the table by kind, the states that the kills hit, and the sum as the last line."""
        kinds = dict.fromkeys(done.kind for done in self.rounds)
        width = max((len(kind) for kind in kinds), default=0)
        heading = f"{'kind of fault':{max(width, 13)}}  rounds  violations  median s  longest s"
        rows = [self._row(kind, max(width, 13)) for kind in kinds]
        moments = Counter(moment for done in self.rounds for moment in done.moments)
        hit = [f"killed {moment}: {times}" for moment, times in sorted(moments.items())]
        return [heading, *rows, *hit, self._sum()]

    def finish(self) -> int:
        """Write the report; return the exit code: 1 if anything was violated or nothing was tried."""
        for line in self.lines():
            _write(line)
        return 1 if not self.rounds or any(done.faults for done in self.rounds) else 0

    def _row(self, kind: str, width: int) -> str:
        own = [done for done in self.rounds if done.kind == kind]
        middle, longest = _recovery(own)
        wrong = sum(len(done.faults) for done in own)
        return f"{kind:{width}}  {len(own):6}  {wrong:10}  {middle:>8}  {longest:>9}"

    def _sum(self) -> str:
        middle, longest = _recovery(self.rounds)
        kills = sum(done.kills for done in self.rounds)
        wrong = sum(len(done.faults) for done in self.rounds)
        return (
            f"rounds {len(self.rounds)}, kills {kills}, violations {wrong}, "
            f"recovery median {middle} s, longest {longest} s"
        )


def _recovery(rounds: list[Round]) -> tuple[str, str]:
    """Return the median and the longest recovery in seconds, as text; - where nothing recovered."""
    seconds = [done.seconds for done in rounds if done.seconds is not None]
    return (f"{median(seconds):.2f}", f"{max(seconds):.2f}") if seconds else ("-", "-")


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
