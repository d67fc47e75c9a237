"""How far the expected players of a slate are, as a bar of parts that also reads as a list. Pure."""

from dataclasses import dataclass

from predictions.coordinator.snapshot import Snapshot


@dataclass(frozen=True)
class Segment:
    """One part of the bar: players, and where it is drawn, in percent of the width."""

    name: str
    players: int
    x: float
    width: float


@dataclass(frozen=True)
class Progress:
    """The parts, which add up to the expected players; done: predicted, or skipped for an accepted reason."""

    expected: int
    done: int
    segments: tuple[Segment, ...]

    @property
    def share(self) -> float:
        """Return the share that is done, from 0 to 1."""
        return self.done / self.expected if self.expected else 0.0


def progress(snapshot: Snapshot) -> Progress:
    """Split the expected players: predicted, skipped, failed, in flight, open."""
    left = snapshot.expected - snapshot.predicted - snapshot.skipped - snapshot.failed
    in_flight = min(snapshot.in_flight, max(left, 0))
    parts = {
        "predicted": snapshot.predicted,
        "skipped": snapshot.skipped,
        "failed": snapshot.failed,
        "in flight": in_flight,
        "open": max(left - in_flight, 0),
    }
    segments, x = [], 0.0
    for name, players in parts.items():
        width = 100 * players / snapshot.expected if snapshot.expected else 0.0
        segments.append(Segment(name, players, round(x, 2), round(width, 2)))
        x += width
    return Progress(snapshot.expected, snapshot.processed, tuple(segments))
