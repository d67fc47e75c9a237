"""Every kind of alert that the services can raise: how grave it is, what it says, and what to do first."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AlertKind:
    """One kind. `severity` is the gravest it is raised with, `anchor` its section in the runbook.

    `next_step` is what a person does first: a sentence without its full stop.
    """

    name: str
    severity: str
    title_when_resolved: str
    next_step: str
    anchor: str
    title: str = ""


def _kind(name: str, severity: str, title: str, title_when_resolved: str, next_step: str) -> AlertKind:
    return AlertKind(name, severity, title_when_resolved, next_step, anchor=name, title=title)


_ALL = (
    _kind(
        "insufficient_data",
        "warning",
        "Phase 5 is waiting for Phase 4",
        "Phase 5 no longer waits for Phase 4",
        "find out why players are not ready, mend, run Phase 4 again",
    ),
    _kind(
        "wait_timed_out",
        "critical",
        "Phase 5 cannot start: Phase 4 is not ready",
        "Phase 5 can start",
        "the same, now: nothing here asks Phase 4 to run again",
    ),
    _kind(
        "publish_failed",
        "critical",
        "Prediction requests could not be published",
        "All prediction requests are published",
        "`bin/phase5/verify.sh`, then `/retry`",
    ),
    _kind(
        "sla_at_risk",
        "warning",
        "The deadline is at risk",
        "The deadline is no longer at risk",
        "`/retry`, then see whether the worker answers",
    ),
    _kind(
        "no_predictions",
        "critical",
        "Games today, but no predictions",
        "The slate has its predictions",
        "find the first empty step: run, ready, requested, answered",
    ),
    _kind(
        "sla_missed",
        "critical",
        "The forecasts are not complete at the deadline",
        "The forecasts are complete, after the deadline",
        "`/status`, then who is missing and why",
    ),
    _kind(
        "collapsed_forecasts",
        "critical",
        "The forecasts have collapsed and are held back",
        "The forecasts are sound again",
        "find which build or feature made all answers alike; roll back; force",
    ),
    _kind(
        "gap",
        "warning",
        "Phase 5 partial completion",
        "The gap in the forecasts is closed",
        "who is missing, and why",
    ),
    _kind(
        "dead_letter",
        "warning",
        "A message ended in the dead letters",
        "No dead letter waits for a decision",
        "which subscription; mend its reason; `/retry`",
    ),
    _kind(
        "system_drift",
        "warning",
        "A forecasting system is not what it was",
        "The forecasting systems are within their bands again",
        "one system or all? what changed on that day: build, features, league",
    ),
    _kind(
        "phase4_publish_failed",
        "warning",
        "Phase 4 could not publish its event",
        "What Phase 4's event was for has been done",
        "`/republish`, or let 6:00 PT (9:00 ET) do it",
    ),
    _kind(
        "phase4_run_rejected",
        "warning",
        "A feature run was rejected",
        "A newer feature run stands",
        "the better run stands; look at what Phase 3 wrote since",
    ),
    _kind(
        "phase4_nobody_ready",
        "warning",
        "A feature run is good for nobody",
        "A newer feature run stands",
        "the reason that nearly all rows share; mend its table, run Phase 4 again",
    ),
)
KINDS = {kind.name: kind for kind in _ALL}


def kind_named(name: str) -> AlertKind:
    """Return a kind; of one that no service raises, such as an earlier version's, what is true of any."""
    title = f"Alert {name}"
    unknown = AlertKind(
        name, "warning", f"{title} is over", "see the runbook's chapter on alerts", "alerts", title
    )
    return KINDS.get(name, unknown)
