"""What a person does to the slate in the morning: holds it for a while, puts dead letters away."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim_cluster import Cluster, Request

from shared.statements import load_statement

_PAUSES = 0.3
_PUTS_AWAY = 0.5
_TRIES_AGAIN_SECONDS = 20.0
_DONE = "None"  # what was done names no `status`


@dataclass
class Person:
    """Plans each deed under a name, so that a run can be played without it; draws from dice of its own."""

    cluster: Cluster
    date: str
    plan: Callable[[float, Callable[[], None]], None]

    def begin(self) -> None:
        """Plan the deeds of the morning; whoever pauses a slate resumes it."""
        random = self.cluster.dice.of("person")
        begins, lasts, puts_away = random.uniform(0, 300), random.uniform(1, 400), random.uniform(60, 600)
        verb = random.choice(("/pause", "/pause", "/cancel"))
        if random.random() < _PAUSES and self._happens(f"a person asks for {verb} and resumes"):
            self.plan(begins, lambda: self._insist(verb, lambda: self._resume_after(lasts)))
        if random.random() < _PUTS_AWAY and self._happens("a person puts dead letters away"):
            self.plan(puts_away, self._put_away)

    def _happens(self, what: str) -> bool:
        return self.cluster.engine.chaos.happens("once", what)

    def _resume_after(self, seconds: float) -> None:
        """Resume once the hold was answered: of two that are under way at once the later one would win."""
        self.plan(seconds, lambda: self._insist("/resume"))

    def _insist(self, verb: str, when_done: Callable[[], None] = lambda: None) -> None:
        """Ask until it is done; to ask twice is harmless."""

        def answered(status: str) -> None:
            if status == _DONE:
                when_done()
            else:
                self.plan(_TRIES_AGAIN_SECONDS, lambda: self._insist(verb, when_done))

        self.cluster.engine.tell("a person", f"asks for {verb}")
        self.cluster.ask(Request(verb, {"game_date": self.date}), when_over=answered)

    def _put_away(self) -> None:
        statement = load_statement("predictions.coordinator", "dead_letters")
        rows = self.cluster.store.query(statement, game_date=self.date, characters=1)
        waiting: list[Any] = [row["message_id"] for row in rows if row["state"] == "stored"]
        if waiting:
            self.cluster.engine.tell("a person", f"puts {len(waiting)} dead letters away")
            body = {"game_date": self.date, "message_ids": waiting[:100]}
            self.cluster.ask(Request("/dead-letters/discard", body))
