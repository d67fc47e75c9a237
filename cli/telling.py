"""What a question came to, in sentences: what happened, and what to type next."""

from collections.abc import Callable, Iterator, Mapping

import click
from rich.console import Console, RenderableType

from cli.render import readable
from local.client import Body
from shared.wording import counted

WATCH = "nba-props status --watch"
_NEXT: Mapping[str, str] = {
    "started": f"Follow it: {WATCH}",
    "already_complete": "Everybody again all the same: nba-props start --force",
    "in_progress": f"Follow it: {WATCH}",
    "insufficient_data": "Run Phase 4 (nba-props phase4), or see who is not ready: nba-props status",
    "waiting_for_phase4": "Why one of them is not ready: nba-props explain PLAYER",
    "would_start": "Do it: nba-props start",
    "paused": "Let it go on: nba-props resume",
    "cancelled": "Take it back: nba-props resume",
}


def tell(*parts: RenderableType) -> None:
    """Print sentences, one a line, and tables; an empty sentence is left out."""
    for part in parts:
        if not isinstance(part, str):
            Console().print(part)
        elif part:
            click.echo(readable(part))


def told_answer(body: Body) -> Iterator[str]:
    """Tell what a start, a retry or a plan was answered, and what to do next."""
    yield _sentence(body)
    yield _NEXT.get(body["status"], "")


def told_refreshed(body: Body) -> tuple[str, ...]:
    """Tell what a refresh has found and done."""
    moved, ruled_out = body["lines_moved"], body["ruled_out"]
    statuses = counted(body["statuses_changed"], "status", "statuses")
    return (
        f"{body['game_date']}: {counted(moved, 'line')} moved, {statuses} changed.",
        f"Ruled out: {', '.join(ruled_out)}." if ruled_out else "",
        "Phase 4 computes the features again; whom it changes follows." if body["phase4_asked"] else "",
        _requested(body) if body.get("batch_id") else str(body.get("message", "")),
        _NEXT["started"] if body.get("batch_id") else "",
    )


def told_held(body: Body) -> Iterator[str]:
    """Tell whether a slate is held, and what the end of its hold has started."""
    yield f"{body['game_date']}: {_whole(body['message'])}"
    if body.get("started"):
        yield from told_answer(body["started"])
    else:
        yield _NEXT.get(str(body["hold"]), "")


def _sentence(body: Body) -> str:
    make = _SENTENCES.get(body["status"])
    told = str(body.get("message", body["status"]))
    return make(body) if make else f"{body['game_date']}: {_whole(told)}"


def _whole(sentence: str) -> str:
    return sentence if sentence.endswith(".") else f"{sentence}."


def _requested(body: Body) -> str:
    counts = ("players_processed_this_batch", "players_retry_requested", "players_requested")
    number = next((body[name] for name in counts if name in body), 0)
    lost = body.get("players_not_published", 0)
    left = f"; {lost} could not be published, which the next retry asks for again" if lost else ""
    return f"{body['game_date']}: batch {body['batch_id']} asks for {counted(number, 'player')}{left}."


def _planned(body: Body) -> str:
    skipped = f" and close {body['players_to_skip']}" if body["players_to_skip"] else ""
    wanted = counted(body["players_wanted"], "player")
    return f"{body['game_date']}: {body['message']}; a start would ask for {wanted}{skipped}."


_SENTENCES: dict[str, Callable[[Body], str]] = {"started": _requested, "would_start": _planned}
