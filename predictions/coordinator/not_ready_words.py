"""The reasons for which Phase 4 keeps a row of features from use, in words. Pure."""

from collections.abc import Sequence

_WORDS = {
    "no_history": "no game of his is known",
    "empty": "most of his features are missing",
    "low_quality": "too little is known of him",
    "duplicated:slate": "he is on the slate twice",
    "duplicated:box_scores": "a game of his is in the box scores twice",
    "duplicated:features": "somebody else has exactly the same features",
    "stale:source": "the newest box scores are not in",
    "stale:team": "his team has not played for weeks in which others did",
    "stale:player": "he has not played for half a season of his team",
}
_OUT_OF_RANGE = "out_of_range:"


def spelled_out(reasons: Sequence[str]) -> str:
    """Return the reasons as a phrase; one that has no words here stands as it is.

    Without any, the row says that it is ready and does not fit the contract all the same.
    """
    if not reasons:
        return "his row does not fit the contract of the features"
    return ", ".join(_spelled_out(reason) for reason in reasons)


def _spelled_out(reason: str) -> str:
    if reason.startswith(_OUT_OF_RANGE):
        return f"his {reason.removeprefix(_OUT_OF_RANGE)} cannot be"
    return _WORDS.get(reason, reason)
