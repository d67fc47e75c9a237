"""One day of one slate: who plays, what changes while the day goes on, and what must be true in the end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random

from shared.features import FEATURE_NAMES, FEATURE_VERSION, FEATURES
from shared.ports import Row

_LIMIT_MINUTES = 15.0
_FEATURES = [12.0 if feature.name == "games_played" else feature.default for feature in FEATURES]


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

    def context_rows(self, players: Sequence[Player], now: datetime) -> list[Row]:
        """Return Phase 3's rows as of now."""
        return [
            {
                "game_date": self.game_date,
                "game_id": "game1",
                "player_lookup": player.lookup,
                "player_name": player.lookup,
                "team": "BOS",
                "opponent": "NYK",
                "is_home": True,
                "status": player.status,
                "projected_minutes": player.minutes,
                "line": player.line,
                "over_odds": -110.0,
                "under_odds": -110.0,
                "line_observed_at": player.line_observed_at,
                "observed_at": now,
            }
            for player in players
        ]

    def begin_run(self) -> int:
        """Begin another run of Phase 4 and return its number."""
        self.runs += 1
        self.run_id = f"run{self.runs}"
        return self.runs

    def feature_rows(self, run: int, started_at: datetime, now: datetime) -> list[Row]:
        """Return the feature rows of a run."""
        return [self._feature_row(player, run, started_at, now) for player in self.players]

    def _feature_row(self, player: Player, run: int, started_at: datetime, now: datetime) -> Row:
        is_late = player.form is Form.LATE and run < self.final_runs_from
        reasons = {Form.NEWCOMER: ["no_history"], Form.NEVER: ["quality"]}.get(player.form, [])
        reasons = ["quality"] if is_late else reasons
        return {
            "game_date": self.game_date,
            "player_lookup": player.lookup,
            "feature_run_id": f"run{run}",
            "feature_run_started_at": started_at,
            "feature_version": FEATURE_VERSION,
            "feature_names": list(FEATURE_NAMES),
            "features": _FEATURES,
            "is_production_ready": not reasons,
            "not_ready_reasons": reasons,
            "quality_score": 90.0,
            "created_at": now,
        }

    def history_row(self, run: int, started_at: datetime, now: datetime) -> Row:
        """Return the run-history row of a run."""
        return {
            "data_date": self.game_date,
            "processor_name": "ml_feature_store_v2",
            "run_id": f"run{run}",
            "status": "success",
            "records_processed": len(self.players),
            "triggered_by": "scheduler",
            "started_at": started_at,
            "processed_at": now,
        }

    def expectations(self) -> dict[str, Expectation]:
        """Return how each expected player must end, once everything that will come has come."""
        return {player.lookup: self._expectation(player) for player in self.players if player.is_expected}

    def _expectation(self, player: Player) -> Expectation:
        outcome, reason = {
            Form.NEWCOMER: ("skipped", "no_history"),
            Form.NEVER: ("skipped", "not_ready"),
        }.get(player.form, ("predicted", None))
        return Expectation(outcome, reason, self.run_id, player.line)


def run_gap(random: Random) -> timedelta:
    """Draw after how long Phase 4 is started again when it has failed."""
    return timedelta(seconds=random.uniform(30, 180))
