"""The story of a run in lines: when, who, which step, what came of it; faults are marked by two bangs."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from shared.slate import EASTERN


class Event(NamedTuple):
    """One line of the story; a detail is left out when it is told in brief."""

    moment: datetime
    who: str
    what: str
    is_detail: bool


@dataclass
class Trace:
    """What happened, in its order; it becomes lines when somebody reads it."""

    events: list[Event] = field(default_factory=list)

    def tell(self, now: datetime, who: str, what: str, is_detail: bool = False) -> None:
        """Add an event."""
        self.events.append(Event(now, who, what, is_detail))

    def lines(self, in_brief: bool = False) -> list[str]:
        """Return one line an event; the times are Eastern."""
        return [
            f"{event.moment.astimezone(EASTERN):%H:%M:%S.%f}"[:-3] + f"  {event.who:<18}  {event.what}"
            for event in self.events
            if not (in_brief and event.is_detail)
        ]

    def __str__(self) -> str:
        return "\n".join(self.lines())
