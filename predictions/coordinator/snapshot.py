"""What one read of the store says about a slate."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from shared.errors import DataContractViolation, SlateChanged
from shared.ports import Row


class State(StrEnum):
    """The state on a slate's row; `cancelled` stands on none, and is how a cancelled slate is shown."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    PREDICTING = "predicting"
    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_finished(self) -> bool:
        """Say whether a batch has ended in this state; newer inputs may open the slate again."""
        return self in (State.COMPLETE, State.PARTIAL, State.FAILED)


class Hold(StrEnum):
    """What a person may do to a slate so that nobody starts a batch of it."""

    PAUSED = "paused"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class BatchProgress:
    """The slate's newest batch, None while no request of it is recorded; may somebody still answer one?"""

    batch_id: str | None
    is_in_flight: bool


@dataclass(frozen=True)
class Snapshot:
    """One slate at one moment.

    Counts of players are of those expected, at their main line: `ready`, `players_waiting` (for Phase
    4), `terminal`, `predicted`, `skipped`, `failed`, `covered` (a forecast or accepted skip from any
    run). Counts of work are of inputs, one for each player and line: `wanted`, `to_skip`, `waiting`
    (not ready yet), `in_flight`, `open_inputs` (no terminal outcome). Of a cancelled slate nobody is
    wanted.
    """

    game_date: date
    state: State
    generation: int
    claim_id: str | None
    owner: str | None
    is_claimed: bool
    claimed_at: datetime | None
    batch_id: str | None
    trigger_source: str | None
    finished_at: datetime | None
    min_minutes: float
    judgement: str | None
    released_batches: str | None
    alerts_raised: str
    alerts_confirmed: str | None
    hold: Hold | None
    hold_reason: str | None
    held_by: str | None
    on_slate: int
    expected: int
    ready: int
    players_waiting: int
    wanted: int
    to_skip: int
    waiting: int
    in_flight: int
    open_inputs: int
    terminal: int
    predicted: int
    skipped: int
    skipped_accepted: int
    failed: int
    covered: int
    feature_run_id: str | None
    feature_run_started_at: datetime | None
    feature_run_finished_at: datetime | None
    newest_run_id: str | None
    newest_run_status: str | None
    features_are_unrecorded: bool
    batch_requested: int
    batch_done: int
    batch_is_in_flight: bool

    @property
    def is_cancelled(self) -> bool:
        """Say whether a person has called the slate off."""
        return self.hold is Hold.CANCELLED

    @property
    def has_no_games(self) -> bool:
        """Say whether Phase 4's newest run found no games and nobody is expected."""
        return self.expected == 0 and self.newest_run_status == "no_games"

    @property
    def processor_complete(self) -> bool:
        """Say whether features stand that a recorded run of Phase 4 has committed."""
        return self.feature_run_id is not None or self.newest_run_status == "no_games"

    @property
    def is_settled(self) -> bool:
        """Say whether every expected player has a terminal outcome for his current input."""
        is_known = self.expected > 0 or self.processor_complete
        return is_known and self.open_inputs == 0 and not self.batch_is_in_flight

    @property
    def shown_state(self) -> State:
        """Return the state as people read it: a slate that newer inputs opened again is waiting."""
        if self.is_cancelled:
            return State.CANCELLED
        is_open_again = self.state.is_finished and self.open_inputs > 0
        return State.WAITING if is_open_again else self.state

    @property
    def requests_in_flight(self) -> int:
        """Return how many requests may still be answered, if only of players no longer expected."""
        left_of_batch = self.batch_requested - self.batch_done if self.batch_is_in_flight else 0
        return max(self.in_flight, left_of_batch)

    @property
    def is_fresh(self) -> bool:
        """Say whether the features that stand are those of Phase 4's newest run."""
        return self.feature_run_id is not None and self.feature_run_id == self.newest_run_id

    @property
    def processed(self) -> int:
        """Return how many expected players are predicted or skipped for an accepted reason."""
        return self.predicted + self.skipped_accepted

    @property
    def is_covered(self) -> bool:
        """Say whether each expected player has a forecast or an accepted skip from any run."""
        return self.covered >= self.expected and (self.expected > 0 or self.has_no_games)


def require_unchanged(snapshot: Snapshot, generation: int | None) -> None:
    """Raise SlateChanged if somebody has acted on the slate since this generation; None stands for any."""
    if generation not in (None, snapshot.generation):
        raise SlateChanged(f"the slate of {snapshot.game_date} has changed since; look again")


def read_snapshot(game_date: date, rows: list[Row]) -> Snapshot:
    """Make a snapshot of the query's row; any count of rows but one breaks the contract."""
    row = dict(only_row(game_date, rows))
    row["state"] = State(row["state"])
    row["hold"] = Hold(row["hold"]) if row["hold"] else None
    if row["hold"] is Hold.CANCELLED:
        row |= {"wanted": 0, "to_skip": 0}
    return Snapshot(**{field.name: row[field.name] for field in fields(Snapshot)})


def only_row(game_date: date, rows: list[Row]) -> Row:
    """Return the row of a slate; there is one for every date, or the contract is broken."""
    if len(rows) != 1:
        raise DataContractViolation(f"nba_reference.slates has {len(rows)} rows for {game_date}, not one")
    return rows[0]
