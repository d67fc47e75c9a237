"""What a refresh has in common with the features that stand: whoever is the same keeps his input. Pure."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from shared.messages import RunStatus
from shared.ports import Row

_SAME = ("feature_version", "is_production_ready")
_LISTS = ("feature_names", "not_ready_reasons")
_NUMBERS_AGREE = 1e-9


class Standing(Enum):
    """What a refresh finds; `DIED`: features of a run that is gone on with, since nobody else will."""

    NOTHING = auto()
    UNDER_WAY = auto()
    DIED = auto()
    COUNTED = auto()


@dataclass(frozen=True)
class HandedOn:
    """The rows that a refresh wants to store, and whether anything in them differs from what stands."""

    rows: list[Row]
    has_news: bool


def judge_standing(standing: Sequence[Row], now: datetime, recording: timedelta) -> Standing:
    """Say what stands: features that count, those of a run that is not recorded (yet), or none of any use.

    A run that has stored its rows is recorded within `recording`, or has died. So has a refresh that failed
    though its rows stand, in place of those that counted; after any other run that failed there is another.
    """
    if not standing:
        return Standing.NOTHING
    ended = standing[0]["run_status"]
    if ended is None:
        newest = max(row["created_at"] for row in standing)
        return Standing.UNDER_WAY if now - newest < recording else Standing.DIED
    if ended in (RunStatus.SUCCESS, RunStatus.PARTIAL):
        return Standing.COUNTED
    return Standing.DIED if standing[0]["was_refresh"] else Standing.NOTHING


def hand_on(rows: Sequence[Row], standing: Sequence[Row]) -> HandedOn:
    """Give every player whose features are the same the input_run_id that stands.

    News are other features, another status, and players who come and go. Of whom two rows stand, nobody can
    say which was used: he has changed.
    """
    counts = Counter(row["player_lookup"] for row in standing)
    known = {row["player_lookup"]: row for row in standing if counts[row["player_lookup"]] == 1}
    same = {row["player_lookup"] for row in rows if _is_same_input(row, known.get(row["player_lookup"]))}
    stands = {player: (known[player]["status"], known[player]["input_run_id"]) for player in same}
    is_as_it_was = len(same) == len(rows) == len(counts) and all(
        row["status"] == stands[row["player_lookup"]][0] for row in rows
    )
    handed_on = [
        row | {"input_run_id": stands[row["player_lookup"]][1]} if row["player_lookup"] in same else row
        for row in rows
    ]
    return HandedOn(handed_on, has_news=not is_as_it_was)


def _is_same_input(row: Row, stands: Row | None) -> bool:
    """Say whether a forecast would rest on the same: version, names, readiness, score and every value.

    Numbers agree to a billionth of their size. The status is a part of the input by itself.
    """
    return (
        stands is not None
        and all(row[name] == stands[name] for name in _SAME)
        and all(list(row[name]) == list(stands[name] or ()) for name in _LISTS)
        and _agree([row["quality_score"], *row["features"]], [stands["quality_score"], *stands["features"]])
    )


def _agree(ones: Sequence[float], others: Sequence[float]) -> bool:
    return len(ones) == len(others) and all(
        math.isclose(one, other, rel_tol=_NUMBERS_AGREE) for one, other in zip(ones, others, strict=True)
    )
