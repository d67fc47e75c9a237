"""Everybody who could have been forecast on the slates of a range, with what is known of him by now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from predictions.systems.base import FeatureTable
from predictions.systems.normal import FloatArray
from shared.ports import Row

BoolArray = NDArray[np.bool_]
REGULAR_MINUTES = 15.0
"""Minutes a game over the last ten; whoever has as many is a regular."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Players of slates, in the order of date and player.

    `rows` are their columns of the slate and the quality of their features, `dates` (n,) days, `table`
    (n, k) the features and lines of that morning, `points` (n,) what they scored later: NaN for somebody
    who did not play. Nothing but `points` is from the day itself.
    """

    rows: Sequence[Row]
    dates: NDArray[np.datetime64]
    table: FeatureTable
    points: FloatArray

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def lines(self) -> FloatArray:
        """The main lines (n,), NaN where there is none."""
        return self.table.main_lines

    @property
    def has_played(self) -> BoolArray:
        """Who was on the floor (n,)."""
        return ~np.isnan(self.points)

    @property
    def is_regular(self) -> BoolArray:
        """Who averaged REGULAR_MINUTES or more over his last ten games (n,)."""
        return self.table.column("minutes_avg_10") >= REGULAR_MINUTES

    def select(self, mask: NDArray[Any]) -> "Candidates":
        """Return those of a mask (n,), in their order."""
        table = FeatureTable(self.table.names, self.table.matrix[mask], self.lines[mask])
        rows = [self.rows[at] for at in np.flatnonzero(mask).tolist()]
        return Candidates(rows, self.dates[mask], table, self.points[mask])

    def before(self, day: date) -> "Candidates":
        """Return those of earlier slates."""
        return self.select(self.dates < np.datetime64(day))

    def between(self, first: date, end: date) -> "Candidates":
        """Return those from the slate of `first` up to the one before `end`."""
        return self.select((self.dates >= np.datetime64(first)) & (self.dates < np.datetime64(end)))


def joined(parts: Sequence[Candidates]) -> Candidates:
    """Return the candidates of several ranges, one behind the other; there must be one at least."""
    names = parts[0].table.names
    return Candidates(
        [row for part in parts for row in part.rows],
        np.concatenate([part.dates for part in parts]),
        FeatureTable(
            names,
            np.concatenate([part.table.columns(names) for part in parts]),
            np.concatenate([part.lines for part in parts]),
        ),
        np.concatenate([part.points for part in parts]),
    )
