"""Actions on one player, and on one dead letter."""

from collections.abc import Mapping
from typing import Any

from predictions.coordinator.console.orders import Confirmation, Done, Order
from predictions.coordinator.dead_letter_office import Dealt
from predictions.coordinator.wiring import Coordinator


def confirm_player(coordinator: Coordinator, order: Order) -> Confirmation:
    """Say where he stands, and whether he can be asked for; raises as `find_player`."""
    case = coordinator.players.wish(order.game_date, order.about)
    said = (case.explanation.sentence,)
    if not case.can_be_requested or case.row is None:
        return Confirmation((*said, f"So he cannot be asked for. {case.explanation.next_step}"), False)
    forecast = "His forecast of now is superseded by the new one." if case.row["forecast_at"] else ""
    asks = f"{case.player_name} will be asked for alone, from what is known now. {forecast}"
    return Confirmation((*said, asks.strip()))


def predict(coordinator: Coordinator, order: Order) -> Done:
    """Ask for him; raises as `PlayerDesk.predict`."""
    requested = coordinator.players.predict(order.game_date, order.about, order.by, order.generation)
    found = requested.case.player_lookup
    if requested.batch_id is None:
        return Done("player_not_asked", player_lookup=found)
    notice = "player_behind" if requested.features_are_behind else "player_asked"
    return Done(notice, player_lookup=found)


def confirm_replay(coordinator: Coordinator, order: Order) -> Confirmation:
    """Say where the message came from and where it would go; NotFound for one that is not there."""
    letter = coordinator.dead_letter_office.shown(order.game_date, order.about)
    about = _given_up(letter)
    if letter["replay_refused"]:
        return Confirmation((about, f"It cannot be sent again: {letter['replay_refused']}."), False)
    return Confirmation((about, f"It will be published again to {letter['topic']}, as it was."))


def confirm_discard(coordinator: Coordinator, order: Order) -> Confirmation:
    """Say where the message came from; NotFound for one that is not there."""
    letter = coordinator.dead_letter_office.shown(order.game_date, order.about)
    about = _given_up(letter)
    return Confirmation((about, "It will be put away: it stays stored, and waits for no decision any more."))


def replay(coordinator: Coordinator, order: Order) -> Done:
    """Publish it again."""
    return _dealt(
        coordinator.dead_letter_office.replay(order.game_date, [order.about], force=False), "replayed"
    )


def discard(coordinator: Coordinator, order: Order) -> Done:
    """Write down that nothing is to be done with it."""
    return _dealt(
        coordinator.dead_letter_office.discard(order.game_date, [order.about], force=False), "discarded"
    )


def _given_up(letter: Mapping[str, Any]) -> str:
    return f"The message came from {letter['source_subscription']} and was given up: {letter['reason']}."


def _dealt(dealt: Dealt, notice: str) -> Done:
    if dealt.failed:
        return Done("letter_failed")
    return Done(notice if dealt.done else "letter_refused")
