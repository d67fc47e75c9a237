"""The rules about a player from the slate to his features. Pure.

`row` is one of player_states.sql; the rules about the slate itself read nothing of it.
"""

from predictions.coordinator.not_ready_words import spelled_out
from predictions.coordinator.snapshot import Snapshot
from predictions.coordinator.verdicts import NOTHING, Ending, Found, Why
from shared.outcomes import Reason
from shared.ports import Row


def games(row: Row, snapshot: Snapshot) -> Found:
    """There must be games on the slate."""
    if snapshot.has_no_games:
        ending = Ending(Why.NO_GAMES, "has no game: there are none on this slate", NOTHING)
        return Found(False, "Phase 4 has found no games", ending)
    return Found(True, f"{snapshot.on_slate} players are on the slate, {snapshot.expected} are expected")


def hold(row: Row, snapshot: Snapshot) -> Found:
    """Nobody may have paused or cancelled the slate."""
    if snapshot.hold is None:
        return Found(True, "the slate is not held")
    why = f" by {snapshot.held_by}" if snapshot.held_by else ""
    why += f": {snapshot.hold_reason}" if snapshot.hold_reason else ""
    held = snapshot.hold.value
    ending = Ending(Why(held), f"waits, since the slate is {held}", "POST /resume lets the slate go on.")
    return Found(False, f"the slate is {held}{why}", ending)


def place(row: Row, snapshot: Snapshot) -> Found:
    """He must be on the slate; this says where."""
    where = "at home to" if row["is_home"] else "at"
    return Found(True, f"{row['team']} {where} {row['opponent']}, game {row['game_id']}")


def status(row: Row, snapshot: Snapshot) -> Found:
    """He must not be OUT or DOUBTFUL."""
    status = row["status"]
    if status not in ("OUT", "DOUBTFUL"):
        return Found(True, f"his status is {status}")
    ending = Ending(Why.RULED_OUT, f"is not expected: he is {status}", NOTHING)
    return Found(False, f"he is {status}", ending)


def minutes(row: Row, snapshot: Snapshot) -> Found:
    """He must play long enough, as far as anybody has projected it."""
    if row["projected_minutes"] is None:
        return Found(True, "nobody has projected his minutes, so he is expected")
    minutes, least = f"{row['projected_minutes']:g}", f"{row['min_minutes']:g}"
    if row["is_expected"]:
        return Found(True, f"{minutes} minutes are projected, {least} are enough")
    ending = Ending(
        Why.FEW_MINUTES,
        f"is not expected: {minutes} minutes are projected and the slate begins at {least}",
        f"POST /start with min_minutes {minutes} takes him in, with everybody who plays as long.",
    )
    return Found(False, f"{minutes} minutes are projected, under {least}", ending)


def phase4(row: Row, snapshot: Snapshot) -> Found:
    """A run of Phase 4 must stand."""
    if snapshot.feature_run_id is not None:
        return Found(True, f"the features of run {snapshot.feature_run_id} stand")
    detail = "no run of Phase 4 stands for this slate"
    if snapshot.features_are_unrecorded:
        detail = "features are there, and Phase 4 has not recorded the run that they are of"
    elif snapshot.newest_run_status:
        detail += f"; its newest is {snapshot.newest_run_status}"
    ending = Ending(
        Why.PHASE4_NOT_RUN,
        f"waits for Phase 4: {detail}",
        "Wait for Phase 4, or POST /process on its service.",
    )
    return Found(False, detail, ending)


def features(row: Row, snapshot: Snapshot) -> Found:
    """The run must have a row of his."""
    if row["feature_run_id"] is not None:
        quality = row["quality_score"]
        return Found(
            True, f"his features have quality {quality:g} of 100" if quality is not None else "there"
        )
    ending = Ending(
        Why.NO_FEATURES,
        "has no row in the features that stand",
        "He came on the slate after Phase 4 ran: POST /process on its service runs it again.",
    )
    return Found(False, "the features have no row of his", ending)


def ready(row: Row, snapshot: Snapshot) -> Found:
    """The row must be fit for use."""
    if row["is_ready"]:
        return Found(True, "his features are ready for use")
    if row["has_no_history"]:
        ending = Ending(
            Why.NEWCOMER, "is a newcomer: no game of his is known, so nothing can be forecast", NOTHING
        )
        return Found(False, "no game of his is known; he is skipped, which leaves no gap", ending)
    why = spelled_out(row["not_ready_reasons"] or ())
    detail = f"his features are not to be used: {why}"
    if row["reason"] == Reason.NOT_READY.value:
        detail += "; the deadline has closed him"
    ending = Ending(
        Why.NOT_READY,
        f"is not ready: {why}",
        "Mend what the reason names, then POST /process on Phase 4 and POST /retry.",
    )
    return Found(False, detail, ending)
