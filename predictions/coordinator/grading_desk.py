"""Grading, and the alert about systems that are no longer what they were."""

from datetime import date, timedelta

from predictions.coordinator import notices
from predictions.coordinator.alerting import Alarm
from predictions.coordinator.slate_store import SlateStore
from predictions.grading.grader import Grader
from predictions.grading.report import AccuracyReport
from shared.logs import get_logger

_LOOK_BACK_DAYS = 730  # what a report reads: who drifts since before that is none of its systems
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
            self._alarm.raise_notice(snapshot, notices.system_drift(systems))
        self._resolve(report)
        _log.info(
            "the forecasts were graded",
            event_name="graded",
            newest_slate=report.newest_slate and report.newest_slate.isoformat(),
            drifted=[system.system_id for system in report.systems if system.drifted_since],
        )
        return report

    def _resolve(self, report: AccuracyReport) -> None:
        """Say that drifts are over whose slate is not one of the newest, if no system drifts since then.

        Until then one that hovers at the edge of its band would still be told as the same drift.
        """
        if not report.systems:
            return
        lasting = {system.drifted_since for system in report.systems}
        newest = min(system.recent.first_slate for system in report.systems)
        first, last = newest - timedelta(days=_LOOK_BACK_DAYS), newest - timedelta(days=1)
        for slate in self._store.alerted_slates("system_drift", first, last):
            snapshot = self._store.snapshot(slate)
            self._alarm.resend_unconfirmed(snapshot)
            if slate not in lasting:
                self._alarm.resolve_kind(snapshot, "system_drift", "no system drifts since then")
