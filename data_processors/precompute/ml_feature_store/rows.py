"""The rows that a run stores, from the raw features that it read. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data_processors.precompute.ml_feature_store.judging import RunPolicy
from data_processors.precompute.ml_feature_store.quality import QualityPolicy, judge_features
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
) -> SlateFeatures:
    """Judge every player's values and make his row; values and names stand in the order of FEATURE_NAMES."""
    stamp = {
        "game_date": run.game_date,
        "feature_run_id": run.run_id,
        "feature_run_started_at": run.started_at,
        "feature_version": FEATURE_VERSION,
        "feature_names": list(FEATURE_NAMES),
        "created_at": created_at,
    }
    expected = frozenset(
        raw["player_lookup"]
        for raw in extracted
        if run_policy.expects(raw["status"], raw["projected_minutes"])
    )
    return SlateFeatures([stamp | _judged(raw, quality_policy) for raw in extracted], expected)


def _judged(raw: Row, policy: QualityPolicy) -> Row:
    judged = judge_features(raw, policy)
    return {
        "player_lookup": raw["player_lookup"],
        "features": list(judged.features),
        "is_production_ready": judged.is_production_ready,
        "not_ready_reasons": list(judged.not_ready_reasons),
        "quality_score": judged.quality_score,
    }
