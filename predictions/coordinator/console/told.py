"""What a person is told after an action: by a code, so that an address can say nothing of its own. Pure."""

from collections.abc import Mapping

from shared.wording import counted

NOTICES: Mapping[str, tuple[str, str]] = {
    "started": ("good", "Started: {players} asked for."),
    "already_complete": ("quiet", "Nothing was started: everybody is processed already."),
    "complete": ("quiet", "Nothing was started: nobody is wanted."),
    "no_data": ("quiet", "Nothing was started: nobody is on the slate."),
    "in_progress": ("quiet", "Nothing was started: a batch is under way."),
    "waiting_for_phase4": (
        "risk",
        "Nothing was started: who is left is not ready; Phase 4 has to make them so.",
    ),
    "insufficient_data": ("risk", "Nothing was started: too few players are ready."),
    "paused": ("held", "The slate is paused: nothing is started until it is resumed."),
    "cancelled": ("held", "The slate is called off: nobody is wanted until it is resumed."),
    "was_held": ("quiet", "Nothing has changed: the slate was held so already."),
    "resumed": ("good", "The slate is resumed."),
    "resumed_unasked": ("risk", "The slate is resumed, but what is wanted could not be asked for: start it."),
    "not_held": ("quiet", "Nothing has changed: the slate was not held."),
    "slate_changed": (
        "risk",
        "Nothing was done: the slate has changed since you were asked. Look again, and ask again if need be.",
    ),
    "player_asked": ("good", "He is asked for again; the forecast is here in a moment."),
    "player_behind": (
        "risk",
        "He is asked for again, from features that are older than a status in his team; a refresh mends it.",
    ),
    "player_not_asked": ("risk", "He was not asked for: the rules below say why."),
    "replayed": ("good", "The message was published again."),
    "discarded": ("good", "The message was put away."),
    "letter_refused": (
        "risk",
        "The message was left as it is: it was dealt with before, or cannot be sent again.",
    ),
    "letter_failed": ("bad", "The message service did not take it; it stays stored. Try again."),
    "refreshed": ("good", "News were looked for: {players} asked for again."),
    "slate_over": ("quiet", "Nothing was looked for: the day of the slate is over, and its forecasts stand."),
    "nothing_new": ("quiet", "News were looked for: no line and no status changes a forecast."),
    "phase4_asked": (
        "good",
        "A status has changed: Phase 4 was asked for new features, which start the rest.",
    ),
}


def notice(code: str, count: int) -> tuple[str, str] | None:
    """Return the colour and the sentence of a notice, None for a code that nobody gives."""
    tone, text = NOTICES.get(code, ("", ""))
    return (tone, text.format(players=counted(count, "player was", "players were"))) if text else None
