"""The rules about a player from the request to a forecast that may be acted upon. Pure."""

from datetime import datetime

from predictions.coordinator.collapse import is_collapsed
from predictions.coordinator.snapshot import Snapshot
from predictions.coordinator.verdicts import FORCE, NOTHING, RETRY, Ending, Found, Why
from shared.outcomes import Outcome, Reason
from shared.ports import Row
from shared.wording import eastern_time


def requested(row: Row, snapshot: Snapshot) -> Found:
    """A worker must have been asked for his current input."""
    count = row["request_count"]
    if not count:
        if row["outcome"] == "none":
            now = (
                ", and the slate's batch is being started"
                if snapshot.is_claimed
                else " and was not asked for"
            )
            ending = Ending(Why.WANTED, f"is ready{now}", RETRY)
            return Found(False, "no request for his current input", ending)
        return Found(None, "nobody asked a worker for his current input")
    times = "once" if count == 1 else f"{count} times"
    return Found(True, f"asked for {times}, last at {_clock(row['last_requested_at'])}")


def in_flight(row: Row, snapshot: Snapshot) -> Found:
    """Nobody may be at work on it any more."""
    if not row["is_in_flight"]:
        return Found(True, "no request is under way")
    until = _clock(row["in_flight_until"])
    ending = Ending(
        Why.IN_FLIGHT,
        f"is being forecast: a worker has until {until}",
        f"Wait; after {until} the request counts as lost and he is asked for again.",
    )
    return Found(None, f"a request is under way until {until}", ending)


def answered(row: Row, snapshot: Snapshot) -> Found:
    """The request must have been answered, with a forecast."""
    ended = {
        Outcome.PREDICTED.value: _predicted,
        Outcome.SKIPPED.value: _skipped,
        Outcome.FAILED.value: _failed,
    }
    return ended.get(row["outcome"], _lost)(row)


def _predicted(row: Row) -> Found:
    at = _clock(row["last_answered_at"])
    if row["is_terminal"]:
        return Found(True, f"forecast at {at}")
    ending = Ending(
        Why.LINE_CAME_BACK,
        "is wanted again: his line went and came back, and readers see the forecast of the line between",
        RETRY,
    )
    return Found(False, f"forecast at {at}, for a line that came back since", ending)


def _skipped(row: Row) -> Found:
    reason, at = row["reason"], _clock(row["last_answered_at"])
    if reason == Reason.NOT_READY.value:
        ending = Ending(
            Why.CLOSED,
            "was closed at the deadline: too few others were ready to start",
            "A newer run of Phase 4 opens him again; POST /predict-player asks for him alone.",
        )
        return Found(False, f"closed at {at}: {reason}", ending)
    ending = Ending(Why.SKIPPED, f"was skipped ({reason}{_said(row)})", NOTHING)
    return Found(False, f"skipped at {at}: {reason}{_said(row)}", ending)


def _failed(row: Row) -> Found:
    reason, at, left = row["reason"], _clock(row["last_answered_at"]), row["requests_left"]
    detail = f"failed at {at}: {reason}{_said(row)}"
    if row["is_terminal"]:
        ending = Ending(Why.FAILED, f"failed for good ({reason}{_said(row)})", FORCE)
        return Found(False, f"{detail}; he is not asked for again by itself", ending)
    ending = Ending(
        Why.FAILED_WANTED, f"failed ({reason}) and is asked for again, {left} times at most", RETRY
    )
    return Found(False, f"{detail}; {left} requests are left", ending)


def _lost(row: Row) -> Found:
    ending = Ending(Why.LOST, "was asked for and never answered: the request counts as lost", RETRY)
    return Found(False, f"no answer to the request of {_clock(row['last_requested_at'])}", ending)


def current(row: Row, snapshot: Snapshot) -> Found:
    """What readers see may be of an older input; that decides nothing."""
    if row["forecast_at"] is None:
        return Found(None, "no forecast of the slate is shown for him")
    shown = f"the forecast shown is of {_clock(row['forecast_at'])}"
    if row["forecast_input_id"] == row["input_id"]:
        return Found(True, f"{shown}, for what is known of him now")
    lines = f"line {_line(row['forecast_line'])} then, {_line(row['line'])} now"
    return Found(None, f"{shown}, for another line, status or run of features ({lines})")


def release(row: Row, snapshot: Snapshot) -> Found:
    """Readers must be allowed to act on the forecast."""
    if row["forecast_is_released"] is not False:
        return Found(
            True, "it may be acted upon", Ending(Why.PREDICTED, f"has a forecast{_again(row)}", NOTHING)
        )
    said, then = _held_back(snapshot.judgement)
    ending = Ending(Why.HELD_BACK, f"has a forecast that is held back: {said}{_again(row)}", then)
    return Found(False, f"held back: {said}; OVER and UNDER read PASS", ending)


def _held_back(judgement: str | None) -> tuple[str, str]:
    """Return why a forecast is not released, and what to do."""
    if judgement is None:
        return "its batch is not judged yet", "Wait: a batch is judged once all of it was answered."
    if is_collapsed(judgement):
        return f"the forecasts are {judgement}", "Look at the model and the features, then force a start."
    return "its batch was not judged sound", FORCE


def _again(row: Row) -> str:
    return (
        f", and is being forecast again until {_clock(row['in_flight_until'])}" if row["is_in_flight"] else ""
    )


def _said(row: Row) -> str:
    return f": {row['detail']}" if row["detail"] else ""


def _line(line: float | None) -> str:
    return "none" if line is None else f"{line:g}"


def _clock(moment: datetime | None) -> str:
    return eastern_time(moment) if moment else "an unknown time"
