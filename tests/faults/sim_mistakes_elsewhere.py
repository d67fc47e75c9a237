"""Mistakes that the worker, Phase 4 or a statement could make."""

from typing import Any

from flask import g
from sim_mistakes import Mistake, both, in_method, in_statement, in_view

from data_processors.precompute.base import PrecomputeProcessor
from data_processors.precompute.ml_feature_store.ml_feature_store_processor import MLFeatureStoreProcessor
from predictions.worker import rows, worker
from predictions.worker.predict import OUTCOMES, PredictShard
from shared.errors import AppError, DependencyUnavailable
from shared.ids import fresh_id

_COORDINATOR = "predictions.coordinator"
_FORECASTS = "nba_predictions.player_prop_predictions_current"
_OUTCOMES = "nba_predictions.prediction_outcomes_current"


def _kept(original: Any) -> Any:
    def append(self: Any, table: str, values: Any) -> None:
        g.kept = [*g.get("kept", ()), (self.warehouse, table, values)]

    return append


def _written_when_closed(original: Any) -> Any:
    """Write what was kept once the answer has been sent; whoever dies before acknowledged for nothing."""

    def answer(*arguments: Any, **headers: str) -> Any:
        response, kept = original(*arguments, **headers), g.get("kept", ())
        response.call_on_close(lambda: [store.append(table, values) for store, table, values in kept])
        return response

    return answer


def _outcomes_kept(original: Any) -> Any:
    def append(self: Any, table: str, values: Any) -> None:
        if table == OUTCOMES:
            g.kept = values
        else:
            original(self, table, values)

    return append


def _announced_first(original: Any) -> Any:
    def announce(self: Any, ready: Any) -> None:
        original(self, ready)
        self.warehouse.append(OUTCOMES, g.kept)

    return announce


def _hoping(original: Any) -> Any:
    def append(self: Any, table: str, values: Any) -> None:
        try:
            original(self, table, values)
        except DependencyUnavailable:
            return

    return append


def _unread_is_empty(original: Any) -> Any:
    def extract(self: Any, run: Any) -> Any:
        try:
            return original(self, run)
        except AppError:
            return []

    return extract


def _announced_unrecorded(original: Any) -> Any:
    def record(self: Any, run: Any, report: Any) -> None:
        self.post_process(run, report)
        original(self, run, report)

    return record


def _any_id(original: Any) -> Any:
    return lambda *parts: fresh_id()


ELSEWHERE: dict[str, Mistake] = {
    "acknowledged before it is written": both(
        in_method(PredictShard, "_append", _kept), in_method(worker, "answer", _written_when_closed)
    ),
    "announced before outcomes are written": both(
        in_method(PredictShard, "_append", _outcomes_kept),
        in_method(PredictShard, "_announce", _announced_first),
    ),
    "a failed write is taken for success": in_method(PredictShard, "_append", _hoping),
    "forecast ids random instead of deterministic": in_method(rows, "prediction_id", _any_id),
    "Phase 4 takes a failed read for no players": in_method(
        MLFeatureStoreProcessor, "extract_raw_data", _unread_is_empty
    ),
    "Phase 4 announces before run history": in_method(PrecomputeProcessor, "_record", _announced_unrecorded),
    "claim without compare": in_statement(
        _COORDINATOR, "claim", "AND generation = @generation", "AND @generation >= 0"
    ),
    "finish without compare": in_statement(
        _COORDINATOR,
        "finish",
        "AND generation = @generation AND state = @seen_state",
        "AND @generation >= 0 AND @seen_state <> ''",
    ),
    "requests in flight are wanted": in_statement(
        _COORDINATOR, "slate_players", "OR is_in_flight)) AS is_wanted", "OR FALSE)) AS is_wanted"
    ),
    "requests stay in flight for ever": in_statement(
        _COORDINATOR,
        "still_at_work",
        "INTERVAL @in_flight_seconds SECOND",
        "INTERVAL 99 * @in_flight_seconds SECOND",
    ),
    "no limit of requests for one input": in_statement(
        _COORDINATOR, "slate_players", "< @requests_per_input", "< 99 * @requests_per_input"
    ),
    "features count before their run is recorded": in_statement(
        _COORDINATOR,
        "slate_players",
        "INNER JOIN counted_runs ON counted_runs.run_id = f.feature_run_id",
        "LEFT JOIN counted_runs ON counted_runs.run_id = f.feature_run_id",
    ),
    "alert raised without compare": in_statement(
        "shared", "raise_alert", "STRPOS(alerts_raised, CONCAT(';', @kind, '@')) = 0", "@kind <> ''"
    ),
    "alert resolved without compare": in_statement(
        "shared", "resolve_alert", "STRPOS(alerts_raised, @entry) > 0", "@entry <> ''"
    ),
    "a slate is held without a new generation": in_statement(
        _COORDINATOR, "hold", "generation = @generation + 1, hold", "hold"
    ),
    "the forecast written last wins": in_view(_FORECASTS, "feature_run_started_at DESC,", "created_at DESC,"),
    "the outcome written last wins": in_view(
        _OUTCOMES, "CASE outcome WHEN 'predicted' THEN 0 WHEN 'skipped' THEN 1 ELSE 2 END", "created_at DESC"
    ),
}
