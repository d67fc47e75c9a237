"""What people can ask for from the console, as values: an order, what is said before, what it came to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from predictions.coordinator.wiring import Coordinator
from shared.errors import InvalidRequest

REASON_CHARACTERS = 300
_ABOUT_CHARACTERS = 1024


@dataclass(frozen=True)
class Order:
    """One action on one slate, by whom; `about` is the player or the message that it is about."""

    game_date: date
    by: str
    about: str = ""
    force: bool = False
    reason: str | None = None


@dataclass(frozen=True)
class Confirmation:
    """What a person reads before: sentences about what will happen, and whether it can be done at all."""

    sentences: tuple[str, ...]
    can_be_done: bool = True


@dataclass(frozen=True)
class Done:
    """What it came to: a code of NOTICES, and a count for it."""

    notice: str
    count: int = 0


@dataclass(frozen=True)
class Action:
    """One action. `about` names the parameter that says what it is about, if it needs one."""

    name: str
    label: str
    title: str
    confirm: Callable[[Coordinator, Order], Confirmation]
    carry_out: Callable[[Coordinator, Order], Done]
    about: str = ""
    takes_reason: bool = False
    takes_force: str = ""


def read_order(
    action: Action, game_date: date, by: str, query: Mapping[str, str], form: Mapping[str, str]
) -> Order:
    """Read an order from the address and the form; raise InvalidRequest for one that is about nothing."""
    about = query.get(action.about, "") if action.about else ""
    if action.about and not 0 < len(about) <= _ABOUT_CHARACTERS:
        raise InvalidRequest(action.about, "is required")
    reason = form.get("reason", "").strip()
    if len(reason) > REASON_CHARACTERS:
        raise InvalidRequest("reason", f"must have {REASON_CHARACTERS} characters at most")
    return Order(game_date, by, about, form.get("force") == "yes", reason or None)
