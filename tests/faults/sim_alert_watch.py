"""Alerts: raised once, sent once, confirmed after that; a disturbance in between excuses one more."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sim_fibre import Step
from sim_rules import Checks, Rule

from shared.ports import Row


@dataclass
class AlertWatch:
    """Counts by kind; a run has one slate."""

    checks: Checks
    raised: Counter[str] = field(default_factory=Counter)
    times_sent: Counter[str] = field(default_factory=Counter)
    _disturbed: Counter[str] = field(default_factory=Counter)

    def updated(self, step: Step[Any]) -> None:
        """Judge an alert that was raised."""
        if step.name == "raise_alert":
            kind = step.about["kind"]
            self.raised[kind] += 1
            times = self.raised[kind]
            self.checks.require(Rule.ALERTED_ONCE, times == 1, f"the alert {kind} was raised {times} times")

    def sent(self, kind: str) -> None:
        """Judge an alert that was sent."""
        self.times_sent[kind] += 1
        times, most = self.times_sent[kind], 1 + self._disturbed[kind]
        self.checks.require(
            Rule.ALERTED_ONCE,
            times <= most,
            f"the alert {kind} was sent {times} times, with {most - 1} crashes or failures in between",
        )

    def confirmed(self, rows: Sequence[Row]) -> None:
        """Judge the rows that say that alerts were sent."""
        for row in rows:
            was_sent = self.times_sent[row["kind"]] > 0
            self.checks.require(
                Rule.DURABLE_FIRST, was_sent, f"the alert {row['kind']} was confirmed before it was sent"
            )

    def disturbed(self, step: Step[Any]) -> None:
        """Note that a step went wrong."""
        kind = _kind(step)
        if kind is not None:
            self._disturbed[kind] += 1


def _kind(step: Step[Any]) -> str | None:
    if step.verb == "send":
        return step.name
    if step.verb == "execute" and step.name in ("raise_alert", "renew_alert"):
        return str(step.about["kind"])
    if step.verb == "append" and step.name == "nba_reference.alerts":
        return str(step.about[0]["kind"])
    return None
