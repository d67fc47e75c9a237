"""What cannot be counted on one machine, taken by assumption: docs/costs.md says each again."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Habits:
    """What is not measured: how the day goes, and how long the cloud takes to answer."""

    retries: int = 14  # 6:15, 6:30, and every five minutes from 6:00 to 6:55
    refreshes: int = 40  # every quarter of an hour from 6:00 to 15:45
    news: int = 10  # of them with a new status: Phase 4 computes the slate again
    players_of_news: int = 30  # who are forecast again then: both teams' worth
    looks: int = 10  # people asking /status
    games_a_player: int = 80  # in the 400 days that features look back
    slates_a_season: int = 165
    seconds: Mapping[str, float] = field(
        default_factory=lambda: {"query": 2.0, "execute": 3.0, "append": 0.5, "replace_partition": 10.0}
    )
    publish_seconds: float = 0.2
    memory_gib: float = 2.0
    log_bytes_a_request: int = 4_096
    scheduler_jobs: int = 7
    secret_versions: int = 1
    image_gib: float = 3.0
