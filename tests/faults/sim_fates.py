"""The kinds of faults, which step may meet which, and how a step that met one is told."""

from enum import StrEnum
from typing import Any, NamedTuple

from sim_fibre import Step

from shared.errors import AppError


class Fate(StrEnum):
    """What becomes of a step."""

    DONE = "done"
    FAILED = "call failed, without effect"
    LOST = "call failed, after it took effect"
    LATE = "call failed, and took effect later"
    IN_PART = "publish took some of the messages"
    UNACKNOWLEDGED = "acknowledgement lost"  # a push was answered, and the bus never learns of it
    KILLED_BEFORE = "killed before a step"
    KILLED_AFTER = "killed after a step"
    STALLED = "process stood still after a step"  # for minutes: a lease may run out


class FaultKind(StrEnum):
    """What goes wrong beside the steps."""

    SLOW = "call slow"
    DELAYED = "delivery delayed by minutes"
    HELD_BACK = "delivery held back until others have overtaken it"
    DUPLICATED = "delivery duplicated"
    DROPPED = "delivery dropped, the bus tries again"
    LOST_FOR_GOOD = "message dropped for good"
    FORGOTTEN = "bus forgot all its messages"
    WRITE_REFUSED = "writes of one player refused for ever"
    ANNOUNCEMENT_REFUSED = "announcements of one player refused for ever"


class Fault(NamedTuple):
    """One fault, or one planned event: where (or what about), and of which kind."""

    place: str
    kind: str

    def __str__(self) -> str:
        return f"{self.place}: {self.kind}"


KILLS = (Fate.KILLED_BEFORE, Fate.KILLED_AFTER)
READS = ("query", "sleep")
_WRITES = (Fate.FAILED, Fate.LOST, Fate.LATE, Fate.STALLED, *KILLS)
FATES: dict[str, tuple[Fate, ...]] = {
    "query": (Fate.FAILED, Fate.STALLED, Fate.KILLED_BEFORE),
    "execute": _WRITES,
    "append": _WRITES,
    "publish": (*_WRITES, Fate.IN_PART),
    "send": (Fate.FAILED, Fate.LOST, Fate.STALLED, *KILLS),
    "answer": (Fate.UNACKNOWLEDGED, Fate.KILLED_BEFORE),
    "sleep": (Fate.KILLED_BEFORE,),
    "replace": (Fate.FAILED, Fate.LOST, Fate.STALLED, *KILLS),
}
AIMS: tuple[tuple[str, Fate | None], ...] = (  # None: killed before and after in turn
    ("c claim", None),
    ("c claim", Fate.LOST),
    ("c claim", Fate.STALLED),
    ("c prediction-request-prod", None),
    ("c prediction-request-prod", Fate.IN_PART),
    ("c prediction_requests", None),
    ("c prediction_outcomes", None),
    ("c release", Fate.LATE),
    ("c release", None),
    ("c processor_run_history", None),
    ("c finish", None),
    ("c wanted_players", Fate.STALLED),
    ("/trigger 1, query snapshot", Fate.STALLED),
    ("c prediction-request-prod", Fate.STALLED),
    ("c raise_alert", None),
    ("c send", None),
    ("c alerts", None),
    ("w player_prop_predictions", None),
    ("w prediction_outcomes", None),
    ("w prediction_outcomes", Fate.FAILED),
    ("w prediction-ready-prod", None),
    ("w answer", None),
    ("p features", Fate.FAILED),
    ("p ml_feature_store_v2", None),
    ("p processor_run_history", None),
    ("p nba-phase4-precompute-complete", None),
    ("p nba-phase4-precompute-complete", Fate.FAILED),
)


def described(step: Step[Any], fate: Fate, result: Any) -> str:
    """Return a step as a line of the story, with what came of it; a fault is marked."""
    size = f" of {len(step.about)}" if step.verb in ("append", "replace", "publish") else ""
    value = f" -> {result}" if isinstance(result, int | AppError) else ""
    came_to = "" if fate is Fate.DONE else f"   !! {fate.value}"
    return f"{step.verb} {step.name.rpartition('.')[2]}{size}{value}{came_to}"


def is_detail(step: Step[Any], fate: Fate) -> bool:
    """Say whether a step is left out of a story in brief: nothing changed, and nothing went wrong."""
    return step.verb in READS and fate is Fate.DONE
