"""Who was requested, and why nobody may be requested again without a reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sim_call import Call
from sim_rules import Checks, Rule

from shared.messages import PredictionRequest
from shared.outcomes import STAYS_WANTED
from shared.ports import Row

Key = tuple[str, str]


@dataclass
class Requested:
    """What became of the requests for one player and input."""

    request_id: str
    times: int = 1
    recorded_at: datetime | None = None
    has_failed: bool = False
    done_at: datetime | None = None
    recorded: dict[str, datetime] = field(default_factory=dict)
    failed_at: datetime | None = None

    def again(self, request_id: str) -> None:
        """Another request is the last one now."""
        self.request_id, self.recorded_at, self.has_failed, self.done_at = request_id, None, False, None
        self.times += 1

    def has_used_up(self, limit: int, before: datetime) -> bool:
        """Say whether as many requests as may be were recorded, and one failed, before a moment."""
        recorded = sum(moment < before for moment in self.recorded.values())
        return recorded >= limit and self.failed_at is not None and self.failed_at < before


@dataclass
class Requests:
    """Follows each request from its publishing to its outcome."""

    checks: Checks
    in_flight: timedelta
    limit: int
    reasons: Counter[str] = field(default_factory=Counter)
    inputs: dict[tuple[str, float], set[str]] = field(default_factory=dict)
    forced: Counter[str] = field(default_factory=Counter)
    _all: dict[Key, Requested] = field(default_factory=dict)
    _published: set[str] = field(default_factory=set)
    _last_inputs: dict[tuple[str, float], str] = field(default_factory=dict)

    def of(self, key: Key) -> Requested | None:
        """Return what became of the requests for a player and input."""
        return self._all.get(key)

    def is_all_done(self, player: str) -> bool:
        """Say whether he was requested, and each of his last inputs has an end."""
        last = [(name, input_id) for (name, _), input_id in self._last_inputs.items() if name == player]
        return bool(last) and all(self._all[key].done_at is not None for key in last)

    def published(self, call: Call, request: PredictionRequest, now: datetime, is_late: bool) -> None:
        """Judge a shard that was published; a late one, and one that was forced, need no reason."""
        for player in request.players:
            key = (player["player_lookup"], player["input_id"])
            line = (player["player_lookup"], player["line_offset"])
            found = self._all.get(key)
            self._published.add(player["request_id"])
            if found is None:
                self._all[key] = Requested(player["request_id"])
            elif not (is_late or call.is_forced):
                self.reasons[self._reason(call, key, line, found, now)] += 1
                found.again(player["request_id"])
            self._last_inputs[line] = key[1]
            self.inputs.setdefault(line, set()).add(key[1])
            self.forced[player["player_lookup"]] += call.is_forced

    def recorded(self, rows: Sequence[Row], now: datetime) -> None:
        """Judge requests that were recorded."""
        for row in rows:
            is_out = row["request_id"] in self._published
            self.checks.require(
                Rule.DURABLE_FIRST, is_out, f"{row['player_lookup']} was recorded as requested, and was not"
            )
            found = self._all[(row["player_lookup"], row["input_id"])]
            found.recorded.setdefault(row["request_id"], now)
            if found.request_id == row["request_id"]:
                found.recorded_at = row["requested_at"]

    def ended(self, rows: Sequence[Row], now: datetime) -> None:
        """Note how requests ended."""
        for row in rows:
            found = self._all.get((row["player_lookup"], row["input_id"]))
            if found is not None and row["reason"] in STAYS_WANTED:
                found.has_failed, found.failed_at = True, found.failed_at or now
            elif found is not None:
                found.done_at = found.done_at or now

    def _reason(self, call: Call, key: Key, line: tuple[str, float], found: Requested, now: datetime) -> str:
        """A request is repeated if it was never recorded, not answered in time, or failed for a while.

        An input that went and came back is requested again too: readers see what was made in between.
        """
        require, who = self.checks.require, key[0]
        if self._last_inputs[line] != key[1]:
            return "an input came back"
        is_done = found.done_at is not None and found.done_at < call.began
        require(Rule.FEW_REQUESTS, not is_done, f"{who} was requested again although he was done")
        is_used_up = found.has_used_up(self.limit, call.began)
        require(Rule.FEW_REQUESTS, not is_used_up, f"{who} was requested more than {self.limit} times")
        if found.recorded_at is None:
            return "it was never recorded"
        if found.has_failed:
            return "it failed"
        is_too_early = now - found.recorded_at < self.in_flight
        require(Rule.FEW_REQUESTS, not is_too_early, f"{who} was requested again while in flight")
        return "it was not answered in time"
