"""The slate's row as its updates make it: who holds it, in which state it is, whether a batch is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sim_call import Call
from sim_fibre import Step
from sim_rules import Checks, Rule

from shared.ports import Row


@dataclass
class SlateWatch:
    """Judges each change of the row by what it was before."""

    checks: Checks
    holder: Call | None = None
    lease_until: datetime | None = None
    generation: int = 0
    state: str = "waiting"
    batch_id: str | None = None
    hold: str | None = None
    _recorded: set[str] = field(default_factory=set)

    def updated(self, call: Call, step: Step[Any], now: datetime) -> None:
        """Judge a claim, a release or a finish that changed the row; note how it is held."""
        if step.name == "hold":
            self.generation += 1
            self.hold = step.about["hold"]
        if step.name not in ("claim", "release", "finish"):
            return
        is_live = self.lease_until is not None and self.lease_until > now
        is_own = step.name != "claim" and self.holder is call
        is_allowed = self.holder is None or not is_live or is_own
        self.checks.require(
            Rule.ONE_OWNER, is_allowed, f"{step.name} by {call} while {self.holder} holds a live lease"
        )
        if step.name == "claim":
            self._claimed(call, step.about, now)
            return
        if step.name == "finish":
            self._finished(call, step.about)
        self.holder, self.lease_until, self.state = None, None, step.about["state"]

    def recorded(self, rows: Sequence[Row]) -> None:
        """Note that batches are in run history."""
        self._recorded |= {row["run_id"] for row in rows}

    def require_claim(self, call: Call, what: str, now: datetime, is_late: bool) -> None:
        """Judge something that only the holder of the slate may do; what is late was begun in time."""
        is_live = self.lease_until is not None and self.lease_until > now
        is_allowed = is_late or (self.holder is call and is_live)
        self.checks.require(Rule.ONE_OWNER, is_allowed, f"{call} {what} without holding the slate")

    def _claimed(self, call: Call, about: dict[str, Any], now: datetime) -> None:
        is_first = about["generation"] == self.generation
        self.checks.require(Rule.ONE_OWNER, is_first, f"{call} claimed a generation that had passed")
        self.checks.require(Rule.HELD, self.hold is None, f"{call} claimed a slate that is {self.hold}")
        self.generation += 1
        self.state, self.batch_id, self.holder = "claimed", about["batch_id"], call
        self.lease_until = now + timedelta(seconds=about["lease_seconds"])

    def _finished(self, call: Call, about: dict[str, Any]) -> None:
        seen, stands = (about["generation"], about["seen_state"]), (self.generation, self.state)
        self.checks.require(
            Rule.FINISHED_ONCE, seen == stands, f"{call} finished the slate as {seen}, which was {stands}"
        )
        self.checks.require(
            Rule.FINISHED_ONCE, about["state"] != self.state, f"{call} finished the batch a second time"
        )
        is_recorded = self.batch_id is None or self.batch_id in self._recorded
        self.checks.require(
            Rule.DURABLE_FIRST, is_recorded, f"{call} finished a batch that is not in run history"
        )
