"""One bad (or good) request, and what it came to."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Expected = Literal["refused", "taken", "either"]
MOST_TOLD = 40


@dataclass(frozen=True)
class Case:
    """A request to one service. `caller` None sends no token but what `headers` have."""

    kind: str
    service: str
    method: str
    path: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    query: str = ""
    caller: str | None = "operator@p.test"
    expected: Expected = "either"


@dataclass
class Tally:
    """How many cases were tried, by kind and endpoint, and what went wrong."""

    by_kind: Counter[str] = field(default_factory=Counter)
    by_endpoint: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, kind: str, endpoint: str, status: int, faults: list[str]) -> None:
        """Count one case."""
        self.by_kind[kind] += 1
        self.by_endpoint[endpoint] += 1
        self.statuses[status] += 1
        self.faults += [f"{kind} {endpoint} {status}: {fault}" for fault in faults]

    @property
    def cases(self) -> int:
        return self.statuses.total()

    @property
    def refused(self) -> int:
        """How many were answered 400 and above."""
        return sum(times for status, times in self.statuses.items() if status >= 400)

    def lines(self) -> list[str]:
        """Return the table that the command prints; the last line is the summary."""
        counted = [self.by_kind, self.by_endpoint, {str(k): v for k, v in self.statuses.items()}]
        titles = ["by kind", "by endpoint", "by status"]
        table = []
        for title, counts in zip(titles, counted, strict=True):
            table += [title, *(f"{times:7}  {name}" for name, times in sorted(counts.items()))]
        told = [f"FAULT {fault}" for fault in list(dict.fromkeys(self.faults))[:MOST_TOLD]]
        accepted = self.cases - self.refused
        summary = (
            f"cases {self.cases}, refused {self.refused}, accepted {accepted}, faults {len(self.faults)}"
        )
        return [*table, *told, summary]
