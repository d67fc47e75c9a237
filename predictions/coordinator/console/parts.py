"""Parts of a page: what was read of each, or why it could not be. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from predictions.coordinator.snapshot import Snapshot

Value = TypeVar("Value")
Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Part(Generic[Value]):
    """What was read, or the sentence that says why it could not be: never nothing for a read that failed."""

    found: Value | None = None
    fault: str = ""

    def seen_as(self, view: Callable[[Value], Seen]) -> "Part[Seen]":
        """Return the part as a page shows it; a fault stays what it is."""
        if self.found is None:
            return Part(fault=self.fault or "it was not read")
        return Part(view(self.found))


Parts = dict[str, Part[Any]]


@dataclass(frozen=True)
class SlateReads:
    """What a page about a slate rests on: the snapshot, and its other parts by name."""

    snapshot: Snapshot
    parts: Parts
