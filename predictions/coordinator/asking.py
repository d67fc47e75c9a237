"""Who asks about which slate, and with what wishes."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum


class Caller(StrEnum):
    """Kinds of callers; what a refusal should tell them differs."""

    PUSH = "push"
    SCHEDULER = "scheduler"
    PERSON = "person"


class Route(StrEnum):
    """The entry points that ask the question."""

    TRIGGER = "trigger"
    START = "start"
    RETRY = "retry"
    REFRESH = "refresh"


@dataclass(frozen=True)
class Ask:
    """One question about one slate. `min_minutes` None means: as kept with the slate, or configured.

    `generation` is that of the slate which the asker saw, and wants acted upon; None takes it as it is.
    """

    game_date: date
    route: Route
    caller: Caller
    trigger_source: str
    force: bool = False
    min_minutes: float | None = None
    waits: bool = False
    generation: int | None = None

    def with_patience_ended(self) -> "Ask":
        """Return the same question, to be answered with what is there."""
        return replace(self, waits=False)
