"""One day of one slate: who plays, what changes while the day goes on, and what must be true in the end."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from random import Random

from sim_dice import Dice

_LIMIT_MINUTES = 15.0
_LINE_OFFSETS = (0.0, -2.0, -1.0, 1.0, 2.0)


class Form(StrEnum):
    """How a player comes out of Phase 4."""

    READY = "ready"
    LATE = "late"  # a box score that cannot be is corrected before the second run
    NEVER = "never"  # it is never corrected
    NEWCOMER = "newcomer"  # no history, which no run will change


@dataclass
class Player:
    """What Phase 3 says about a player now."""

    lookup: str
    form: Form
    status: str
    minutes: float | None
    line: float | None
    line_observed_at: datetime

    @property
    def is_expected(self) -> bool:
        """Say whether he must end with an outcome."""
        plays = self.minutes is None or self.minutes >= _LIMIT_MINUTES
        return plays and self.status not in ("OUT", "DOUBTFUL")


@dataclass(frozen=True)
class Expectation:
    """How an expected player must end at one distance from his main line."""

    outcome: str
    reason: str | None
    line: float | None


@dataclass
class World:
    """What is true outside the pipeline."""

    game_date: date
    dice: Dice
    has_many_lines: bool = False
    players: list[Player] = field(default_factory=list)
    runs: int = 0
    final_runs_from: int = 1
    changes: Counter[str] = field(default_factory=Counter)
    crept: set[str] = field(default_factory=set)

    def begin(self, now: datetime) -> None:
        """Make up a slate of eight to twelve players."""
        random = self.dice.of("slate")
        count = random.randint(8, 12)
        self.players = [_player(random, number, now) for number in range(count)]
        self.players[-1].status = random.choice(("OUT", "DOUBTFUL"))
        self.players[-2].minutes = 9.0
        late = random.choice((0, 0, 0, 1, 2, 5))
        for player in self.players[:late]:
            player.form = Form.LATE
        self.final_runs_from = 2 if late else 1
        self.players[late].form = random.choice((Form.READY, Form.NEWCOMER))
        self.players[late + 1].form = random.choice((Form.READY,) * 4 + (Form.NEVER,))

    @property
    def never_ready(self) -> bool:
        """Say whether only the deadline can end this slate."""
        return any(p.form is Form.NEVER and p.is_expected for p in self.players)

    def move_a_line(self, number: int, now: datetime) -> Player:
        """Move the line of somebody, to a value that he may have had before."""
        random = self.dice.of("line", number)
        player = random.choice([p for p in self.players if p.line is not None] or self.players)
        player.line = (player.line or 14.0) + random.choice((-0.5, 0.5))
        player.line_observed_at = now
        self.changes[player.lookup] += 1
        return player

    def creep_a_line(self, number: int, now: datetime) -> Player | None:
        """Move the line of somebody by less than counts as a move, each player's once."""
        random = self.dice.of("creep", number)
        still = [p for p in self.players if p.line is not None and p.lookup not in self.crept]
        if not still:
            return None
        player = random.choice(still)
        player.line = (player.line or 0.0) + random.choice((-0.2, 0.1, 0.2))
        player.line_observed_at = now
        self.crept.add(player.lookup)
        return player

    def change_a_status(self, number: int) -> Player:
        """Change the status of somebody; he may go out or come back."""
        random = self.dice.of("status", number)
        player = random.choice(self.players)
        others = {"ACTIVE", "QUESTIONABLE", "OUT"} - {player.status}
        player.status = random.choice(sorted(others))
        self.changes[player.lookup] += 1
        return player

    def begin_run(self) -> list[Player]:
        """Begin another run of Phase 4 and return whose box scores have been corrected before it."""
        self.runs += 1
        if self.runs != self.final_runs_from:
            return []
        return [player for player in self.players if player.form is Form.LATE]

    def expectations(self) -> dict[tuple[str, float], Expectation]:
        """Return how each expected player must end at each line, once everything that will come has come."""
        return {
            (player.lookup, offset): _expectation(player, offset)
            for player in self.players
            if player.is_expected
            for offset in (_LINE_OFFSETS if self.has_many_lines and player.line is not None else (0.0,))
        }


def _player(random: Random, number: int, now: datetime) -> Player:
    return Player(
        lookup=f"player{number:02}",
        form=Form.READY,
        status=random.choice(("ACTIVE", "ACTIVE", "PROBABLE", "QUESTIONABLE")),
        minutes=random.choice((None, 15.0, 24.0, 36.0)),
        line=random.choice((None, 12.5, 20.0, 27.5)),
        line_observed_at=now,
    )


def _expectation(player: Player, offset: float) -> Expectation:
    outcome, reason = {
        Form.NEWCOMER: ("skipped", "no_history"),
        Form.NEVER: ("skipped", "not_ready"),
    }.get(player.form, ("predicted", None))
    return Expectation(outcome, reason, None if player.line is None else player.line + offset)
