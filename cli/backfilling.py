"""Features for many slates, one after the other: what was done, what failed, and what was not tried."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cli.asking import reading
from local.client import Body, StackClient
from local.failures import RefusedCall, ServerFailed
from shared.clock import Clock
from shared.errors import DependencyUnavailable

MOST_SILENT = 3
"""So many slates in a row that nobody answers for end a backfill: the next ones would fare no better."""

Show = Callable[[str], None]


@dataclass
class Backfill:
    """How far a range is. Slates are done in order, so that it can be cut short anywhere and begun again."""

    slates: Sequence[str]
    skipped: int
    computed: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    is_unanswered: bool = False

    @property
    def untried(self) -> int:
        """Return how many slates nobody has asked for yet."""
        return len(self.slates) - len(self.computed) - len(self.failed)

    def run(self, client: StackClient, per_minute: int, clock: Clock, show: Show) -> None:
        """Compute each slate, starting at most so many a minute, past those that fail."""
        silent = 0
        for number, slate in enumerate(self.slates):
            began = clock.now()
            show(slate)
            silent = silent + 1 if self._compute(client, slate) else 0
            if silent == MOST_SILENT:
                self.is_unanswered = True
                return
            spent = (clock.now() - began).total_seconds()
            if number + 1 < len(self.slates) and spent < 60 / per_minute:
                clock.sleep(60 / per_minute - spent)

    def _compute(self, client: StackClient, slate: str) -> bool:
        """Compute one slate's features without an event; say whether nobody answered."""
        try:
            run = client.require(client.post("/process", {"game_date": slate, "backfill": True}))
            with reading(client.url):
                run["status"]  # every run has one
            self.computed.append(slate)
        except (RefusedCall, ServerFailed) as error:
            self.failed[slate] = str(error)
        except DependencyUnavailable as error:
            self.failed[slate] = str(error)
            return True
        return False

    def as_dict(self) -> dict[str, Any]:
        """Return the summary that programs read."""
        failed = [{"game_date": slate, "reason": reason} for slate, reason in self.failed.items()]
        return {
            "slates": len(self.slates) + self.skipped,
            "computed": self.computed,
            "already_done": self.skipped,
            "failed": failed,
            "not_tried": self.untried,
        }


def open_backfill(found: Body, again: bool) -> Backfill:
    """Return the backfill of a range: the slates that are not done yet, or all of them again."""
    slates = [str(row["game_date"]) for row in found["slates"] if again or not row["is_done"]]
    return Backfill(slates, skipped=len(found["slates"]) - len(slates))
