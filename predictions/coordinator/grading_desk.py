"""Grading, and the alert about systems that are no longer what they were."""

from datetime import date

from predictions.coordinator import alerting
from predictions.coordinator.alerting import Alarm
from predictions.coordinator.slate_store import SlateStore
from predictions.grading.grader import Grader
from predictions.grading.report import AccuracyReport
from shared.logs import get_logger

_log = get_logger("coordinator")


class GradingDesk:
    """Reports on the forecasts of past slates, and alerts once for each time that a system drifts."""

    def __init__(self, grader: Grader, store: SlateStore, alarm: Alarm) -> None:
        self._grader = grader
        self._store = store
        self._alarm = alarm

    def report(self, game_date: date) -> AccuracyReport:
        """Return how every system has done up to a slate, and change nothing."""
        return self._grader.report(game_date)

    def grade(self, game_date: date) -> AccuracyReport:
        """Report, and raise an alert on the slate on which a system drifted, if that was lately.

        That slate is the newest one, or an earlier one if nobody asked on its day: so a drift is told
        once, however often and however late somebody asks.
        """
        report = self._grader.report(game_date)
        for slate, systems in report.newly_drifted().items():
            snapshot = self._store.snapshot(slate)
            self._alarm.resend_unconfirmed(snapshot)
            self._alarm.raise_notice(snapshot, alerting.system_drift(systems))
        _log.info(
            "the forecasts were graded",
            event_name="graded",
            newest_slate=report.newest_slate and report.newest_slate.isoformat(),
            drifted=[system.system_id for system in report.systems if system.drifted_since],
        )
        return report
