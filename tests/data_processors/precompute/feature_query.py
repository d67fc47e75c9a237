"""Asking the feature query, as the tests of its rules do."""

from datetime import date, timedelta
from typing import Any

from shared.statements import load_statement

PACKAGE = "data_processors.precompute.ml_feature_store"
SLATE = date(2025, 1, 15)


def days_before(days: int) -> date:
    return SLATE - timedelta(days=days)


def features_of(store: Any, first: date = SLATE, last: date = SLATE) -> dict[Any, dict[str, Any]]:
    rows = store.query(load_statement(PACKAGE, "features"), first_date=first, last_date=last)
    return {(row["game_date"], row["player_lookup"]): row for row in rows}


def player(store: Any, name: str) -> dict[str, Any]:
    return features_of(store)[SLATE, name]
