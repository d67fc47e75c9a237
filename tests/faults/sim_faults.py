"""What may go wrong, and how often in this run. Every fault has a place, by which it can be left out."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sim_dice import Dice
from sim_fates import AIMS, FATES, KILLS, READS, Fate, Fault, FaultKind
from sim_fibre import Step

from shared.ports import Row

CALL_TIMEOUT_SECONDS = 30.0
_SLOW_FROM_SECONDS = 3.0
_RATES = (0.0, 0.02, 0.05, 0.05, 0.1, 0.1, 0.2)
_READS_SPARED = 0.7  # little happens at them, so that faults are better spent elsewhere


@dataclass
class Chaos:
    """The faults of one run: how many, and which kinds (each run leaves some out, so that the others meet).

    Each run also aims one fault at one boundary, by its seed, so that all of them are hit. With `only`,
    nothing is drawn: what is listed goes wrong at its place, and nothing else does.
    """

    dice: Dice
    only: frozenset[Fault] | None = None
    faults: list[Fault] = field(default_factory=list)
    events: list[Fault] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    is_over: bool = False
    poison: Fault | None = None

    def __post_init__(self) -> None:
        random = self.dice.of("chaos")
        self._rate = random.choice(_RATES)
        self._slow_rate = random.choice((0.0, 0.02, 0.1))
        self.delivery_rate = random.choice((0.0, 0.05, 0.2))
        kinds = [fate for fate in Fate if fate is not Fate.DONE]
        self._kinds = set(random.sample(kinds, random.randint(2, len(kinds))))
        rounds, aim = divmod(self.dice.seed, len(AIMS))
        self._aim, aimed = AIMS[aim]
        self._aimed = aimed or KILLS[rounds % len(KILLS)]
        self._misses = random.choice((0, 0, 1))

    def strikes(self, place: str, kind: FaultKind | Fate, chance: float) -> bool:
        """Draw whether something goes wrong at a place."""
        if self.is_over:
            return False
        fault = Fault(place, kind.value)
        if fault in self.only if self.only is not None else self.dice.of(*fault).random() < chance:
            self.faults.append(fault)
            return True
        return False

    def happens(self, place: str, what: str) -> bool:
        """Say whether something that the run has planned takes place: no fault, but it may be left out."""
        event = Fault(place, what)
        if self.only is not None and event not in self.only:
            return False
        self.events.append(event)
        return True

    def fate(self, actor: str, place: str, step: Step[Any]) -> Fate:
        """Draw what becomes of a step that an instance is about to make."""
        possible = FATES.get(step.verb, ())
        if self._is_poisoned(step):
            return Fate.FAILED
        if self.only is not None:
            return next((fate for fate in possible if self.strikes(place, fate, 1)), Fate.DONE)
        if self._is_aimed_at(actor, place, step) and self.strikes(place, self._aimed, 1):
            return self._aimed
        random = self.dice.of(place)
        spared = step.verb in READS and random.random() < _READS_SPARED
        possible = tuple(fate for fate in possible if fate in self._kinds)
        if spared or not possible or random.random() >= self._rate:
            return Fate.DONE
        fate = random.choice(possible)
        return fate if self.strikes(place, fate, 1) else Fate.DONE

    def latency(self, place: str) -> float:
        """Draw how many seconds a step takes, always under the timeout of a call."""
        random = self.dice.of(place, "seconds")
        if self.strikes(place, FaultKind.SLOW, self._slow_rate):
            return random.uniform(_SLOW_FROM_SECONDS, CALL_TIMEOUT_SECONDS - 2)
        return random.choice((0.05, 0.5, 2.0)) * random.random()

    def _is_aimed_at(self, actor: str, place: str, step: Step[Any]) -> bool:
        """Say whether this is the step that the run aims at; it lets some go by, and hits once."""
        if place == self._aim:
            return True
        if f"{actor[0]} {step.target}" == self._aim:
            self._misses -= 1
            return self._misses == -1
        return False

    def _is_poisoned(self, step: Step[Any]) -> bool:
        """Say whether a worker is about to write or announce what is refused for ever."""
        if self.poison is None:
            return False
        is_write = step.verb == "append" and step.target == "player_prop_predictions"
        if self.poison.kind == FaultKind.WRITE_REFUSED:
            return is_write and any(_names(row, self.poison.place) for row in step.about)
        is_announcement = step.verb == "publish" and step.target == "prediction-ready-prod"
        return is_announcement and any(self.poison.place.encode() in message.data for message in step.about)


def _names(row: Row, lookup: str) -> bool:
    return bool(row["player_lookup"] == lookup)
