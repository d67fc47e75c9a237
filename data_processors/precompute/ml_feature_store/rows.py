"""The rows that a run stores, from the raw features that it read. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data_processors.precompute.ml_feature_store.guards import (
    GuardPolicy,
    Quarantine,
    once_each,
    row_reasons,
    same_features,
)
from data_processors.precompute.ml_feature_store.judging import RunPolicy
from data_processors.precompute.ml_feature_store.quality import (
    JudgedFeatures,
    NotReady,
    QualityPolicy,
    judge_features,
)
from data_processors.precompute.runs import Run
from shared.features import FEATURE_NAMES, FEATURE_VERSION
from shared.ports import Row


@dataclass(frozen=True)
class SlateFeatures:
    """The rows that a run wants to store, and which players are expected."""

    rows: list[Row]
    expected: frozenset[str]


def slate_features(
    run: Run,
    extracted: Sequence[Row],
    created_at: datetime,
    run_policy: RunPolicy,
    quality_policy: QualityPolicy,
    guard_policy: GuardPolicy,
) -> SlateFeatures:
    """Judge every player's values and make his row, one each, whatever was extracted.

    Values and names stand in the order of FEATURE_NAMES; every player's input is new.
    """
    stamp = {
        "game_date": run.game_date,
        "feature_run_id": run.run_id,
        "feature_run_started_at": run.started_at,
        "input_run_id": run.run_id,
        "feature_version": FEATURE_VERSION,
        "feature_names": list(FEATURE_NAMES),
        "created_at": created_at,
    }
    once = list(once_each([raw["player_lookup"] for raw in extracted]))
    players = [extracted[position] for position, _ in once]
    judged = [judge_features(raw, quality_policy) for raw in players]
    is_same = same_features([row.features for row in judged], guard_policy)
    rows = [
        stamp | _row(raw, features, _reasons(raw, came_twice, is_like_another, guard_policy))
        for raw, features, (_, came_twice), is_like_another in zip(
            players, judged, once, is_same, strict=True
        )
    ]
    expected = frozenset(
        raw["player_lookup"] for raw in players if run_policy.expects(raw["status"], raw["projected_minutes"])
    )
    return SlateFeatures(rows, expected)


def _reasons(raw: Row, came_twice: bool, is_like_another: bool, policy: GuardPolicy) -> tuple[str, ...]:
    found = (
        (came_twice, Quarantine.LISTED_TWICE),
        (is_like_another, Quarantine.SAME_FEATURES),
    )
    reasons = [*row_reasons(raw, policy), *(reason for is_so, reason in found if is_so)]
    return tuple(dict.fromkeys(reason.value for reason in reasons))


def _row(raw: Row, judged: JudgedFeatures, quarantine: tuple[str, ...]) -> Row:
    """A row in quarantine is never that of a newcomer: what it was judged by may be what is wrong."""
    own = [
        reason for reason in judged.not_ready_reasons if not (quarantine and reason == NotReady.NO_HISTORY)
    ]
    reasons = [*quarantine, *own]
    return {
        "player_lookup": raw["player_lookup"],
        "status": raw["status"],
        "features": list(judged.features),
        "is_production_ready": not reasons,
        "not_ready_reasons": reasons,
        "quality_score": judged.quality_score,
    }
