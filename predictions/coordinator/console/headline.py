"""The one sentence of a slate's page: are we fine, will we make it, and if not, what is to be done? Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from predictions.coordinator.collapse import is_collapsed
from predictions.coordinator.console.wording import against, eastern, span
from predictions.coordinator.finishing import AT_RISK_BEFORE
from predictions.coordinator.snapshot import Hold, Snapshot
from shared.alert_entries import RESOLVED, raised_alerts, read_entries
from shared.alert_kinds import kind_named
from shared.wording import counted

_BROKEN_PROMISE = ("sla_missed", "no_predictions")


class Tone(StrEnum):
    """How a sentence is coloured; each has a word and a shape of its own beside the colour."""

    GOOD = "good"
    GOING = "going"
    RISK = "risk"
    BAD = "bad"
    HELD = "held"
    QUIET = "quiet"


@dataclass(frozen=True)
class Step:
    """What to do next: a sentence, and the action of a button or the part of the page of a link."""

    text: str
    action: str = ""
    anchor: str = ""
    label: str = ""


@dataclass(frozen=True)
class Headline:
    """The answer: how it is coloured, in a word, in a sentence, and the next step."""

    tone: Tone
    word: str
    sentence: str
    step: Step


@dataclass(frozen=True)
class Morning:
    """What the sentence rests on. `patience`: after so long without an answer a request counts as lost.

    `first_finished_at` is when a batch of the slate first ended well, None if none did or nobody knows.
    """

    snapshot: Snapshot
    now: datetime
    today: date
    deadline: datetime
    projected: datetime | None
    is_gap_alarming: bool
    patience: timedelta
    first_finished_at: datetime | None = None

    @property
    def is_late(self) -> bool:
        """Say whether the deadline has passed."""
        return self.now >= self.deadline

    @property
    def is_near(self) -> bool:
        """Say whether there is too little time left to wait and see, or somebody was alarmed already."""
        raised = raised_alerts(self.snapshot.alerts_raised)
        is_grave = any(kind_named(kind).severity == "critical" for kind in raised)
        return is_grave or self.deadline - self.now <= AT_RISK_BEFORE

    @property
    def short(self) -> int:
        """Return how many expected players have neither a forecast nor an accepted skip from any run."""
        return max(self.snapshot.expected - self.snapshot.covered, 0)

    @property
    def left(self) -> str:
        """Say where the deadline is."""
        return f"the deadline is in {span(self.deadline - self.now)}"


NOTHING = Step("Nothing to do.")
_WHO = Step("See who is missing, and why.", anchor="missing", label="Who is missing")
_RETRY = Step("Ask for whoever is still wanted.", action="retry", label="Retry")
_START = Step("Start the batch; asking twice is harmless.", action="start", label="Start")
_RESUME = Step("Resume, and what is wanted then is asked for.", action="resume", label="Resume")


def headline(morning: Morning) -> Headline:
    """Return what is to be said first about a slate; the first rule that applies says it."""
    return next(found for rule in _RULES if (found := rule(morning)) is not None)


def broke_its_promise(alerts_raised: str, first_finished_at: datetime | None, deadline: datetime) -> bool:
    """Say whether the slate was late: the deadline's alert was raised, or the first batch ended after it.

    A batch that ends later than the deadline breaks nothing where an earlier one had kept the promise.
    """
    names = {entry.name.removesuffix(RESOLVED) for entry in read_entries(alerts_raised, None)}
    is_alarmed = not names.isdisjoint(_BROKEN_PROMISE)
    return is_alarmed or (first_finished_at is not None and first_finished_at > deadline)


def _held(morning: Morning) -> Headline | None:
    snapshot = morning.snapshot
    if snapshot.hold is None:
        return None
    by = f" by {snapshot.held_by}" if snapshot.held_by else ""
    why = f" ({snapshot.hold_reason})" if snapshot.hold_reason else ""
    if snapshot.hold is Hold.CANCELLED:
        sentence = f"This slate was called off{by}{why}: nobody is wanted, and its deadline alarms nobody."
        return Headline(Tone.HELD, "Called off", sentence, _RESUME)
    done = f"{snapshot.processed:,} of {counted(snapshot.expected, 'expected player')} are done"
    left = "the deadline has passed" if morning.is_late else morning.left
    return Headline(
        Tone.HELD,
        "Paused",
        f"This slate was paused{by}{why}: nothing is started, {done}, and {left}.",
        _RESUME,
    )


def _no_games(morning: Morning) -> Headline | None:
    if not morning.snapshot.has_no_games:
        return None
    return Headline(Tone.QUIET, "No games", "Phase 4 has found no games on this slate.", NOTHING)


def _collapsed(morning: Morning) -> Headline | None:
    judgement = morning.snapshot.judgement
    if not is_collapsed(judgement):
        return None
    sentence = f"The forecasts are {judgement}; they are held back, and OVER and UNDER read PASS."
    step = Step(
        "Mend the build or the feature that makes all answers alike, then start again with force.",
        action="start",
        label="Start again",
    )
    return Headline(Tone.BAD, "Held back", sentence, step)


def _kept(morning: Morning) -> Headline | None:
    snapshot = morning.snapshot
    if not (snapshot.is_covered and snapshot.is_settled):
        return None
    all_done = f"all {counted(snapshot.expected, 'expected player')} have a forecast or an accepted reason"
    ended = snapshot.finished_at if snapshot.state.is_finished else None
    first = morning.first_finished_at or ended
    if broke_its_promise(snapshot.alerts_raised, first, morning.deadline):
        after = f", since {eastern(ended, snapshot.game_date)}" if ended else ""
        return Headline(Tone.RISK, "Late", f"Complete, and it was late: {all_done}{after}.", NOTHING)
    sentence = f"{all_done[0].upper()}{all_done[1:]}."
    if first:
        sentence += f" It ended at {eastern(first, snapshot.game_date)}, {against(first, morning.deadline)}."
    return Headline(Tone.GOOD, "Fine", sentence, NOTHING)


def _renewed(morning: Morning) -> Headline | None:
    snapshot = morning.snapshot
    if not (snapshot.is_covered and snapshot.expected):
        return None
    again = counted(snapshot.open_inputs, "forecast")
    sentence = (
        f"Everybody has a forecast; {again} will be made again, since a line, a status or features changed."
    )
    return Headline(Tone.GOING, "Being renewed", sentence, NOTHING if snapshot.in_flight else _RETRY)


def _unknown(morning: Morning) -> Headline | None:
    """A day that nobody ever loaded has not missed anything."""
    snapshot = morning.snapshot
    if snapshot.on_slate or snapshot.newest_run_status or snapshot.game_date == morning.today:
        return None
    if snapshot.game_date > morning.today:
        sentence = "This slate is still to come: Phase 3 has put nobody on it yet."
        return Headline(Tone.QUIET, "To come", sentence, NOTHING)
    return Headline(Tone.QUIET, "Nothing known", "Nobody was ever put on this slate.", NOTHING)


def _missed(morning: Morning) -> Headline | None:
    if not morning.is_late:
        return None
    snapshot = morning.snapshot
    ago = f"the deadline passed {span(morning.now - morning.deadline)} ago"
    if not snapshot.expected:
        sentence = f"Nobody is on the slate, and Phase 4 has not said that there are no games; {ago}."
        step = Step("See whether Phase 3 has run; then run Phase 4.", anchor="runs", label="Runs")
        return Headline(Tone.BAD, "Missed", sentence, step)
    who = f"{morning.short:,} of {counted(snapshot.expected, 'expected player')} have no forecast"
    step = _RETRY if snapshot.wanted else _WHO
    return Headline(Tone.BAD, "Missed", f"{who}, and {ago}.", step)


def _under_way(morning: Morning) -> Headline | None:
    snapshot = morning.snapshot
    if not (snapshot.batch_is_in_flight or snapshot.is_claimed or snapshot.in_flight):
        return None
    done = f"{snapshot.processed:,} of {counted(snapshot.expected, 'expected player')} are done"
    if morning.projected is not None:
        at = eastern(morning.projected, snapshot.game_date)
        end = f"projected {at}, {against(morning.projected, morning.deadline)}"
        if morning.projected > morning.deadline:
            return Headline(Tone.RISK, "At risk", f"{done}, {end}.", _answers())
        return Headline(Tone.GOING, "On the way", f"{done}, {end}.", NOTHING)
    return _unanswered(morning, done)


def _unanswered(morning: Morning, done: str) -> Headline:
    """Nothing to project from: a batch is young, or nobody answers."""
    claimed_at = morning.snapshot.claimed_at
    waited = morning.now - claimed_at if claimed_at else timedelta()
    silent = f"{done}, and the batch of {span(waited)} ago has no answer that tells a pace; {morning.left}."
    if waited > morning.patience / 2 or morning.is_near:
        return Headline(Tone.RISK, "At risk", silent, _answers())
    return Headline(Tone.GOING, "On the way", silent, NOTHING)


def _answers() -> Step:
    return Step(
        "See whether the worker answers: batches and dead letters.", anchor="batches", label="Batches"
    )


def _wanted(morning: Morning) -> Headline | None:
    snapshot = morning.snapshot
    if not (snapshot.wanted or snapshot.to_skip):
        return None
    ready = f"{snapshot.ready:,} of {counted(snapshot.expected, 'expected player')} are ready"
    still = counted(snapshot.wanted, "forecast is", "forecasts are")
    sentence = f"{ready}, and {still} still to be asked for; {morning.left}."
    step = _RETRY if snapshot.processed else _START
    return Headline(Tone.RISK if morning.is_near else Tone.GOING, _word(morning), sentence, step)


def _phase4(morning: Morning) -> Headline | None:
    snapshot = morning.snapshot
    if snapshot.processor_complete and snapshot.expected:
        return None
    if snapshot.newest_run_status == "failed":
        sentence = f"Phase 4's newest run was recorded as failed, and none stands; {morning.left}."
        step = Step("See why, mend it, and run Phase 4 again.", anchor="runs", label="Runs")
        return Headline(Tone.RISK, "At risk", sentence, step)
    who = f"{counted(snapshot.expected, 'player is', 'players are')} expected"
    sentence = f"{who if snapshot.expected else 'Nobody is on the slate yet'}, and Phase 4 has not finished"
    then = "Its event starts the batch by itself; if it does not come, look at the runs."
    step = Step(then, anchor="runs", label="Runs")
    tone = Tone.RISK if morning.is_near else Tone.GOING
    return Headline(tone, _word(morning), f"{sentence}; {morning.left}.", step)


def _short(morning: Morning) -> Headline:
    """What could be asked for was; some are not ready, or failed for good."""
    snapshot = morning.snapshot
    who = f"{morning.short:,} of {counted(snapshot.expected, 'expected player')} have no forecast"
    parts = [
        (snapshot.players_waiting, "wait for Phase 4"),
        (snapshot.failed, "failed for good"),
        (snapshot.skipped - snapshot.skipped_accepted, "were closed"),
    ]
    why = ", ".join(f"{count:,} {what}" for count, what in parts if count > 0)
    is_grave = morning.is_gap_alarming or morning.is_near
    return Headline(
        Tone.RISK if is_grave else Tone.GOING,
        "At risk" if is_grave else "Nearly there",
        f"{who}{f' ({why})' if why else ''}, and nobody is at work on them; {morning.left}.",
        _WHO,
    )


def _word(morning: Morning) -> str:
    return "At risk" if morning.is_near else "Waiting"


_RULES: tuple[Callable[[Morning], Headline | None], ...] = (
    _held,
    _no_games,
    _collapsed,
    _kept,
    _renewed,
    _unknown,
    _missed,
    _under_way,
    _wanted,
    _phase4,
    _short,
)
