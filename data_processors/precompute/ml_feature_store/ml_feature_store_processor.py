"""Phase 4: one feature row per player of a slate, committed at once, recorded, then announced."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from data_processors.precompute.base import PrecomputeProcessor
from data_processors.precompute.ml_feature_store.announcing import Announcer
from data_processors.precompute.ml_feature_store.events import Phase4Events, Republished
from data_processors.precompute.ml_feature_store.guards import GuardPolicy
from data_processors.precompute.ml_feature_store.handing_on import Standing, hand_on, judge_standing
from data_processors.precompute.ml_feature_store.judging import (
    FeatureCounts,
    RunPolicy,
    count_features,
    falls_short,
    judge_status,
)
from data_processors.precompute.ml_feature_store.quality import QualityPolicy
from data_processors.precompute.ml_feature_store.rows import SlateFeatures, slate_features
from data_processors.precompute.runs import (
    EventFate,
    NobodyReady,
    Run,
    RunOptions,
    RunReport,
    RunResult,
    Unchanged,
)
from shared.alerts import AlertDesk
from shared.clock import Clock, Stopwatch
from shared.config import Settings
from shared.errors import DataContractViolation, DependencyUnavailable
from shared.features import FEATURE_VERSION
from shared.messages import PHASE4_PROCESSOR, Phase4Complete
from shared.ports import Publisher, Row, Statement, Warehouse
from shared.statements import load_statement
from shared.telemetry import span

FEATURE_TABLE = "nba_predictions.ml_feature_store_v2"
RUN_REJECTED = "phase4_run_rejected"
NOBODY_READY = "phase4_nobody_ready"


class RunRejected(DataContractViolation):
    """Too few players are ready, and a run with more of them stands; that one stays."""


class MLFeatureStoreProcessor(PrecomputeProcessor[SlateFeatures]):
    """Computes the features of a slate and tells Phase 5, last, through the topic of the settings."""

    processor_name = PHASE4_PROCESSOR

    def __init__(
        self,
        warehouse: Warehouse,
        publisher: Publisher,
        alert_desk: AlertDesk,
        clock: Clock,
        settings: Settings,
        quality_policy: QualityPolicy | None = None,
        guard_policy: GuardPolicy | None = None,
    ) -> None:
        super().__init__(warehouse, clock)
        self._events = Phase4Events(warehouse, publisher, clock, settings.phase4_topic)
        self._announcer = Announcer(self._events, alert_desk)
        self._quality_policy = quality_policy or QualityPolicy()
        self._guard_policy = guard_policy or GuardPolicy()
        self._recording = timedelta(seconds=settings.lease_seconds)
        self._run_policy = RunPolicy(settings.min_minutes, settings.floor_players, settings.floor_percent)

    @span("extract")
    def extract_raw_data(self, run: Run) -> Sequence[Row]:
        """Read the slate's players with their raw features, from games of earlier dates."""
        day = run.game_date
        return self.warehouse.query(_statement("features"), first_date=day, last_date=day)

    @span("calculate")
    def calculate_precompute(self, run: Run, extracted: Sequence[Row]) -> SlateFeatures:
        """Judge every player's values and make the rows that are stored."""
        return slate_features(
            run, extracted, self.clock.now(), self._run_policy, self._quality_policy, self._guard_policy
        )

    @span("save")
    def save_precompute(self, run: Run, calculated: SlateFeatures) -> RunReport:
        """Replace the slate's partition, unless that would be for the worse; report what it then holds.

        Raises RunRejected if a better run stands, DataContractViolation if another run took its place
        before this one could read it back.
        """
        self._refuse_the_worse(run.game_date, calculated)
        self.warehouse.replace_partition(FEATURE_TABLE, run.game_date, calculated.rows)
        stored = [row for row in self._stored(run.game_date) if row["feature_run_id"] == run.run_id]
        if len(stored) != len(calculated.rows):
            wanted = len(calculated.rows)
            raise DataContractViolation(f"{FEATURE_TABLE} holds {len(stored)} of this run's {wanted} rows")
        return _report(count_features(stored, calculated.expected))

    def post_process(self, run: Run, report: RunReport) -> EventFate:
        """Publish the completion event, as the last thing; a backfill has none."""
        super().post_process(run, report)
        if run.options.is_backfill:
            return EventFate.NONE
        return self._publish_completion_event(run, report)

    def on_failure(self, run: Run, error: Exception) -> None:
        """Tell people about a run that is no use; other failures are for whoever asked for the run."""
        super().on_failure(run, error)
        if isinstance(error, RunRejected):
            self._announcer.warn(run.game_date, RUN_REJECTED, str(error))
        if isinstance(error, NobodyReady):
            self._announcer.warn(run.game_date, NOBODY_READY, str(error))

    def refresh(self, options: RunOptions) -> RunResult | Unchanged:
        """Compute a slate again if there is news in it; who is the same keeps the input that stands.

        Without news nothing is written. A run that died before it was recorded, and a refresh that failed
        after its rows stood, are gone on with, news or not.
        Raises as `run`, and DependencyUnavailable while another run may be about to be recorded.
        """
        stopwatch, run = Stopwatch(), self.begin(options)
        with self.recorded(run):
            standing = self.warehouse.query(_statement("standing_features"), game_date=run.game_date)
        match judge_standing(standing, run.started_at, self._recording):
            case Standing.NOTHING:
                return Unchanged.NO_FEATURES
            case Standing.UNDER_WAY:
                raise DependencyUnavailable("another run of this slate is about to be recorded; ask again")
            case found:
                with self.recorded(run):
                    calculated = self.calculate_precompute(run, self.extract_raw_data(run))
        handed_on = hand_on(calculated.rows, standing)
        if not handed_on.has_news and found is Standing.COUNTED:
            return Unchanged.NOTHING_NEW
        return self.commit(run, replace(calculated, rows=handed_on.rows), stopwatch)

    def republish(self) -> Republished:
        """Publish the events that could not be published before."""
        return self._events.republish()

    def _refuse_the_worse(self, game_date: date, calculated: SlateFeatures) -> None:
        counts = count_features(calculated.rows, calculated.expected)
        counted = [row for row in self._stored(game_date) if row["is_counted"]]
        standing = count_features(counted, calculated.expected).expected_ready
        if falls_short(counts, standing, self._run_policy):
            raise RunRejected(
                f"only {counts.expected_ready} of {counts.expected} expected players are ready, "
                f"the floor is {self._run_policy.floor(counts.expected)}, "
                f"and a run with {standing} of them stands ({counts.why})"
            )

    def _stored(self, game_date: date) -> list[Row]:
        return self.warehouse.query(_statement("stored_features"), game_date=game_date)

    @span("publish event")
    def _publish_completion_event(self, run: Run, report: RunReport) -> EventFate:
        event = Phase4Complete(
            event_type="phase4_complete",
            game_date=run.game_date,
            correlation_id=run.correlation_id,
            processor=self.processor_name,
            status=report.status,
            players_processed=report.players_processed,
            players_ready=report.players_ready,
            players_failed=report.players_failed,
            timestamp=self.clock.now(),
            run_id=run.run_id,
        )
        if not run.options.publish_now:
            return self._announcer.hold_back(event)
        return self._announcer.announce(event)


def _report(counts: FeatureCounts) -> RunReport:
    details: Mapping[str, Any] = {
        "quality": counts.mean_quality,
        "players_expected": counts.expected,
        "players_expected_ready": counts.expected_ready,
        "not_ready_reasons": dict(counts.reasons),
        "feature_version": FEATURE_VERSION,
    }
    return RunReport(judge_status(counts), counts.processed, counts.ready, counts.failed, counts.why, details)


def _statement(name: str) -> Statement:
    return load_statement("data_processors.precompute.ml_feature_store", name)
