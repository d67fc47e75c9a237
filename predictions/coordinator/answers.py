"""From what a question came to, to what its caller is told: the status table of the routes. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from predictions.coordinator.acting import Reply
from predictions.coordinator.asking import Ask, Caller, Route
from predictions.coordinator.counts import phase4_status, retry_counts, start_counts
from predictions.coordinator.planning import Verdict

Body = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """An HTTP status, a JSON body, and whether the caller should come again soon."""

    status: int
    body: Body
    comes_again: bool = False


def answer_to(ask: Ask, reply: Reply) -> Answer:
    """Look the reply up in the status table."""
    common = {"game_date": ask.game_date.isoformat(), "trigger_source": ask.trigger_source}
    found = _ANSWERS[reply.decision.verdict](ask, reply)
    return Answer(found.status, found.body | common, found.comes_again)


def _no_games(ask: Ask, reply: Reply) -> Answer:
    message = "No games on this slate"
    return Answer(200, {"status": "complete", "message": message, "players_processed": 0})


def _busy(ask: Ask, reply: Reply) -> Answer:
    body = {"status": "in_progress", "message": "Another request is starting this slate's batch"}
    is_person = ask.caller is Caller.PERSON
    return Answer(200, body) if is_person else Answer(503, body, comes_again=True)


def _settled(ask: Ask, reply: Reply) -> Answer:
    done = reply.snapshot.processed
    if ask.route is Route.TRIGGER:
        return Answer(204, {})
    if ask.route is Route.START:
        failed = reply.snapshot.failed
        message = f"All {done} players already processed"
        message += f"; {failed} failed, which force requests again" if failed else ""
        return Answer(200, {"status": "already_complete", "message": message})
    if not reply.snapshot.expected:
        message = "No matching players found for retry"
        return Answer(200, {"status": "no_data", "message": message, "players_requested": 0})
    message = "All available players already processed"
    return Answer(200, {"status": "complete", "message": message, "players_processed": done})


def _under_floor(ask: Ask, reply: Reply) -> Answer:
    if ask.route in (Route.RETRY, Route.REFRESH):
        return _not_ready(ask, reply)
    readiness = reply.decision.readiness
    message = readiness.message
    if reply.waited_seconds:
        message += f", after waiting {reply.waited_seconds / 60:.0f} minutes"
    body = {
        "status": "insufficient_data",
        "message": message,
        "phase4_status": phase4_status(readiness),
    }
    is_start = ask.route is Route.START
    return Answer(503 if is_start else 200, body, comes_again=is_start)


def _in_flight(ask: Ask, reply: Reply) -> Answer:
    snapshot = reply.snapshot
    body = {
        "status": "in_progress",
        "message": f"{snapshot.requests_in_flight} requests are in flight",
        "players_processed": snapshot.processed,
        "players_in_flight": snapshot.requests_in_flight,
    }
    return Answer(200, body)


def _not_ready(ask: Ask, reply: Reply) -> Answer:
    snapshot = reply.snapshot
    pending = snapshot.expected - snapshot.terminal
    body = {
        "status": "waiting_for_phase4",
        "message": f"{pending} players waiting for Phase 4 completion",
        "players_processed": snapshot.processed,
        "players_pending": pending,
    }
    return Answer(200, body)


def _acted(ask: Ask, reply: Reply) -> Answer:
    acted = reply.acted
    if acted is None:
        return _planned(ask, reply)
    body: Body = {"status": "started", "batch_id": acted.batch_id}
    is_start = ask.route not in (Route.RETRY, Route.REFRESH)
    body |= start_counts(reply.snapshot, acted) if is_start else retry_counts(acted)
    if acted.failures:
        body["players_not_published"] = acted.wanted - acted.published
    return Answer(202, body)


def _planned(ask: Ask, reply: Reply) -> Answer:
    snapshot = reply.snapshot
    body = {
        "status": "would_start",
        "message": reply.decision.readiness.message,
        "players_wanted": snapshot.wanted,
        "players_to_skip": snapshot.to_skip,
    }
    return Answer(200, body)


def _waiting(ask: Ask, reply: Reply) -> Answer:
    message = f"{reply.decision.readiness.message}; the scheduler would wait"
    return Answer(200, {"status": "waiting_for_phase4", "message": message})


def _paused(ask: Ask, reply: Reply) -> Answer:
    message = f"The slate is {_held(reply)}; /resume asks again for what is wanted then"
    return Answer(200, {"status": "paused", "message": message})


def _cancelled(ask: Ask, reply: Reply) -> Answer:
    message = f"The slate is {_held(reply)}; nobody is wanted until /resume"
    return Answer(200, {"status": "cancelled", "message": message})


def _held(reply: Reply) -> str:
    """Say by whom a slate is held, and why."""
    held = reply.snapshot
    reason = f" ({held.hold_reason})" if held.hold_reason else ""
    return f"{held.hold} by {held.held_by}{reason}"


_ANSWERS: dict[Verdict, Callable[[Ask, Reply], Answer]] = {
    Verdict.NO_GAMES: _no_games,
    Verdict.BUSY: _busy,
    Verdict.SETTLED: _settled,
    Verdict.UNDER_FLOOR: _under_floor,
    Verdict.WAIT: _waiting,
    Verdict.IN_FLIGHT: _in_flight,
    Verdict.NOT_READY: _not_ready,
    Verdict.ACT: _acted,
    Verdict.PAUSED: _paused,
    Verdict.CANCELLED: _cancelled,
}
