"""Mistakes about line moves and news."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sim_mistakes import Mistake, in_method, in_statement

from data_processors.precompute.ml_feature_store import ml_feature_store_processor
from data_processors.precompute.ml_feature_store.handing_on import HandedOn
from shared.ports import Row

_COORDINATOR = "predictions.coordinator"


def _nothing_handed_on(original: Any) -> Any:
    def hand_on(rows: Sequence[Row], standing: Sequence[Row]) -> HandedOn:
        return HandedOn(list(rows), original(rows, standing).has_news)

    return hand_on


def _everything_handed_on(original: Any) -> Any:
    """Keep the input of whoever is known, whatever his features are now."""

    def hand_on(rows: Sequence[Row], standing: Sequence[Row]) -> HandedOn:
        inputs = {row["player_lookup"]: {"input_run_id": row["input_run_id"]} for row in standing}
        found = original(rows, standing)
        return replace(found, rows=[row | inputs.get(row["player_lookup"], {}) for row in rows])

    return hand_on


REFRESH: dict[str, Mistake] = {
    "a refresh makes everybody's input new": in_method(
        ml_feature_store_processor, "hand_on", _nothing_handed_on
    ),
    "a refresh keeps everybody's input": in_method(
        ml_feature_store_processor, "hand_on", _everything_handed_on
    ),
    "a line that creeps has moved": in_statement(
        _COORDINATOR, "slate_players", "<= ROUND(@line_move_points * 100)", "< -@line_move_points"
    ),
    "nobody looks for a changed status": in_statement(
        _COORDINATOR, "changes", "COALESCE(status != status_at_features, FALSE)", "FALSE"
    ),
}
