"""Why has this player a forecast, or none? The rules, walked in the order in which they are applied. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from predictions.coordinator import answer_rules, readiness_rules
from predictions.coordinator.snapshot import Snapshot
from predictions.coordinator.verdicts import NOTHING, Ending, Found, Why
from shared.outcomes import Outcome
from shared.ports import Row


@dataclass(frozen=True)
class Step:
    """One rule, whether he passes it (None: it was not reached, or does not apply), and what was found."""

    rule: str
    is_ok: bool | None
    detail: str


@dataclass(frozen=True)
class Explanation:
    """What decides about a player: a word for machines, a sentence, what to do, and every rule on the way."""

    verdict: str
    sentence: str
    next_step: str
    steps: tuple[Step, ...]


_RULES: tuple[tuple[str, Callable[[Row, Snapshot], Found]], ...] = (
    ("hold", readiness_rules.hold),
    ("games", readiness_rules.games),
    ("slate", readiness_rules.place),
    ("status", readiness_rules.status),
    ("minutes", readiness_rules.minutes),
    ("phase4", readiness_rules.phase4),
    ("features", readiness_rules.features),
    ("ready", readiness_rules.ready),
    ("request", answer_rules.requested),
    ("in_flight", answer_rules.in_flight),
    ("answer", answer_rules.answered),
    ("current", answer_rules.current),
    ("release", answer_rules.release),
)
_OF_THE_SLATE = ("hold", "games")
_LAST = _RULES[-1][0]


def explain(row: Row | None, snapshot: Snapshot) -> Explanation:
    """Walk the rules for one row of player_states.sql (None: he is not on the slate) and say which decides.

    A forecast of his current input decides whatever the rules before it say now: it is there, and they are
    why there will be no other.
    """
    steps: list[Step] = []
    decided: Ending | None = None
    for rule, ask in _RULES:
        if decided is not None:
            steps.append(Step(rule, None, "not reached"))
            continue
        found = _before_the_slate(rule, row) or ask(row or {}, snapshot)
        steps.append(Step(rule, found.is_ok, found.detail))
        decided = None if _is_outweighed(rule, row) else found.ending
    if decided is None:
        raise AssertionError("the last rule always decides")
    name = row["player_name"] if row else "This player"
    yet = _reservation(decided, steps)
    return Explanation(
        decided.verdict.value, f"{name} {decided.sentence}{yet}.", decided.next_step, tuple(steps)
    )


def explain_over(explanation: Explanation, player_name: str) -> Explanation:
    """Say why nobody is forecast again once his slate's day is over, whatever the rules came to."""
    sentence = (
        f"{player_name} is not forecast again: the day of the slate is over, and what was forecast is graded."
    )
    return replace(explanation, verdict=Why.SLATE_OVER.value, sentence=sentence, next_step=NOTHING)


def has_current_forecast(row: Row | None) -> bool:
    """Say whether the input that he has now was forecast, and readers see that forecast."""
    return row is not None and row["outcome"] == Outcome.PREDICTED.value and bool(row["is_terminal"])


def _before_the_slate(rule: str, row: Row | None) -> Found | None:
    """Who is not on the slate passes no rule about himself."""
    if row is not None or rule in _OF_THE_SLATE:
        return None
    ending = Ending(
        Why.NOT_ON_SLATE,
        "is not on the slate",
        "If he plays, Phase 3 has to put him on the slate; then POST /retry.",
    )
    return Found(False, "nobody of this name is on the slate", ending)


def _is_outweighed(rule: str, row: Row | None) -> bool:
    return has_current_forecast(row) and rule != _LAST


def _reservation(decided: Ending, steps: list[Step]) -> str:
    if decided.verdict not in (Why.PREDICTED, Why.HELD_BACK):
        return ""
    against = [step.detail for step in steps[:-1] if step.is_ok is False]
    return f"; there will be no other while this holds: {', '.join(against)}" if against else ""
