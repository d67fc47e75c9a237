"""How a feature run went, and whether it may replace the one that stands. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from data_processors.precompute.ml_feature_store.quality import NotReady
from shared.floor import fewest_ready
from shared.messages import RunStatus

NOT_EXPECTED = ("OUT", "DOUBTFUL")
REASONS_TOLD = 5


@dataclass(frozen=True)
class RunPolicy:
    """Who is expected, and how few ready players are too few to replace a better run."""

    min_minutes: float = 15.0
    floor_players: int = 50
    floor_percent: float = 50.0

    def expects(self, status: str, projected_minutes: float | None) -> bool:
        """Say whether a player is expected: he may play, for long enough or for an unknown time."""
        long_enough = projected_minutes is None or projected_minutes >= self.min_minutes
        return long_enough and status not in NOT_EXPECTED

    def floor(self, expected: int) -> int:
        """Return the fewest ready players that a run may have: half of a small slate, rounded up."""
        return fewest_ready(expected, self.floor_players, self.floor_percent)


@dataclass(frozen=True)
class FeatureCounts:
    """What the rows of one run amount to; `failed` are neither ready nor without history."""

    processed: int
    ready: int
    failed: int
    expected: int
    expected_ready: int
    expected_without_history: int
    mean_quality: float
    reasons: Mapping[str, int]

    @property
    def why(self) -> str:
        """Return the reasons that keep most rows from being used, with their counts."""
        told = sorted(self.reasons.items(), key=lambda item: (-item[1], item[0]))[:REASONS_TOLD]
        return ", ".join(f"{rows} {reason}" for reason, rows in told) or "nothing is wrong with them"


def count_features(rows: Iterable[Mapping[str, Any]], expected: Set[str]) -> FeatureCounts:
    """Count feature rows, and those among them of `expected` players."""
    kept = list(rows)
    ready = {row["player_lookup"] for row in kept if row["is_production_ready"]}
    without_history = {row["player_lookup"] for row in kept if _has_no_history(row)}
    return FeatureCounts(
        processed=len(kept),
        ready=len(ready),
        failed=len(kept) - len(ready) - len(without_history),
        expected=len(expected),
        expected_ready=len(ready & expected),
        expected_without_history=len(without_history & expected),
        mean_quality=_mean([row["quality_score"] for row in kept if row["is_production_ready"]]),
        reasons=Counter(reason for row in kept for reason in row["not_ready_reasons"]),
    )


def judge_status(counts: FeatureCounts) -> RunStatus:
    """Say how a run ended, by its expected players.

    Success: each of them is ready or has no history, which no run can mend. Failed: none of those
    with a history is ready. Partial: some are not. Without any player at all there are no games.
    """
    if counts.processed == 0:
        return RunStatus.NO_GAMES
    if counts.expected_ready + counts.expected_without_history == counts.expected:
        return RunStatus.SUCCESS
    return RunStatus.PARTIAL if counts.expected_ready else RunStatus.FAILED


def falls_short(counts: FeatureCounts, standing_ready: int, policy: RunPolicy) -> bool:
    """Say whether a run is under the floor while one with more ready players stands."""
    is_under_floor = counts.expected_ready < policy.floor(counts.expected)
    return is_under_floor and standing_ready > counts.expected_ready


def _has_no_history(row: Mapping[str, Any]) -> bool:
    return NotReady.NO_HISTORY.value in row["not_ready_reasons"]


def _mean(scores: list[float]) -> float:
    return round(sum(scores) / len(scores), 1) if scores else 0.0
