"""What a row must not rest on, however good its values look: what is counted twice, what has ended. Pure.

Each reason is a word that people and queries look for, a colon and where to look. A row with one of them
is not production ready, and never counts as that of a newcomer: `no_history` would be an accepted skip.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.features import FEATURE_NAMES

_GAMES_PLAYED = FEATURE_NAMES.index("games_played")


class Quarantine(StrEnum):
    """Why a row is kept and not used, and in which table the cause stands."""

    LISTED_TWICE = "duplicated:slate"
    COUNTED_TWICE = "duplicated:box_scores"
    SAME_FEATURES = "duplicated:features"
    STALE_SOURCE = "stale:source"
    STALE_TEAM = "stale:team"
    STALE_PLAYER = "stale:player"


@dataclass(frozen=True)
class GuardPolicy:
    """How much may be missing before a history has ended; all of it in games and game days.

    `slates_missed`: slates that have passed without one box score of the league; one is a night that is
    not in yet. `league_days`: days of the last 30 on which others played and the team did not; the most
    in three seasons was 8, and playoffs pause teams for about as long. `team_games`: games of his team
    without the player, half a season. `same_after_games`: a history this long, in games, is nobody else's.
    """

    slates_missed: int = 1
    league_days: int = 14
    team_games: int = 41
    same_after_games: int = 5


def row_reasons(raw: Mapping[str, object], policy: GuardPolicy) -> tuple[Quarantine, ...]:
    """Return why the raw row of one player is quarantined whatever its features are."""
    found = (
        (raw["is_listed_twice"] is not False, Quarantine.LISTED_TWICE),
        (not _within(raw["games_counted_twice"], 0), Quarantine.COUNTED_TWICE),
        (not _within(raw["slates_since_box_scores"], policy.slates_missed), Quarantine.STALE_SOURCE),
        (not _within(raw["league_days_since_team"], policy.league_days), Quarantine.STALE_TEAM),
        (not _within(raw["team_games_since_player"], policy.team_games), Quarantine.STALE_PLAYER),
    )
    return tuple(reason for is_so, reason in found if is_so)


def same_features(rows: Sequence[Sequence[float]], policy: GuardPolicy) -> list[bool]:
    """Say of each player's features whether somebody else of the run has exactly the same.

    Two histories of some length never agree in every digit: such rows are the fruit of a wrong join.
    """
    counts = Counter(map(tuple, rows))
    return [row[_GAMES_PLAYED] >= policy.same_after_games and counts[tuple(row)] > 1 for row in rows]


def once_each(names: Sequence[str]) -> Iterator[tuple[int, bool]]:
    """Yield each player's first position, and whether he comes again: readers take one row per key."""
    counts = Counter(names)
    first: dict[str, int] = {}
    for position, name in enumerate(names):
        first.setdefault(name, position)
    for name, position in first.items():
        yield position, counts[name] > 1


def _within(count: object, most: int) -> bool:
    """A count that is unknown is not within anything."""
    return isinstance(count, int) and 0 <= count <= most
