"""What the coordinator tells people about a slate: kinds, severities and texts. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from predictions.coordinator.collapse import is_collapsed
from predictions.coordinator.gaps import Gap
from predictions.coordinator.readiness import Readiness
from predictions.coordinator.snapshot import Snapshot
from predictions.grading.drift import Band, Verdict
from predictions.grading.report import SystemAccuracy
from shared.alert_kinds import kind_named


@dataclass(frozen=True)
class Notice:
    """An alert before it is known whether its kind stands raised already."""

    kind: str
    severity: str
    text: str

    @property
    def title(self) -> str:
        """Return what its kind is called."""
        return kind_named(self.kind).title


def under_floor(readiness: Readiness) -> Notice:
    """Too few players are ready to start; the scheduler will ask again."""
    return Notice("insufficient_data", "warning", f"{readiness.message}.")


def wait_ended(readiness: Readiness, waited_seconds: float) -> Notice:
    """The scheduler's wait has ended and there are still too few."""
    waited = f"after waiting {waited_seconds / 60:.0f} minutes"
    return Notice("wait_timed_out", "critical", f"{readiness.message}, {waited}. Somebody has to look.")


def gap(found: Gap) -> Notice:
    """Too many expected players are without a forecast."""
    text = f"{found.players} of {found.expected} expected players ({found.percent:.1f}%) have no forecast."
    return Notice("gap", "warning", text)


def collapsed_forecasts(judgement: str) -> Notice:
    """The answers of a system do not differ as players do; none of the slate's is a recommendation."""
    text = f"The forecasts are {judgement}. What was not released before reads PASS until one is sound."
    return Notice("collapsed_forecasts", "critical", text)


def publish_failed(failed: int, wanted: int, reason: str) -> Notice:
    """Requests could not be published; their players stay wanted."""
    return Notice(
        "publish_failed",
        "critical" if failed == wanted else "warning",
        f"{failed} of {wanted} requests were not taken and stay wanted: {reason}.",
    )


def sla_missed(snapshot: Snapshot) -> Notice:
    """The deadline has passed and the slate is not complete."""
    if snapshot.expected and not snapshot.covered:
        text = f"{snapshot.expected} players are expected and none has a forecast."
        return Notice("no_predictions", "critical", text)
    text = f"{snapshot.covered} of {snapshot.expected} expected players have a forecast or a reason."
    if is_collapsed(snapshot.judgement):
        text += f" The forecasts are {snapshot.judgement}."
    if not snapshot.expected:
        text = "Nobody is on the slate, and Phase 4 has not said that there are no games."
    return Notice("sla_missed", "critical", text)


def sla_at_risk(snapshot: Snapshot, why: str) -> Notice:
    """The deadline has not passed, and will be missed if it goes on like this."""
    text = f"{snapshot.processed} of {snapshot.expected} expected players are done; {why}."
    return Notice("sla_at_risk", "warning", text)


def dead_letter(subscription: str, reason: str) -> Notice:
    """A message could not be handled and was stored."""
    return Notice("dead_letter", "warning", f"{subscription} gave up on a message: {reason}.")


def system_drift(systems: Iterable[SystemAccuracy]) -> Notice:
    """The error of a system, or the coverage of its intervals, has left its historical band."""
    text = "; ".join(change for system in systems for change in _changes(system)) + "."
    return Notice("system_drift", "warning", text)


def _changes(system: SystemAccuracy) -> Iterator[str]:
    told = (("mean absolute error", system.error, 1, " points"), ("80% coverage", system.coverage, 100, "%"))
    for what, band, times, unit in told:
        if band.verdict is Verdict.DRIFTED:
            yield f"{system.system_id}: {what} {_from_to(band, times)}{unit}"


def _from_to(band: Band, times: int) -> str:
    numbers = (band.usual, band.recent, band.low, band.high)
    usual, recent, low, high = (f"{times * (number or 0.0):.2f}" for number in numbers)
    return f"from {usual} to {recent}, outside {low} to {high}"
