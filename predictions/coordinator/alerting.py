"""The coordinator's alerts: their kinds, severities and texts. Pure but for the desk it is given."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from predictions.coordinator.collapse import is_collapsed
from predictions.coordinator.gaps import Gap
from predictions.coordinator.readiness import Readiness
from predictions.coordinator.snapshot import Snapshot
from predictions.grading.drift import Band, Verdict
from predictions.grading.report import SystemAccuracy
from shared.alerts import AlertDesk, raised_alerts, unconfirmed
from shared.clock import Clock
from shared.ports import Alert

_CRITICAL = frozenset(
    {"insufficient_data", "no_predictions", "sla_missed", "publish_failed", "collapsed_forecasts"}
)


@dataclass(frozen=True)
class Notice:
    """An alert before it is known whether its kind was raised already."""

    kind: str
    severity: str
    title: str
    text: str


def under_floor(readiness: Readiness) -> Notice:
    """Too few players are ready to start; the scheduler will ask again."""
    return Notice("phase4_under_floor", "warning", "Phase 5 is waiting for Phase 4", f"{readiness.message}.")


def wait_ended(readiness: Readiness, waited_seconds: float) -> Notice:
    """The scheduler's wait has ended and there are still too few."""
    return Notice(
        "insufficient_data",
        "critical",
        "Phase 5 cannot start: Phase 4 is not ready",
        f"{readiness.message}, after waiting {waited_seconds / 60:.0f} minutes. Somebody has to look.",
    )


def gap(found: Gap) -> Notice:
    """Too many expected players are without a forecast."""
    return Notice(
        "gap",
        "warning",
        "Phase 5 partial completion",
        f"{found.players} of {found.expected} expected players ({found.percent:.1f}%) have no forecast.",
    )


def collapsed_forecasts(judgement: str) -> Notice:
    """The answers of a system do not differ as players do; none of the slate's is a recommendation."""
    return Notice(
        "collapsed_forecasts",
        "critical",
        "The forecasts have collapsed and are held back",
        f"The forecasts are {judgement}. What was not released before reads PASS until one is sound.",
    )


def publish_failed(failed: int, wanted: int, reason: str) -> Notice:
    """Requests could not be published; their players stay wanted."""
    return Notice(
        "publish_failed",
        "critical" if failed == wanted else "warning",
        "Prediction requests could not be published",
        f"{failed} of {wanted} requests were not taken and stay wanted: {reason}.",
    )


def sla_missed(snapshot: Snapshot) -> Notice:
    """The deadline has passed and the slate is not complete."""
    if snapshot.expected and not snapshot.covered:
        return Notice(
            "no_predictions",
            "critical",
            "Games today, but no predictions",
            f"{snapshot.expected} players are expected and none has a forecast.",
        )
    text = f"{snapshot.covered} of {snapshot.expected} expected players have a forecast or a reason."
    if is_collapsed(snapshot.judgement):
        text += f" The forecasts are {snapshot.judgement}."
    if not snapshot.expected:
        text = "Nobody is on the slate, and Phase 4 has not said that there are no games."
    return Notice("sla_missed", "critical", "The forecasts are not complete at the deadline", text)


def sla_at_risk(snapshot: Snapshot, why: str) -> Notice:
    """At this pace the deadline will be missed."""
    return Notice(
        "sla_at_risk",
        "warning",
        "The deadline is at risk",
        f"{snapshot.processed} of {snapshot.expected} expected players are done; {why}.",
    )


def dead_letter(subscription: str, reason: str) -> Notice:
    """A message could not be handled and was stored."""
    return Notice(
        "dead_letter",
        "warning",
        "A message ended in the dead letters",
        f"{subscription} gave up on a message: {reason}.",
    )


def system_drift(systems: Iterable[SystemAccuracy]) -> Notice:
    """The error of a system, or the coverage of its intervals, has left its historical band."""
    return Notice(
        "system_drift",
        "warning",
        "A forecasting system is not what it was",
        "; ".join(change for system in systems for change in _changes(system)) + ".",
    )


def _changes(system: SystemAccuracy) -> Iterator[str]:
    told = (("mean absolute error", system.error, 1, " points"), ("80% coverage", system.coverage, 100, "%"))
    for what, band, times, unit in told:
        if band.verdict is Verdict.DRIFTED:
            yield f"{system.system_id}: {what} {_from_to(band, times)}{unit}"


def _from_to(band: Band, times: int) -> str:
    numbers = (band.usual, band.recent, band.low, band.high)
    usual, recent, low, high = (f"{times * (number or 0.0):.2f}" for number in numbers)
    return f"from {usual} to {recent}, outside {low} to {high}"


class Alarm:
    """Raises notices about a slate, once per kind, and sends again what was never confirmed."""

    def __init__(self, desk: AlertDesk, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock

    def raise_notice(self, snapshot: Snapshot, notice: Notice) -> None:
        """Raise a notice unless the snapshot shows that its kind was raised before."""
        if notice.kind not in raised_alerts(snapshot.alerts_raised):
            self._desk.raise_once(snapshot.game_date, notice.kind, notice.severity, notice.title, notice.text)

    def resend_unconfirmed(self, snapshot: Snapshot) -> None:
        """Send again every alert that was raised and never confirmed."""
        confirmed = set((snapshot.alerts_confirmed or "").split(","))
        raised = raised_alerts(snapshot.alerts_raised)
        for kind in unconfirmed(snapshot.alerts_raised, confirmed, self._clock.now()):
            text = f"Raised at {raised[kind].isoformat()}; it was not known whether it was sent."
            title = f"Alert {kind} for the slate of {snapshot.game_date}"
            severity = "critical" if kind in _CRITICAL else "warning"
            self._desk.resend(Alert(kind, severity, title, text, snapshot.game_date, raised[kind]))
