"""The worker's use case: forecast a shard, make it durable, and only then announce it."""

from collections import Counter
from dataclasses import dataclass

from predictions.systems.recommendation import RecommendationPolicy
from predictions.systems.registry import resolve
from predictions.worker.forecasting import Resolve, ShardForecast, forecast_shard
from predictions.worker.rows import Stamp, announcement, outcome_rows, prediction_rows
from shared.clock import Clock, Stopwatch
from shared.envelope import PushMessage
from shared.errors import AppError, DependencyUnavailable
from shared.logs import correlated, current_correlation_id, get_logger
from shared.messages import PredictionReady, PredictionRequest
from shared.outcomes import Outcome
from shared.ports import Publisher, Row, Warehouse
from shared.telemetry import count, note, record, span

PREDICTIONS = "nba_predictions.player_prop_predictions"
OUTCOMES = "nba_predictions.prediction_outcomes"

_log = get_logger("worker")


@dataclass(frozen=True)
class PredictShard:
    """Handles one delivery of a PredictionRequest. A repeated one leaves what readers see as it was."""

    warehouse: Warehouse
    publisher: Publisher
    clock: Clock
    policy: RecommendationPolicy
    ready_topic: str
    build: str
    resolve: Resolve = resolve

    def handle(self, push: PushMessage) -> PredictionReady:
        """Forecast every player of the shard and return what was announced.

        Raises InvalidMessage if the shard cannot be read, the warehouse's error if a write fails (then
        nothing is announced), and DependencyUnavailable if only the announcement failed.
        """
        request = PredictionRequest.parse(push)
        correlation_id = request.correlation_id or current_correlation_id()
        with correlated(correlation_id, batch_id=request.batch_id):
            watch = Stopwatch()
            note(game_date=request.game_date, batch_id=request.batch_id, players=len(request.players))
            with span("forecast"):
                shard = forecast_shard(request, self.resolve)
            record("forecast_seconds", watch.seconds())
            stamp = Stamp(correlation_id, self.build, self.clock.now())
            self._append(PREDICTIONS, prediction_rows(request, shard, self.policy, stamp))
            self._append(OUTCOMES, outcome_rows(request, shard, stamp))
            ready = announcement(request, shard, stamp)
            self._announce(ready)
            _log_done(shard, watch)
            return ready

    @span("append")
    def _append(self, table: str, rows: list[Row]) -> None:
        if rows:
            self.warehouse.append(table, rows)

    @span("announce")
    def _announce(self, ready: PredictionReady) -> None:
        """Publish; whatever goes wrong may go right when the delivery comes again."""
        try:
            failures = self.publisher.publish(self.ready_topic, [ready.to_message()])
        except AppError as error:
            raise DependencyUnavailable(f"the shard was not announced: {error}") from error
        if failures:
            raise DependencyUnavailable(f"the shard was not announced: {failures[0].reason}")


def _log_done(shard: ShardForecast, watch: Stopwatch) -> None:
    for (outcome, reason), players in Counter((end.outcome, end.reason) for end in shard.endings).items():
        count(f"players_{outcome.value}", players, reason=reason)
    counts = Counter(end.outcome for end in shard.endings)
    reasons = Counter(end.reason.value for end in shard.endings if end.reason is not None)
    _log.info(
        "a shard was forecast",
        event_name="shard_forecast",
        **{f"players_{outcome.value}": counts[outcome] for outcome in Outcome},
        reasons=dict(reasons),
        systems=list(shard.by_system),
        seconds=round(watch.seconds(), 3),
    )
