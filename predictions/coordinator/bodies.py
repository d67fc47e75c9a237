"""The bodies that the coordinator answers with, as its description has them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from predictions.coordinator.letters import LetterState
from predictions.coordinator.snapshot import Hold, State
from predictions.grading.drift import Verdict
from shared.described import Told
from shared.messages import Count, GameDate
from shared.outcomes import Reason

Counts = dict[Reason, Count]
Share = Annotated[float, Field(ge=0, le=1)]
Points = Annotated[float, Field(ge=0)]


class AboutSlate(Told):
    """What every answer to a question says."""

    game_date: GameDate
    trigger_source: str


class Started(AboutSlate):
    """A batch has been published; `players_not_published` is there if some were not taken."""

    status: Literal["started"]
    batch_id: str
    players_processed_this_batch: Count
    players_total_processed: Count
    players_ready: Count
    players_expected: Count
    is_complete: bool
    players_not_published: Count = 0


class RetryStarted(AboutSlate):
    """A batch of those who were still wanted has been published."""

    status: Literal["started"]
    batch_id: str
    players_retry_requested: Count
    players_published: Count
    players_not_published: Count = 0


class Phase4Status(Told):
    """How far Phase 4 is."""

    ready: bool
    players_ready: Count
    players_total: Count
    ready_pct: Annotated[float, Field(ge=0)]
    processor_complete: bool
    message: str


class NothingStarted(AboutSlate):
    """No batch was published; `status` and `message` say why, and the counts belong to that."""

    status: Literal[
        "complete",
        "already_complete",
        "in_progress",
        "no_data",
        "insufficient_data",
        "waiting_for_phase4",
        "paused",
        "cancelled",
    ]
    message: str
    players_processed: Count = 0
    players_in_flight: Count = 0
    players_pending: Count = 0
    players_requested: Count = 0
    phase4_status: Phase4Status | None = None


class Refreshed(AboutSlate):
    """Whose lines and statuses had changed, whether Phase 4 was asked to look again, and what was requested.

    `lines_moved` and `statuses_changed` count players; `ruled_out` are player_lookups. `slate_over`: the
    slate's day has passed, so nothing was looked for.
    """

    status: Literal["started", "nothing_started", "slate_over"]
    lines_moved: Count
    statuses_changed: Count
    ruled_out: list[str]
    phase4_asked: bool
    batch_id: str | None
    players_requested: Count
    message: str


class Held(Told):
    """How a slate is held now, by whom and why, and whether this request changed it."""

    game_date: GameDate
    hold: Hold | None
    reason: str | None
    held_by: str | None
    changed: bool
    message: str


class Resumed(Held):
    """The same, and what the question after it came to; null if none was asked, or it had no answer."""

    started: Started | NothingStarted | None


class WouldStart(AboutSlate):
    """What a start would publish now."""

    status: Literal["would_start"]
    message: str
    players_wanted: Count
    players_to_skip: Count


class Gap(Told):
    """Players without a forecast or an accepted skip."""

    players: int
    percent: float
    alarming: bool


class NewestRun(Told):
    """The newest run of Phase 4, whether or not its features stand."""

    run_id: str | None
    status: str | None


class Batch(Told):
    """One batch of the slate."""

    batch_id: str
    trigger_source: str | None
    feature_run_id: str | None
    correlation_id: str | None
    players_requested: Count
    players_answered: Count
    requested_at: AwareDatetime
    last_answer_at: AwareDatetime | None


class SlateStatus(Told):
    """Where a slate stands. Players are those expected; `skipped`, `failed`, `not_ready` are by reason."""

    status: State
    game_date: GameDate
    state: State
    min_minutes: float
    on_slate: Count
    expected: Count
    ready: Count
    wanted: Count
    in_flight: Count
    waiting_for_phase4: Count
    predicted: Count
    skipped: Counts
    failed: Counts
    covered: Count
    judgement: str | None
    hold: Hold | None
    hold_reason: str | None
    held_by: str | None
    gap: Gap
    feature_run_id: str | None
    newest_run: NewestRun
    is_fresh: bool
    generation: Count
    is_claimed: bool
    owner: str | None
    batch_id: str | None
    batches: list[Batch]
    alerts: list[str]
    now: datetime
    deadline: datetime
    seconds_left: float
    projected_completion: datetime | None
    event_at: datetime | None
    finished_at: datetime | None
    seconds_from_event_to_claim: float | None
    seconds_from_event_to_completion: float | None
    not_ready: dict[str, Count]


class ListedLetter(Told):
    """One dead letter in its newest state, with how its body begins."""

    message_id: str
    state: LetterState
    source_subscription: str
    delivery_attempts: int | None
    reason: str
    stored_at: datetime
    state_since: datetime
    body_begins: str


class ListedLetters(Told):
    """A slate's dead letters, oldest first."""

    game_date: GameDate
    dead_letters: list[ListedLetter]


class WholeLetter(Told):
    """One dead letter, whole; `topic` is where a replay goes, `replay_refused` why it would not."""

    game_date: GameDate
    message_id: str
    state: LetterState
    source_subscription: str
    delivery_attempts: int | None
    reason: str
    attributes: dict[str, str]
    body: str
    body_base64: str | None
    stored_at: datetime
    state_since: datetime
    topic: str | None
    replay_refused: str | None


class ReasonedLetter(Told):
    """A letter that was left as it was."""

    message_id: str
    reason: str


class Replayed(Told):
    """What became of the letters that were to be published again; `failed` were not taken and stay stored."""

    game_date: GameDate
    replayed: list[str]
    refused: list[ReasonedLetter]
    failed: list[ReasonedLetter]


class Discarded(Told):
    """What became of the letters that were to be put away."""

    game_date: GameDate
    discarded: list[str]
    refused: list[ReasonedLetter]


class Phase3Rows(Told):
    """Rows of the two tables of Phase 3, and the current forecasts of those who are expected."""

    box_scores: list[dict[str, Any]]
    slate: list[dict[str, Any]]
    forecasts: list[dict[str, Any]]


class GradedSlates(Told):
    """Graded slates together. Errors and bias in points, of p50; shares from 0 to 1; `roi` a unit staked."""

    slates: Count
    first_slate: GameDate
    last_slate: GameDate
    forecasts: Count
    mae: Points
    rmse: Points
    bias: float
    coverage_80: Share
    with_line: Count
    mae_with_line: Points | None
    line_mae: Points | None
    mean_p_over: Share | None
    share_over: Share | None
    brier: Share | None
    bets: Count
    wins: Count
    losses: Count
    pushes: Count
    voids: Count
    hit_rate: Share | None
    roi: float | None


class HistoricalBand(Told):
    """One measure of the newest slates against its history; the numbers are null where that is too short."""

    verdict: Verdict
    history_slates: Count
    recent: float | None
    usual: float | None
    low: float | None
    high: float | None


class GradedSystem(Told):
    """One system, shadow or not: its newest graded slates, those before, and whether it has drifted.

    `error` is about the mean absolute error, `coverage` about the share within p10 and p90; `is_new` says
    that the drift began lately, so that `/grade` alerts about it, once.
    """

    system_id: str
    recent: GradedSlates
    before: GradedSlates | None
    error: HistoricalBand
    coverage: HistoricalBand
    drifted_since: GameDate | None
    is_new: bool


class GradingReport(Told):
    """How the systems have done up to `game_date`; `newest_slate` is the last one with box scores."""

    game_date: GameDate
    newest_slate: GameDate | None
    systems: list[GradedSystem]
