"""What people can ask for from the console, as values: an order, what is said before, what it came to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from predictions.coordinator.wiring import Coordinator
from shared.errors import InvalidRequest

REASON_CHARACTERS = 300
UNSEEN = -1  # no slate's generation: a form that does not say what its page saw acts on none
_ABOUT_CHARACTERS = 1024
_GENERATION_DIGITS = 18


@dataclass(frozen=True)
class Order:
    """One action on one slate, by whom; `about` is the player or the message that it is about.

    `generation` is that of the slate which the page showed that asked for it.
    """

    game_date: date
    by: str
    about: str = ""
    force: bool = False
    reason: str | None = None
    generation: int = UNSEEN


@dataclass(frozen=True)
class Confirmation:
    """What a person reads before: sentences about what will happen, and whether it can be done at all."""

    sentences: tuple[str, ...]
    can_be_done: bool = True


@dataclass(frozen=True)
class Done:
    """What it came to: a code of NOTICES, a count for it, and the lookup of the player it was about."""

    notice: str
    count: int = 0
    player_lookup: str = ""


@dataclass(frozen=True)
class Action:
    """One action. `about` names the parameter that says what it is about, if it needs one.

    One that acts on the slate is carried out on the slate that its page saw alone, so once.
    """

    name: str
    label: str
    title: str
    confirm: Callable[[Coordinator, Order], Confirmation]
    carry_out: Callable[[Coordinator, Order], Done]
    about: str = ""
    takes_reason: bool = False
    takes_force: str = ""
    acts_on_slate: bool = True


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
    return Order(game_date, by, about, form.get("force") == "yes", reason or None, _generation(form))


def _generation(form: Mapping[str, str]) -> int:
    written = form.get("generation", "")
    is_number = written.isascii() and written.isdecimal() and len(written) <= _GENERATION_DIGITS
    return int(written) if is_number else UNSEEN
