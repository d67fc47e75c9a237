"""How good is what is known about a player, and may a forecast rest on it? Pure; in doubt it may not."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.features import BY_NAME, FEATURE_NAMES, out_of_range
from shared.outcomes import Reason

DECIMALS = 6


class NotReady(StrEnum):
    """Why no forecast may rest on a row; `out_of_range` is followed by a colon and the feature."""

    NO_HISTORY = Reason.NO_HISTORY.value
    EMPTY = "empty"
    OUT_OF_RANGE = "out_of_range"
    LOW_QUALITY = "low_quality"


@dataclass(frozen=True)
class QualityPolicy:
    """What a score of 0 to 100 is made of.

    The score is the share of features that are present, times a weight that grows with the earlier
    games from `newcomer_weight` to 1 at `full_history_games`. A player who has not played for
    `stale_after_days` is worth `stale_weight` of that: he may have changed, but so has everyone on
    opening night, so it does not close the door. Under `ready_score` a row is not production ready. With
    less than `least_present` of its features it is empty, whatever the rest may score.
    """

    full_history_games: int = 20
    newcomer_weight: float = 0.4
    stale_after_days: int = 120
    stale_weight: float = 0.8
    ready_score: float = 30.0
    least_present: float = 0.5


@dataclass(frozen=True)
class JudgedFeatures:
    """Values in the order of FEATURE_NAMES, without gaps, and what they are good for."""

    features: tuple[float, ...]
    quality_score: float
    not_ready_reasons: tuple[str, ...]

    @property
    def is_production_ready(self) -> bool:
        """Say whether a forecast may rest on these values."""
        return not self.not_ready_reasons


def judge_features(raw: Mapping[str, object], policy: QualityPolicy) -> JudgedFeatures:
    """Fill the gaps of one player's raw values with the defaults and say what the row is good for.

    A null is a gap; without a count of games, or with too many gaps, the row is empty. Anything that is
    not a finite number within its feature's range breaks the contract: the row keeps the value (the
    default if it is no finite number) and is quarantined.
    """
    values = {name: _number(raw.get(name)) for name in FEATURE_NAMES}
    features = tuple(_stored(name, values[name]) for name in FEATURE_NAMES)
    if values["games_played"] == 0:
        return JudgedFeatures(features, 0.0, (NotReady.NO_HISTORY.value,))
    score = _score(values, policy)
    return JudgedFeatures(features, score, _reasons(values, score, policy))


def _number(value: object) -> float | None:
    if value is None:
        return None
    return float(value) if isinstance(value, int | float) else math.nan


def _stored(name: str, value: float | None) -> float:
    """Round to what is meant: engines that add up in parallel differ in the last digits."""
    return round(value, DECIMALS) if value is not None and math.isfinite(value) else BY_NAME[name].default


def _reasons(values: Mapping[str, float | None], score: float, policy: QualityPolicy) -> tuple[str, ...]:
    broken = [
        f"{NotReady.OUT_OF_RANGE}:{name}"
        for name, value in values.items()
        if value is not None and out_of_range(name, value)
    ]
    if _is_empty(values, policy):
        broken.append(NotReady.EMPTY.value)
    elif not score >= policy.ready_score:
        broken.append(NotReady.LOW_QUALITY.value)
    return tuple(broken)


def _is_empty(values: Mapping[str, float | None], policy: QualityPolicy) -> bool:
    """Unlike other gaps, a missing count of games leaves nothing known of the rest."""
    present = sum(value is not None for value in values.values())
    return values["games_played"] is None or present < policy.least_present * len(values)


def _score(values: Mapping[str, float | None], policy: QualityPolicy) -> float:
    present = [value for value in values.values() if value is not None and math.isfinite(value)]
    weight = _history_weight(_or_zero(values["games_played"]), policy)
    if _or_zero(values["rest_days"]) > policy.stale_after_days:
        weight *= policy.stale_weight
    return round(100 * weight * len(present) / len(values), 1)


def _history_weight(games: float, policy: QualityPolicy) -> float:
    share = min(max(games, 0.0) / policy.full_history_games, 1.0)
    return policy.newcomer_weight + (1 - policy.newcomer_weight) * share


def _or_zero(value: float | None) -> float:
    return value if value is not None and math.isfinite(value) else 0.0
