"""The story of a run in numbered lines: when, who, which step, what came of it."""

from dataclasses import dataclass, field
from datetime import datetime

from shared.slate import EASTERN


@dataclass
class Trace:
    """Lines in the order in which things happened."""

    lines: list[str] = field(default_factory=list)

    def tell(self, now: datetime, who: str, what: str) -> None:
        """Add a line; the time is Eastern."""
        moment = now.astimezone(EASTERN).strftime("%H:%M:%S.%f")[:-3]
        self.lines.append(f"{len(self.lines) + 1:5}  {moment}  {who:<22}  {what}")

    def __str__(self) -> str:
        return "\n".join(self.lines)
