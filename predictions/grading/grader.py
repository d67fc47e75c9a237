"""Grading's use case: one read, then the report of it."""

from datetime import date, timedelta

from predictions.grading.drift import DriftPolicy
from predictions.grading.report import AccuracyReport, accuracy_report
from predictions.grading.scores import read_score
from shared.ports import Warehouse
from shared.statements import load_statement


class Grader:
    """Reads what came of the forecasts."""

    def __init__(self, warehouse: Warehouse, policy: DriftPolicy) -> None:
        self._warehouse = warehouse
        self._policy = policy

    def report(self, game_date: date) -> AccuracyReport:
        """Return how every system has done up to this slate; raise the store's error if it cannot be read."""
        rows = self._warehouse.query(
            load_statement("predictions.grading", "graded_slates"),
            first_date=game_date - timedelta(days=self._policy.look_back_days),
            last_date=game_date,
        )
        return accuracy_report(game_date, map(read_score, rows), self._policy)
