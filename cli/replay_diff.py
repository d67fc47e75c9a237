"""How the forecasts of two runs of one slate differ. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from local.client import Body

SAME_POINTS = 1e-6
"""Sums of the same numbers in another order differ by less."""


@dataclass(frozen=True)
class Change:
    """One player whom both runs have a forecast of."""

    before: Body
    after: Body

    @property
    def points(self) -> float:
        """Return by how many points his mean has moved."""
        return float(self.after["mean"] - self.before["mean"])

    @property
    def is_same(self) -> bool:
        """Say whether both say the same of him."""
        has_moved = abs(self.points) > SAME_POINTS
        return not has_moved and self.before["recommendation"] == self.after["recommendation"]

    def as_dict(self) -> dict[str, Any]:
        """Return what each run said."""
        told = ("mean", "line", "p_over", "recommendation")
        return {
            "player_lookup": self.after["player_lookup"],
            "player_name": self.after["player_name"],
            "points": round(self.points, 4),
            "before": {name: self.before[name] for name in told},
            "after": {name: self.after[name] for name in told},
        }


@dataclass(frozen=True)
class Difference:
    """Players that only one run has, and the others by how far they have moved, farthest first."""

    system_id: str
    added: tuple[str, ...]
    lost: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def changed(self) -> tuple[Change, ...]:
        """Return those of whom the runs do not say the same."""
        return tuple(change for change in self.changes if not change.is_same)

    def as_dict(self) -> dict[str, Any]:
        """Return the figures; changes in points of the mean."""
        sizes = [abs(change.points) for change in self.changes]
        return {
            "system_id": self.system_id,
            "players_compared": len(self.changes),
            "players_changed": len(self.changed),
            "mean_change": round(fmean(sizes), 4) if sizes else None,
            "largest_change": round(max(sizes), 4) if sizes else None,
            "added": self.added,
            "lost": self.lost,
            "changes": [change.as_dict() for change in self.changed],
        }


def difference(before: Sequence[Body], after: Sequence[Body], system_id: str) -> Difference:
    """Compare the forecasts of one system, each player's at his main line."""
    then, now = _by_player(before, system_id), _by_player(after, system_id)
    changes = [Change(then[player], now[player]) for player in then.keys() & now.keys()]
    return Difference(
        system_id,
        added=tuple(sorted(now.keys() - then.keys())),
        lost=tuple(sorted(then.keys() - now.keys())),
        changes=tuple(sorted(changes, key=lambda c: (-abs(c.points), c.after["player_lookup"]))),
    )


def _by_player(forecasts: Iterable[Body], system_id: str) -> dict[str, Body]:
    return {
        row["player_lookup"]: row
        for row in forecasts
        if row["system_id"] == system_id and not row.get("line_offset")
    }
