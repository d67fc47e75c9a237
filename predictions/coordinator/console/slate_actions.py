"""Actions on a whole slate: start, retry, refresh, pause, cancel, resume."""

from collections.abc import Callable, Iterator

from predictions.coordinator.answers import answer_to
from predictions.coordinator.asking import Ask, Caller, Route
from predictions.coordinator.console.orders import Confirmation, Done, Order
from predictions.coordinator.holding import Held
from predictions.coordinator.snapshot import Hold, Snapshot
from predictions.coordinator.wiring import Coordinator
from shared.slate import is_over
from shared.wording import counted

SOURCE = "console"


def _ask(order: Order, route: Route) -> Ask:
    return Ask(order.game_date, route, Caller.PERSON, SOURCE, force=order.force, generation=order.generation)


def plan(route: Route) -> Callable[[Coordinator, Order], Confirmation]:
    """Return what says what a question on this route would start now."""

    def confirm(coordinator: Coordinator, order: Order) -> Confirmation:
        ask = _ask(order, route)
        reply = coordinator.question.plan(ask)
        body = answer_to(ask, reply).body
        if body.get("status") != "would_start":
            said = str(body.get("message", "Everybody is processed already"))
            return Confirmation(
                (f"{said.rstrip('.')}.", "So nothing would be started now; asking is harmless.")
            )
        return Confirmation(tuple(_would_start(reply.snapshot, str(body["message"]))))

    return confirm


def _would_start(snapshot: Snapshot, readiness: str) -> Iterator[str]:
    yield f"{counted(snapshot.wanted, 'forecast')} will be asked for; {readiness}."
    if snapshot.to_skip:
        newcomers = counted(snapshot.to_skip, "player has", "players have")
        yield f"{newcomers} no history and will be skipped for that reason."
    if snapshot.players_waiting:
        waiting = counted(snapshot.players_waiting, "player is", "players are")
        yield f"{waiting} not ready and will stay wanted."


def question(route: Route) -> Callable[[Coordinator, Order], Done]:
    """Return what asks the question on this route."""

    def carry_out(coordinator: Coordinator, order: Order) -> Done:
        ask = _ask(order, route)
        reply = coordinator.question.ask(ask)
        status = str(answer_to(ask, reply).body.get("status", "already_complete"))
        return Done(status, reply.acted.published if reply.acted else 0)

    return carry_out


def refresh(coordinator: Coordinator, order: Order) -> Done:
    """Look for moved lines and news."""
    found = coordinator.refreshes.refresh(order.game_date, Caller.PERSON)
    if found is None:
        return Done("slate_over")
    if found.reply.acted and found.reply.acted.published:
        return Done("refreshed", found.reply.acted.published)
    if found.is_phase4_asked:
        return Done("phase4_asked")
    held = found.reply.snapshot.hold
    return Done(held.value if held else "nothing_new")


def confirm_refresh(coordinator: Coordinator, order: Order) -> Confirmation:
    """Say what a refresh does; a slate whose day is over has none."""
    if is_over(order.game_date, coordinator.clock.now()):
        why = "The day of the slate is over, and what was forecast is graded: no news changes it any more."
        return Confirmation((why,), can_be_done=False)
    return Confirmation(
        (
            "Whose line has moved, or whose status has changed, is forecast again; older forecasts stay.",
            "If a status has changed, Phase 4 is asked for new features, and its event starts the rest.",
        )
    )


def saying(*sentences: str) -> Callable[[Coordinator, Order], Confirmation]:
    """Return what says the same of every slate."""
    return lambda coordinator, order: Confirmation(sentences)


def pause(coordinator: Coordinator, order: Order) -> Done:
    """Let nobody start anything."""
    return _held(coordinator.holds.pause(order.game_date, order.reason, order.by))


def cancel(coordinator: Coordinator, order: Order) -> Done:
    """Call the slate off."""
    return _held(coordinator.holds.cancel(order.game_date, order.reason, order.by))


def _held(held: Held) -> Done:
    hold = held.snapshot.hold or Hold.PAUSED
    return Done(hold.value if held.has_changed else "was_held")


def resume(coordinator: Coordinator, order: Order) -> Done:
    """Release the slate and ask what is wanted."""
    held = coordinator.holds.resume(order.game_date, order.reason, order.by)
    if not held.has_changed:
        return Done("not_held")
    if held.unanswered:
        return Done("resumed_unasked")
    acted = held.reply.acted if held.reply else None
    return Done("started", acted.published) if acted else Done("resumed")
