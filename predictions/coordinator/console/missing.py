"""Who of a slate has no forecast yet, by game, and the rule that decides about him. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from predictions.coordinator.console.wording import spaced
from predictions.coordinator.explaining import explain, has_current_forecast
from predictions.coordinator.snapshot import Snapshot
from predictions.coordinator.verdicts import Why
from shared.outcomes import ACCEPTED_SKIPS, Outcome
from shared.ports import Row

MOST_NAMES = 300
"""So many players are named on one page; the others are counted."""

_WORDS: Mapping[str, str] = {
    Why.PHASE4_NOT_RUN: "wait for Phase 4",
    Why.NO_FEATURES: "came after Phase 4 ran",
    Why.NOT_READY: "have features that cannot be used",
    Why.NEWCOMER: "are newcomers",
    Why.IN_FLIGHT: "are being forecast",
    Why.WANTED: "are ready and not asked for",
    Why.LOST: "were never answered for",
    Why.LINE_CAME_BACK: "have a line that came back",
    Why.FAILED_WANTED: "failed and are asked for again",
    Why.FAILED: "failed for good",
    Why.CLOSED: "were closed at the deadline",
    Why.PAUSED: "wait: the slate is paused",
    Why.CANCELLED: "are not wanted: the slate is called off",
}
_ACCEPTED = {reason.value for reason in ACCEPTED_SKIPS}


@dataclass(frozen=True)
class Named:
    """A player, as a page links to him."""

    lookup: str
    name: str
    team: str


@dataclass(frozen=True)
class Cause:
    """Players of one game whom the same rule stops: what it says of them, and what would help."""

    why: str
    says: str
    next_step: str
    count: int
    players: tuple[Named, ...]

    @property
    def unnamed(self) -> int:
        """Return how many more there are than are named."""
        return self.count - len(self.players)


@dataclass(frozen=True)
class Game:
    """One game, and who of it is missing."""

    title: str
    count: int
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Missing:
    """Everybody expected who has no forecast of what is known now; the counts are of the whole slate."""

    count: int
    games: tuple[Game, ...]
    by_cause: tuple[tuple[str, int], ...]
    skipped: tuple[tuple[str, int], ...]
    failed: tuple[tuple[str, int], ...]
    not_expected: tuple[tuple[str, int], ...]


def missing(rows: Sequence[Row], snapshot: Snapshot, most_names: int = MOST_NAMES) -> Missing:
    """Explain who is missing among the rows of player_states.sql."""
    absent = [row for row in rows if row["is_expected"] and not _is_done(row)]
    found = [(row, *_cause(row, snapshot)) for row in absent]
    return Missing(
        count=len(found),
        games=tuple(_games(found, most_names)),
        by_cause=_counted(Counter(_WORDS.get(why, spaced(why)) for _, why, _, _ in found)),
        skipped=_ended(rows, Outcome.SKIPPED),
        failed=_ended(rows, Outcome.FAILED),
        not_expected=_counted(Counter(_why_not_expected(row) for row in rows if not row["is_expected"])),
    )


def _is_done(row: Row) -> bool:
    is_accepted = row["outcome"] == Outcome.SKIPPED.value and row["reason"] in _ACCEPTED
    return is_accepted or has_current_forecast(row)


def _cause(row: Row, snapshot: Snapshot) -> tuple[str, str, str]:
    explanation = explain(row, snapshot)
    says = explanation.sentence.removeprefix(row["player_name"]).strip()
    return explanation.verdict, says, explanation.next_step


def _games(found: Sequence[tuple[Row, str, str, str]], most_names: int) -> Iterator[Game]:
    by_game: defaultdict[str, list[tuple[Row, str, str, str]]] = defaultdict(list)
    for case in found:
        by_game[case[0]["game_id"]].append(case)
    left = most_names
    for cases in by_game.values():
        causes = []
        for (why, says, step), rows in _by_cause(cases).items():
            named = tuple(_named(row) for row in rows[:left])
            left -= len(named)
            causes.append(Cause(spaced(why), says, step, len(rows), named))
        yield Game(_title(cases[0][0]), len(cases), tuple(causes))


def _by_cause(cases: Sequence[tuple[Row, str, str, str]]) -> Mapping[tuple[str, str, str], list[Row]]:
    """Group by what is said, the largest group first."""
    groups: defaultdict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row, *cause in cases:
        groups[(cause[0], cause[1], cause[2])].append(row)
    return dict(sorted(groups.items(), key=lambda group: -len(group[1])))


def _named(row: Row) -> Named:
    return Named(row["player_lookup"], row["player_name"], row["team"])


def _title(row: Row) -> str:
    home, away = (row["team"], row["opponent"]) if row["is_home"] else (row["opponent"], row["team"])
    return f"{away} at {home}"


def _ended(rows: Sequence[Row], outcome: Outcome) -> tuple[tuple[str, int], ...]:
    ended = (row for row in rows if row["is_expected"] and row["outcome"] == outcome.value)
    return _counted(Counter(spaced(str(row["reason"])) for row in ended))


def _why_not_expected(row: Row) -> str:
    return str(row["status"]).lower() if row["status"] in ("OUT", "DOUBTFUL") else "too few minutes projected"


def _counted(counter: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(counter.most_common())
