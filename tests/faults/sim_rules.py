"""What must hold, a sentence each, and how often it was looked at."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Rule(StrEnum):
    """The promises that no run may break."""

    ONE_OUTCOME = "every expected player has exactly one terminal outcome for the newest feature run"
    ONE_FORECAST = "readers see one forecast per player, system and line, made from the newest inputs"
    DURABLE_FIRST = "nothing is acknowledged, announced or recorded as done before it is"
    ONE_OWNER = "only the holder of a live lease acts on a slate or changes its state"
    FINISHED_ONCE = "a batch finishes once, and its run history says how, read once by its run id"
    ALERTED_ONCE = "an alert is raised once per slate and kind until it is over, sent once but for crashes"
    RESOLVED = "an alert whose cause is over is told to be"
    HELD = "nobody claims a slate while it is held"
    FEW_REQUESTS = "nobody is requested again without a reason, or more often than the limit"
    KNOWN_ANSWERS = "every call is answered, with a status that its caller knows what to do with"
    REFRESHED = "the features end up knowing every player's status, and what they replace of forecasts stays"
    UNMOVED = "nobody is requested for another input unless his line, his status or his features have changed"
    SETTLES = "the slate settles by itself once the faults stop"


class Violation(Exception):
    """Something happened that must never happen."""

    def __init__(self, rule: Rule, what: str) -> None:
        super().__init__(what)
        self.rule = rule


@dataclass
class Checks:
    """Counts the looks at each rule."""

    held: Counter[Rule] = field(default_factory=Counter)
    broken: list[Violation] = field(default_factory=list)

    def require(self, rule: Rule, holds: bool, what: str) -> None:
        """Raise a Violation that says what is wrong, unless the rule holds."""
        if not holds:
            raise Violation(rule, what)
        self.held[rule] += 1

    def judge(self, rule: Rule, holds: bool, what: str) -> None:
        """Note what is wrong and go on, unless the rule holds."""
        try:
            self.require(rule, holds, what)
        except Violation as violation:
            self.broken.append(violation)
