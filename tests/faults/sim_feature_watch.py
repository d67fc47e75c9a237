"""Which feature run stands, and that nobody hears of one or uses it before it is recorded."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim_rules import Checks, Rule

from shared.envelope import PushMessage
from shared.messages import Phase4Complete, PredictionRequest
from shared.ports import OutgoingMessage, Row

_COUNTS = ("success", "partial")


@dataclass
class FeatureRun:
    """Follows the slate's partition of the feature store, and the run history of Phase 4."""

    checks: Checks
    run_id: str = ""
    event: OutgoingMessage | None = None
    has_failed: bool = False
    when_counted: list[Callable[[], None]] = field(default_factory=list)
    changes: Counter[str] = field(default_factory=Counter)
    same_since: dict[str, set[str]] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    _recorded: set[str] = field(default_factory=set)
    _in_history: set[str] = field(default_factory=set)
    _stands: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def is_counted(self) -> bool:
        """Say whether the run whose features stand is recorded as one that counts."""
        return self.run_id in self._recorded

    def replaced(self, rows: Sequence[Row], is_refresh: bool) -> None:
        """Note whose features stand now, and of whom they are the same as before, if that counts."""
        self.run_id = rows[0]["feature_run_id"] if rows else "no rows"
        self.statuses = {row["player_lookup"]: row["status"] for row in rows}
        for row in rows:
            player, found = row["player_lookup"], (*row["features"], *row["not_ready_reasons"])
            if is_refresh and self._stands.get(player) == found:
                self.same_since[player].add(self.run_id)
            else:
                self.same_since[player] = {self.run_id}
                self.changes[player] += 1
            self._stands[player] = found

    def recorded(self, rows: Sequence[Row]) -> None:
        """Note that runs are recorded."""
        self.has_failed = rows[-1]["status"] == "failed"
        self._in_history |= {row["run_id"] for row in rows}
        counted = {row["run_id"] for row in rows if row["status"] in _COUNTS}
        self._recorded |= counted
        while counted and self.when_counted:
            self.when_counted.pop()()

    def announced(self, messages: Sequence[OutgoingMessage]) -> None:
        """Judge completion events."""
        for message in messages:
            event = Phase4Complete.parse(PushMessage(message.data))
            is_known = event.run_id in self._in_history
            self.checks.require(
                Rule.DURABLE_FIRST,
                is_known,
                f"Phase 4 announced the run {event.run_id} before it was recorded",
            )
            self.event = message

    def used(self, request: PredictionRequest) -> None:
        """Judge a shard that was published."""
        is_known = request.feature_run_id in self._recorded
        self.checks.require(
            Rule.DURABLE_FIRST, is_known, f"a shard of run {request.feature_run_id} before it was recorded"
        )
