"""Who was requested, and why nobody may be requested again without a reason."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sim_call import Call, Violation

from shared.messages import PredictionRequest
from shared.outcomes import STAYS_WANTED
from shared.ports import Row

Key = tuple[str, str]


@dataclass
class Requested:
    """The last request that was published for one player and input."""

    request_id: str
    recorded_at: datetime | None = None
    has_failed: bool = False
    done_at: datetime | None = None


@dataclass
class Requests:
    """Follows each request from its publishing to its outcome."""

    in_flight: timedelta
    counts: Counter[Key] = field(default_factory=Counter)
    _last: dict[Key, Requested] = field(default_factory=dict)
    _last_inputs: dict[str, str] = field(default_factory=dict)

    def published(self, call: Call, request: PredictionRequest, now: datetime, is_late: bool) -> None:
        """Judge a shard that was published; a late one, and one that was forced, need no reason."""
        for player in request.players:
            key = (player["player_lookup"], player["input_id"])
            self.counts[key] += not call.is_forced
            if key not in self._last or not (is_late or call.is_forced):
                self._require_reason(call, key, now)
                self._last[key] = Requested(player["request_id"])
            self._last_inputs[key[0]] = key[1]

    def recorded(self, row: Row) -> None:
        """Note that a request was recorded."""
        last = self._last.get((row["player_lookup"], row["input_id"]))
        if last is not None and last.request_id == row["request_id"]:
            last.recorded_at = row["requested_at"]

    def ended(self, row: Row, now: datetime) -> None:
        """Note how a request ended."""
        last = self._last.get((row["player_lookup"], row["input_id"]))
        if last is not None and row["reason"] in STAYS_WANTED:
            last.has_failed = True
        elif last is not None:
            last.done_at = last.done_at or now

    def _require_reason(self, call: Call, key: Key, now: datetime) -> None:
        """A request is repeated if it was never recorded, not answered in time, or failed for a while.

        An input that went and came back is requested again too: readers see what was made in between.
        """
        last = self._last.get(key)
        if last is None or self._last_inputs[key[0]] != key[1]:
            return
        if last.done_at is not None and last.done_at < call.began:
            raise Violation(f"{key[0]} was requested again although he was done")
        if last.recorded_at is None or last.has_failed:
            return
        if now - last.recorded_at < self.in_flight:
            raise Violation(f"{key[0]} was requested again while in flight")
