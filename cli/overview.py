"""A slate's status as somebody reads it: a sentence, counts, the time that is left, batches, next step."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.render import as_text
from local.client import Body
from shared.wording import counted, eastern_time

COUNTS = ("expected", "ready", "wanted", "in_flight", "predicted", "skipped", "failed")
_COLOURS = {"complete": "green", "partial": "yellow", "failed": "red", "paused": "yellow", "cancelled": "dim"}
_NEXT = {
    "partial": "Who is missing, and why: nba-props explain PLAYER; ask again: nba-props retry",
    "failed": "Ask again: nba-props retry",
    "paused": "Let it go on: nba-props resume",
    "cancelled": "Take it back: nba-props resume",
}


def overview(body: Body) -> RenderableType:
    """Return what is shown of a status."""
    return Group(_headline(body), _counts(body), *_facts(body), *_batches(body), *_next_step(body))


def state_sentence(body: Body) -> str:
    """Say in a sentence where a slate stands."""
    state, expected = str(body["state"]), body["expected"]
    if state in ("paused", "cancelled"):
        return _held(body)
    if not expected and state != "failed":
        return f"{state}: nobody is expected on this slate"
    answered = expected - body["gap"]["players"]
    missing = counted(body["gap"]["players"], "player")
    return {
        "waiting": f"waiting: {_waited_for(body)}",
        "claimed": "claimed: somebody is starting a batch",
        "predicting": f"predicting: {answered} of {expected} expected players are done",
        "complete": f"complete: all {expected} expected players are done",
        "partial": f"partial: it has ended, and {missing} had no features in time",
        "failed": f"failed: {_failure(body)}",
    }.get(state, state)


def _held(body: Body) -> str:
    """Say how a slate is held, by whom and why."""
    by = f" by {body['held_by']}" if body.get("held_by") else ""
    return f"{body['hold']}{by}" + (f": {body['hold_reason']}" if body.get("hold_reason") else "")


def _waited_for(body: Body) -> str:
    if body["newest_run"]["run_id"] is None:
        return "Phase 4 has not run"
    if body["wanted"]:
        return f"{counted(body['wanted'], 'player')} wanted, and nobody has asked yet"
    return f"{body['ready']} of {body['expected']} expected players are ready"


def _failure(body: Body) -> str:
    collapsed = body["judgement"] not in (None, "sound")
    return f"the forecasts are {body['judgement']}, and kept back" if collapsed else "nobody has a forecast"


def _headline(body: Body) -> Text:
    colour = _COLOURS.get(body["state"], "cyan")
    return Text.assemble(as_text(body["game_date"], "bold"), "  ", as_text(state_sentence(body), colour))


def _counts(body: Body) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0))
    for name in COUNTS:
        table.add_column(name.replace("_", " "), justify="right", no_wrap=True)
    table.add_row(*(f"{_number(body[name]):d}" for name in COUNTS))
    return table


def _number(value: int | Mapping[str, int]) -> int:
    return sum(value.values()) if isinstance(value, Mapping) else value


def _facts(body: Body) -> Iterator[Table]:
    facts = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    if body.get("hold") not in (None, body["state"]):
        facts.add_row("held", as_text(_held(body)))
    facts.add_row("deadline", _deadline(body))
    if body["projected_completion"]:
        facts.add_row("projected", _clock(body["projected_completion"]))
    if body["finished_at"]:
        took = body["seconds_from_event_to_completion"]
        after = f", {took:.1f} s after its event" if took is not None else ""
        facts.add_row("ended", f"{_clock(body['finished_at'])}{after}")
    for name, reasons in (("skipped", "skipped"), ("failed", "failed"), ("not ready", "not_ready")):
        if body[reasons]:
            facts.add_row(name, as_text(", ".join(f"{n} {reason}" for reason, n in body[reasons].items())))
    facts.add_row("alerts", as_text(", ".join(body["alerts"]) or "none"))
    yield facts


def _batches(body: Body) -> Iterator[Table]:
    if not body["batches"]:
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0))
    for name in ("batch", "by", "at", "answered"):
        table.add_column(name, no_wrap=True)
    for batch in body["batches"]:
        answered = f"{batch['players_answered']} of {batch['players_requested']}"
        cells = (batch["batch_id"], batch["trigger_source"], _clock(batch["requested_at"]), answered)
        table.add_row(*map(as_text, cells))
    yield table


def _next_step(body: Body) -> Iterator[Text]:
    text = _NEXT.get(body["state"], "")
    if body["state"] == "waiting" and body["expected"]:
        text = "Ask for them: nba-props start" if body["wanted"] else "What a start would do: nba-props plan"
        text = text if body["newest_run"]["run_id"] else "Compute the features: nba-props phase4"
    if text:
        yield Text(text)


def _deadline(body: Body) -> str:
    left = timedelta(seconds=round(abs(body["seconds_left"])))
    when = f"in {left}" if body["seconds_left"] >= 0 else f"{left} ago"
    return f"{_clock(body['deadline'])} ({when})"


def _clock(moment: str) -> str:
    """Return a moment as the clock in New York shows it."""
    return eastern_time(datetime.fromisoformat(moment))
