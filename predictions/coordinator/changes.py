"""What one read of the store says has changed on a slate since its forecasts and its features."""

from dataclasses import dataclass
from datetime import date

from predictions.coordinator.snapshot import only_row
from shared.ports import Row


@dataclass(frozen=True)
class Changes:
    """Players whose line or status has changed; `ruled_out` are their player_lookups, in order.

    `features_are_unrecorded`: features stand of whose run history knows nothing, or that it was a refresh
    that failed.
    """

    lines_moved: int
    statuses_changed: int
    ruled_out: tuple[str, ...]
    features_are_unrecorded: bool
    is_held: bool

    @property
    def needs_phase4(self) -> bool:
        """Say whether Phase 4 should look again: somebody's news are not in the features, or none count."""
        return bool(self.statuses_changed) or self.features_are_unrecorded


def read_changes(game_date: date, rows: list[Row]) -> Changes:
    """Make the changes of the query's row; any count of rows but one breaks the contract."""
    row = only_row(game_date, rows)
    return Changes(
        lines_moved=row["lines_moved"],
        statuses_changed=row["statuses_changed"],
        ruled_out=tuple(sorted(row["ruled_out"] or ())),
        features_are_unrecorded=row["features_are_unrecorded"],
        is_held=row["hold"] is not None,
    )
