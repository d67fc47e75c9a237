"""What may go wrong at a step, and how often in this run."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any

from sim_fibre import Step


class Fate(StrEnum):
    """What becomes of a step."""

    DONE = "done"
    FAILED = "failed"  # nothing happened, and the caller learns of an error
    LOST = "answer lost"  # it happened, and the caller learns of an error
    LATE = "late"  # the caller learns of an error, and it happens after that
    IN_PART = "in part"  # some messages were taken, the others refused
    UNACKNOWLEDGED = "acknowledgement lost"  # a push was answered, and the bus never learns of it
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    STALLED = "stalled"  # it happened, and the process stands still for minutes before it goes on


_KILLS = (Fate.KILLED_BEFORE, Fate.KILLED_AFTER)
_WRITES = (Fate.FAILED, Fate.LOST, Fate.LATE, Fate.STALLED, *_KILLS)
_FATES: dict[str, tuple[Fate, ...]] = {
    "query": (Fate.FAILED, Fate.STALLED, Fate.KILLED_BEFORE),
    "execute": _WRITES,
    "append": _WRITES,
    "publish": (*_WRITES, Fate.IN_PART),
    "send": (Fate.FAILED, Fate.LOST, Fate.STALLED, *_KILLS),
    "answer": (Fate.UNACKNOWLEDGED, Fate.KILLED_BEFORE),
    "sleep": (Fate.KILLED_BEFORE,),
    "replace": (Fate.FAILED, Fate.LOST, *_KILLS),
}
CALL_TIMEOUT_SECONDS = 30.0
SLOW_FROM_SECONDS = 3.0
_RATES = (0.0, 0.02, 0.05, 0.05, 0.1, 0.1, 0.2)
_AIMS = (
    "c claim",
    "c prediction-request-prod",
    "c prediction_requests",
    "c prediction_outcomes",
    "c release",
    "c processor_run_history",
    "c finish",
    "c raise_alert",
    "c send",
    "c alerts",
    "w player_prop_predictions",
    "w prediction_outcomes",
    "w prediction-ready-prod",
    "w answer",
)
_READS = ("query", "sleep")  # nothing happens at them, so that faults are better spent elsewhere
_READS_SPARED = 0.7


@dataclass
class Chaos:
    """The faults of one run: how many, and which kinds (each run leaves some out, so that the others meet).

    Each run also aims one kill at one boundary, by its seed, so that all of them are hit.
    """

    seed: int
    random: Random
    counts: Counter[str] = field(default_factory=Counter)
    is_over: bool = False

    def __post_init__(self) -> None:
        self.rate = self.random.choice(_RATES)
        self.slow_rate = self.random.choice((0.0, 0.02, 0.1))
        self.disturbance_rate = self.random.choice((0.0, 0.05, 0.2))
        kinds = [fate for fate in Fate if fate is not Fate.DONE]
        self.kinds = set(self.random.sample(kinds, self.random.randint(2, len(kinds))))
        kills, aim = divmod(self.seed, len(_AIMS))
        self._aim, self._kill = _AIMS[aim], _KILLS[kills % len(_KILLS)]
        self._misses = self.random.choice((0, 0, 1))

    def fate(self, actor: str, step: Step[Any]) -> Fate:
        """Draw what becomes of a step that an instance is about to make."""
        if self._is_aimed_at(actor, step):
            return self._count(self._kill)
        likely = self.random.random() < self.rate
        spared = step.verb in _READS and self.random.random() < _READS_SPARED
        possible = [fate for fate in _FATES[step.verb] if fate in self.kinds]
        if self.is_over or not likely or spared or not possible:
            return Fate.DONE
        return self._count(self.random.choice(possible))

    def _is_aimed_at(self, actor: str, step: Step[Any]) -> bool:
        """Say whether this is the step that the run aims at; it lets some go by, and hits once."""
        if f"{actor[0]} {step.target}" == self._aim:
            self._misses -= 1
            return self._misses == -1
        return False

    def latency(self) -> float:
        """Draw how many seconds a step takes, always under the timeout of a call."""
        if not self.is_over and self.random.random() < self.slow_rate:
            self.counts["slow"] += 1
            return self.random.uniform(SLOW_FROM_SECONDS, CALL_TIMEOUT_SECONDS - 2)
        return self.random.choice((0.05, 0.5, 2.0)) * self.random.random()

    def lateness(self, taken: float) -> float:
        """Draw after how many more seconds a late step happens, within the timeout of the call."""
        return self.random.uniform(0.1, CALL_TIMEOUT_SECONDS - taken - 1)

    def stall(self) -> float:
        """Draw for how many seconds a process stands still; a lease may run out meanwhile."""
        return self.random.uniform(20, 200)

    def transport(self) -> float:
        """Draw how many seconds a delivery is under way; some overtake others, some take minutes."""
        if self.is_over or self.random.random() >= self.disturbance_rate:
            return self.random.uniform(0.05, 2)
        if self.random.random() < 0.7:
            return self.random.uniform(2, 60)
        self.counts["delayed"] += 1
        return self.random.uniform(60, 700)

    def repeats(self) -> bool:
        """Draw whether a delivery is made twice."""
        if self.is_over or self.random.random() >= self.disturbance_rate / 2:
            return False
        self.counts["duplicated"] += 1
        return True

    def _count(self, fate: Fate) -> Fate:
        self.counts[fate.value] += 1
        return fate
