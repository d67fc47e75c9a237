"""The story of a run in numbered lines: when, who, which step, what came of it."""

from dataclasses import dataclass, field
from datetime import datetime

from shared.slate import EASTERN


@dataclass
class Trace:
    """What happened, in its order; it becomes lines when somebody reads it."""

    events: list[tuple[datetime, str, str]] = field(default_factory=list)

    def tell(self, now: datetime, who: str, what: str) -> None:
        """Add an event."""
        self.events.append((now, who, what))

    def lines(self) -> list[str]:
        """Return one line an event; the times are Eastern."""
        return [
            f"{number:5}  {now.astimezone(EASTERN):%H:%M:%S}.{now.microsecond // 1000:03}  {who:<18}  {what}"
            for number, (now, who, what) in enumerate(self.events, start=1)
        ]

    def __str__(self) -> str:
        return "\n".join(self.lines())
