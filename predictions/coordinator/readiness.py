"""Is Phase 4 ready enough to start? Pure."""

from dataclasses import dataclass
from enum import StrEnum

from shared.floor import fewest_ready


class Level(StrEnum):
    """How far Phase 4 has come for a slate."""

    READY = "ready"
    PARTIAL = "partial"
    UNDER_FLOOR = "under_floor"


@dataclass(frozen=True)
class ReadinessPolicy:
    """Ready at `ready_percent` or `ready_players`; refused under the floor, which scales with the slate."""

    ready_percent: float = 80.0
    ready_players: int = 100
    floor_players: int = 50
    floor_percent: float = 50.0

    def floor(self, expected: int) -> int:
        """Return the fewest ready players worth starting for: half of a small slate, rounded up."""
        return fewest_ready(expected, self.floor_players, self.floor_percent)


@dataclass(frozen=True)
class Readiness:
    """The judgement, with the counts that it rests on."""

    level: Level
    players_ready: int
    players_total: int
    ready_pct: float
    processor_complete: bool
    message: str

    @property
    def is_ready(self) -> bool:
        """Say whether the threshold is met."""
        return self.level is Level.READY


def judge_readiness(
    ready: int, expected: int, processor_complete: bool, policy: ReadinessPolicy
) -> Readiness:
    """Judge `ready` of `expected` players; without a committed run nothing is ready."""
    percent = 100.0 * ready / expected if expected else (100.0 if processor_complete else 0.0)
    return Readiness(
        level=_level(ready, expected, percent, processor_complete, policy),
        players_ready=ready,
        players_total=expected,
        ready_pct=round(percent, 1),
        processor_complete=processor_complete,
        message=f"{ready}/{expected} players ready ({percent:.1f}%)"
        if processor_complete
        else "ml_feature_store_v2 has not completed for this slate",
    )


def _level(
    ready: int, expected: int, percent: float, processor_complete: bool, policy: ReadinessPolicy
) -> Level:
    if not processor_complete or ready < policy.floor(expected):
        return Level.UNDER_FLOOR
    if percent >= policy.ready_percent or ready >= policy.ready_players:
        return Level.READY
    return Level.PARTIAL
