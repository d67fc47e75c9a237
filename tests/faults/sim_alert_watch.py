"""Alerts: raised once until they are over, each message sent once and confirmed after that.

A disturbance in between excuses one more message.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim_fibre import Step
from sim_rules import Checks, Rule

from shared.alert_entries import RESOLVED
from shared.ports import Alert, Row

_CHANGES = ("raise_alert", "renew_alert", "resolve_alert")


@dataclass
class AlertWatch:
    """Counts by name, a kind or `kind:resolved`; a run has one slate."""

    checks: Checks
    raised: Counter[str] = field(default_factory=Counter)
    times_sent: Counter[str] = field(default_factory=Counter)
    _standing: set[str] = field(default_factory=set)
    _disturbed: Counter[str] = field(default_factory=Counter)

    def updated(self, step: Step[Any]) -> None:
        """Judge an alert that was raised, or that was said to be over."""
        if step.name not in _CHANGES:
            return
        name = _changed(step)
        kind = name.removesuffix(RESOLVED)
        if step.name == "raise_alert":
            is_new = kind not in self._standing
            self.checks.require(Rule.ALERTED_ONCE, is_new, f"the alert {kind} was raised while it stood")
            self._standing.add(kind)
            self.raised[name] += 1
        elif step.name == "resolve_alert":
            is_raised = kind in self._standing
            self.checks.require(Rule.ALERTED_ONCE, is_raised, f"the alert {kind} was over and did not stand")
            self._standing.remove(kind)
            self.raised[name] += 1

    def sent(self, message: Alert) -> None:
        """Judge a message that was sent; a digest is one of each that it carries."""
        for name in _carried(message):
            self.times_sent[name] += 1
            times, most = self.times_sent[name], self.raised[name] + self._disturbed[name]
            self.checks.require(
                Rule.ALERTED_ONCE,
                times <= most,
                f"the alert {name} was sent {times} times; it was raised {self.raised[name]} times, "
                f"with {self._disturbed[name]} crashes or failures in between",
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
        self._disturbed.update(_names(step))


def _names(step: Step[Any]) -> Iterable[str]:
    """Return which alerts a step is about."""
    if step.verb == "send":
        return _carried(step.about)
    if step.verb == "execute" and step.name in _CHANGES:
        return [_changed(step)]
    if step.verb == "append" and step.name == "nba_reference.alerts":
        return [row["kind"] for row in step.about]
    return ()


def _changed(step: Step[Any]) -> str:
    """Return what a change of the slate's row makes stand there."""
    text: str = step.about["resolved"] if step.name == "resolve_alert" else f";{step.about['kind']}@"
    return text[1:].partition("@")[0]


def _carried(message: Alert) -> list[str]:
    return [part.kind for part in message.parts or (message,)]
