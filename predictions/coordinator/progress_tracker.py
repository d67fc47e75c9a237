"""Knows from rows alone how far a slate is, and finishes it once."""

from dataclasses import replace
from datetime import date

from predictions.coordinator import notices
from predictions.coordinator.alerting import Alarm
from predictions.coordinator.collapse import CollapsePolicy, is_collapsed, judge_forecasts, released_batches
from predictions.coordinator.finishing import (
    awaits_judgement,
    finished_state,
    history_status,
    remaining_gap,
)
from predictions.coordinator.gaps import GapPolicy
from predictions.coordinator.shared_read import SharedReads
from predictions.coordinator.slate_store import SlateStore
from predictions.coordinator.snapshot import Snapshot, State
from shared.clock import Clock
from shared.logs import get_logger
from shared.messages import COORDINATOR_PROCESSOR
from shared.ports import Row
from shared.telemetry import note, record, span

_log = get_logger("coordinator")


class ProgressTracker:
    """Asks the finish question; nothing is counted in memory, so any instance can answer.

    What it remembers saves reads and decides nothing: of each slate, the batch that it has seen to its end.
    """

    def __init__(
        self, store: SlateStore, alarm: Alarm, policy: GapPolicy, collapse: CollapsePolicy, clock: Clock
    ) -> None:
        self._store = store
        self._alarm = alarm
        self._policy = policy
        self._collapse = collapse
        self._clock = clock
        self._asked: SharedReads[date, None] = SharedReads(self._look_at_the_end)
        self._ended: dict[date, str] = {}

    def on_outcomes(self, game_date: date) -> None:
        """Finish the slate if a read that started after this call shows that it has ended.

        While somebody may still answer a request of its batch it has not, and once this process has seen that
        batch to its end there is nothing left to do: then nothing more is read.
        """
        self._asked.read(game_date)

    def look(self, game_date: date) -> None:
        """Read the slate; finish it if it has ended, and tell people what has ended with what was done."""
        snapshot = self._store.snapshot(game_date)
        is_ours = self.finish_if_settled(snapshot)
        has_ended = is_ours or (snapshot.state.is_finished and not awaits_judgement(snapshot))
        if has_ended and snapshot.batch_id is not None:
            self._ended[game_date] = snapshot.batch_id

    def _look_at_the_end(self, game_date: date) -> None:
        batch = self._store.batch_progress(game_date)
        has_been_seen = batch.batch_id is not None and batch.batch_id == self._ended.get(game_date)
        if not (batch.is_in_flight or has_been_seen):
            self.look(game_date)

    @span("finish")
    def finish_if_settled(self, snapshot: Snapshot) -> bool:
        """Finish the slate if the snapshot shows that it has ended; say whether it was us.

        First the forecasts are judged, for a read that fails must end nothing; then the history row (its run
        id is the batch id, so a repeat is read once), then state and judgement by compare-and-set, then the
        alerts: whoever sees it half done completes it.
        """
        note(game_date=snapshot.game_date, batch_id=snapshot.batch_id)
        state = finished_state(snapshot)
        has_ended = state is not None and state is not snapshot.state
        if not (has_ended or awaits_judgement(snapshot)):
            self._alarm_end(snapshot)
            return False
        judged = self._judged(snapshot)
        state = finished_state(judged)
        if state is None or state is snapshot.state:
            is_ours = self._store.judge(judged)
        else:
            is_ours = self._set_state(judged, state)
        if is_ours:
            self._alarm_end(judged)
        return is_ours and has_ended

    def _judged(self, snapshot: Snapshot) -> Snapshot:
        """Judge the newest forecasts, and release what is sound of them."""
        spreads = self._store.forecast_spreads(snapshot.game_date)
        return replace(
            snapshot,
            judgement=judge_forecasts(spreads, self._collapse),
            released_batches=released_batches(snapshot.released_batches, spreads, self._collapse),
        )

    def _set_state(self, snapshot: Snapshot, state: State) -> bool:
        if snapshot.batch_id is not None:
            self._store.record_run(self._history_row(snapshot, state))
        if not self._store.finish(snapshot, state):
            return False
        self._measure(snapshot)
        _log.info(
            "the slate has ended",
            event_name="slate_finished",
            game_date=snapshot.game_date.isoformat(),
            batch_id=snapshot.batch_id,
            state=state.value,
            judgement=snapshot.judgement,
            predicted=snapshot.predicted,
            skipped=snapshot.skipped,
            failed=snapshot.failed,
        )
        return True

    def _measure(self, snapshot: Snapshot) -> None:
        record("players_expected", snapshot.expected)
        record("players_covered", snapshot.covered)
        if snapshot.trigger_source == "pubsub" and snapshot.feature_run_finished_at is not None:
            lasted = self._clock.now() - snapshot.feature_run_finished_at
            record("event_to_completion_seconds", lasted.total_seconds())

    def _alarm_end(self, snapshot: Snapshot) -> None:
        """Tell of forecasts that have collapsed, also while others are waited for; at the end, of a gap.

        Then of the alerts whose cause is over.
        """
        if is_collapsed(snapshot.judgement):
            self._alarm.raise_notice(snapshot, notices.collapsed_forecasts(snapshot.judgement or ""))
        found = remaining_gap(snapshot, self._policy)
        if found.is_alarming and finished_state(snapshot) is not None:
            self._alarm.raise_notice(snapshot, notices.gap(found))
        self._alarm.resolve(snapshot)

    def _history_row(self, snapshot: Snapshot, state: State) -> Row:
        done = snapshot.processed
        return {
            "data_date": snapshot.game_date,
            "processor_name": COORDINATOR_PROCESSOR,
            "run_id": snapshot.batch_id,
            "status": history_status(state, snapshot, self._policy),
            "records_processed": snapshot.batch_done,
            "triggered_by": snapshot.trigger_source or "unknown",
            "started_at": snapshot.claimed_at,
            "processed_at": self._clock.now(),
            "summary": {
                "batch_id": snapshot.batch_id,
                "players_processed_this_batch": snapshot.batch_done,
                "players_total_processed": done,
                "players_ready": snapshot.ready,
                "players_expected": snapshot.expected,
                "players_failed": snapshot.failed,
                "judgement": snapshot.judgement,
                "completion_pct": round(100 * done / snapshot.expected, 1) if snapshot.expected else 100.0,
            },
        }
