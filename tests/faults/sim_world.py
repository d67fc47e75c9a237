"""One day of one slate: who plays, what changes while the day goes on, and what must be true in the end."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from random import Random

_LIMIT_MINUTES = 15.0


class Form(StrEnum):
    """How a player comes out of Phase 4."""

    READY = "ready"
    LATE = "late"  # not in the first run
    NEVER = "never"
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
    """How an expected player must end: the outcome, and the run and line that his forecast is made from."""

    outcome: str
    reason: str | None
    run_id: str
    line: float | None


@dataclass
class World:
    """What is true outside the pipeline."""

    game_date: date
    random: Random
    players: list[Player] = field(default_factory=list)
    runs: int = 0
    run_id: str = ""
    final_runs_from: int = 1
    changes: int = 0

    def begin(self, now: datetime) -> None:
        """Make up a slate of eight to twelve players."""
        count = self.random.randint(8, 12)
        self.players = [self._player(number, now) for number in range(count)]
        self.players[-1].status = self.random.choice(("OUT", "DOUBTFUL"))
        self.players[-2].minutes = 9.0
        late = self.random.choice((0, 0, 0, 1, 2, 5))
        for player in self.players[:late]:
            player.form = Form.LATE
        self.final_runs_from = 2 if late else 1
        self.players[late].form = self.random.choice((Form.READY, Form.NEWCOMER))
        self.players[late + 1].form = self.random.choice((Form.READY,) * 4 + (Form.NEVER,))

    def _player(self, number: int, now: datetime) -> Player:
        return Player(
            lookup=f"player{number:02}",
            form=Form.READY,
            status=self.random.choice(("ACTIVE", "ACTIVE", "PROBABLE", "QUESTIONABLE")),
            minutes=self.random.choice((None, 15.0, 24.0, 36.0)),
            line=self.random.choice((None, 12.5, 20.0, 27.5)),
            line_observed_at=now,
        )

    @property
    def never_ready(self) -> bool:
        """Say whether only the deadline can end this slate."""
        return any(p.form is Form.NEVER and p.is_expected for p in self.players)

    def move_a_line(self, now: datetime) -> Player:
        """Move the line of somebody, to a value that he may have had before."""
        self.changes += 1
        player = self.random.choice([p for p in self.players if p.line is not None] or self.players)
        player.line = (player.line or 14.0) + self.random.choice((-0.5, 0.5))
        player.line_observed_at = now
        return player

    def change_a_status(self) -> Player:
        """Change the status of somebody; he may go out or come back."""
        self.changes += 1
        player = self.random.choice(self.players)
        others = {"ACTIVE", "QUESTIONABLE", "OUT"} - {player.status}
        player.status = self.random.choice(sorted(others))
        return player

    def begin_run(self) -> int:
        """Begin another run of Phase 4 and return its number."""
        self.runs += 1
        self.run_id = f"run{self.runs}"
        return self.runs

    def faults_of(self, player: Player, run: int) -> list[str]:
        """Return why a run of Phase 4 does not make a player ready."""
        if player.form is Form.LATE:
            return ["quality"] if run < self.final_runs_from else []
        return {Form.NEWCOMER: ["no_history"], Form.NEVER: ["quality"]}.get(player.form, [])

    def expectations(self) -> dict[str, Expectation]:
        """Return how each expected player must end, once everything that will come has come."""
        return {player.lookup: self._expectation(player) for player in self.players if player.is_expected}

    def _expectation(self, player: Player) -> Expectation:
        outcome, reason = {
            Form.NEWCOMER: ("skipped", "no_history"),
            Form.NEVER: ("skipped", "not_ready"),
        }.get(player.form, ("predicted", None))
        return Expectation(outcome, reason, self.run_id, player.line)
