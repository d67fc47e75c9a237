"""The template of a precompute run: extract, calculate, save, record, and only then tell anybody."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar, Generic, TypeVar

from data_processors.precompute.runs import EventFate, NobodyReady, Run, RunOptions, RunReport, RunResult
from shared.clock import Clock, Stopwatch
from shared.errors import AppError
from shared.ids import fresh_id
from shared.logs import get_logger
from shared.messages import RunStatus
from shared.ports import Row, Warehouse
from shared.telemetry import note

HISTORY_TABLE = "nba_reference.processor_run_history"

Calculated = TypeVar("Calculated")
_log = get_logger("phase4")


class PrecomputeProcessor(ABC, Generic[Calculated]):
    """Runs the steps in their order; holds no state of a run, so that runs may overlap."""

    processor_name: ClassVar[str]

    def __init__(self, warehouse: Warehouse, clock: Clock) -> None:
        self.warehouse = warehouse
        self.clock = clock

    def run(self, options: RunOptions) -> RunResult:
        """Compute one slate; every failure is recorded in run history and raised again.

        Raises what the store raises, and NobodyReady if the features are good for nobody.
        """
        stopwatch, run = Stopwatch(), self.begin(options)
        with self.recorded(run):
            calculated = self.calculate_precompute(run, self.extract_raw_data(run))
        return self.commit(run, calculated, stopwatch)

    def begin(self, options: RunOptions) -> Run:
        """Begin a run, under an id of its own."""
        run = Run(fresh_id(), self.clock.now(), options)
        note(game_date=run.game_date, run_id=run.run_id)
        return run

    @contextmanager
    def recorded(self, run: Run) -> Iterator[None]:
        """Record in run history whatever fails within, and raise it again."""
        try:
            yield
        except Exception as error:
            self._record_failure(run, error)
            raise

    def commit(self, run: Run, calculated: Calculated, stopwatch: Stopwatch) -> RunResult:
        """Save and record what was calculated, and tell of it; raises as `run`."""
        with self.recorded(run):
            report = self.save_precompute(run, calculated)
            self._record(run, report)
        note(players=report.players_processed)
        if report.status is RunStatus.FAILED:
            nobody = NobodyReady(f"no player of {run.game_date} is ready ({report.why}; run {run.run_id})")
            self.on_failure(run, nobody)
            raise nobody
        return RunResult(run, report, self.post_process(run, report), round(stopwatch.seconds(), 3))

    @abstractmethod
    def extract_raw_data(self, run: Run) -> Sequence[Row]:
        """Read what the run computes from."""

    @abstractmethod
    def calculate_precompute(self, run: Run, extracted: Sequence[Row]) -> Calculated:
        """Turn what was read into what is to be saved; no side effects."""

    @abstractmethod
    def save_precompute(self, run: Run, calculated: Calculated) -> RunReport:
        """Commit the slate, all at once, and report what the store then holds."""

    def post_process(self, run: Run, report: RunReport) -> EventFate:
        """Do what follows a recorded run; nothing here may make it fail any more."""
        _log.info(
            "a run was recorded",
            event_name="run_recorded",
            processor=self.processor_name,
            run_id=run.run_id,
            game_date=run.game_date.isoformat(),
            status=report.status.value,
            players_processed=report.players_processed,
            players_ready=report.players_ready,
            players_failed=report.players_failed,
        )
        return EventFate.NONE

    def on_failure(self, run: Run, error: Exception) -> None:
        """Do what follows a failure, once it is recorded."""
        _log.warning(
            "a run failed",
            event_name="run_failed",
            processor=self.processor_name,
            run_id=run.run_id,
            game_date=run.game_date.isoformat(),
            reason=str(error),
        )

    def _record(self, run: Run, report: RunReport) -> None:
        summary = {
            "players_processed": report.players_processed,
            "players_ready": report.players_ready,
            "players_failed": report.players_failed,
            "correlation_id": run.correlation_id,
            "is_backfill": run.options.is_backfill,
            **report.details,
        }
        row = {
            "data_date": run.game_date,
            "processor_name": self.processor_name,
            "run_id": run.run_id,
            "status": report.status.value,
            "records_processed": report.players_processed,
            "triggered_by": run.options.triggered_by,
            "started_at": run.started_at,
            "processed_at": self.clock.now(),
            "summary": summary,
        }
        self.warehouse.append(HISTORY_TABLE, [row])

    def _record_failure(self, run: Run, error: Exception) -> None:
        """Record a failed run; a store that is away must not hide the error that was first."""
        details = {"error": type(error).__name__, "reason": str(error)}
        try:
            self._record(run, RunReport(RunStatus.FAILED, details=details))
            self.on_failure(run, error)
        except AppError as second:
            _log.error(
                "a failed run could not be recorded",
                event_name="run_unrecorded",
                run_id=run.run_id,
                game_date=run.game_date.isoformat(),
                reason=str(second),
            )
