"""What people do with dead letters: look at them, publish them again, or put them away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from predictions.coordinator.alerting import Alarm
from predictions.coordinator.letters import (
    PREVIEW_CHARACTERS,
    Letter,
    LetterState,
    Refusal,
    Replay,
    judge_replay,
    read_letter,
    refusal_to_repeat,
)
from predictions.coordinator.slate_store import SlateStore
from shared.clock import Clock
from shared.errors import DependencyRejected, DependencyUnavailable, NotFound
from shared.logs import get_logger
from shared.ports import Publisher, Row

Reasons = dict[str, str]
_log = get_logger("dead_letters")


@dataclass(frozen=True)
class Dealt:
    """What became of the letters that were named: by message id, those not dealt with with the reason."""

    done: list[str]
    refused: Reasons
    failed: Reasons = field(default_factory=dict)


class DeadLetterOffice:
    """Reads the letters of a slate and changes their state; `topics` is by subscription."""

    def __init__(
        self,
        store: SlateStore,
        publisher: Publisher,
        topics: Mapping[str, str],
        alarm: Alarm,
        clock: Clock,
    ) -> None:
        self._store = store
        self._publisher = publisher
        self._topics = topics
        self._alarm = alarm
        self._clock = clock

    def listed(self, game_date: date) -> list[Row]:
        """Return the slate's letters, oldest first, each once, in its newest state."""
        return self._store.dead_letters(game_date, PREVIEW_CHARACTERS)

    def shown(self, game_date: date, message_id: str) -> dict[str, Any]:
        """Return all that is known about one letter, and why a replay would refuse it; NotFound."""
        (letter,) = self._letters(game_date, [message_id])
        judged = judge_replay(letter, self._topics, force=False)
        facts = {name: value for name, value in letter.row.items() if name != "created_at"}
        return facts | {
            "stored_at": letter.stored_at,
            "state_since": letter.row["created_at"],
            "topic": self._topics.get(letter.source_subscription),
            "replay_refused": judged.reason if isinstance(judged, Refusal) else None,
        }

    def replay(self, game_date: date, message_ids: Sequence[str], force: bool) -> Dealt:
        """Publish letters again to the topics that they came from, and then write down that this was done.

        At least once: dying in between leaves them stored, and they are published again when somebody
        asks again. What the message service does not take stays stored too, with the reason.
        Raises NotFound if one of them does not exist; then none is touched.
        """
        letters = self._letters(game_date, message_ids)
        judged = [judge_replay(letter, self._topics, force) for letter in letters]
        replays = [found for found in judged if isinstance(found, Replay)]
        failed = self._publish(replays)
        done = [replay.letter for replay in replays if replay.letter.message_id not in failed]
        self._record(game_date, done, LetterState.REPLAYED)
        return Dealt(_ids(done), _reasons(letters, judged), failed)

    def discard(self, game_date: date, message_ids: Sequence[str], force: bool) -> Dealt:
        """Write down that nothing is to be done with these letters; NotFound as in `replay`."""
        letters = self._letters(game_date, message_ids)
        judged = [refusal_to_repeat(letter, force) for letter in letters]
        done = [letter for letter, refusal in zip(letters, judged, strict=True) if refusal is None]
        self._record(game_date, done, LetterState.DISCARDED)
        return Dealt(_ids(done), _reasons(letters, judged))

    def _letters(self, game_date: date, message_ids: Sequence[str]) -> list[Letter]:
        letters = [read_letter(row) for row in self._store.named_dead_letters(game_date, message_ids)]
        unknown = sorted(set(message_ids) - {letter.message_id for letter in letters})
        if unknown:
            raise NotFound(f"the slate of {game_date} has no dead letter {', '.join(unknown)}")
        return letters

    def _publish(self, replays: Sequence[Replay]) -> Reasons:
        """Publish a topic at a time; return the letters that were not taken, and why."""
        failed: Reasons = {}
        for topic in dict.fromkeys(replay.topic for replay in replays):
            failed |= self._publish_to(topic, [replay for replay in replays if replay.topic == topic])
        return failed

    def _publish_to(self, topic: str, replays: Sequence[Replay]) -> Reasons:
        try:
            failures = self._publisher.publish(topic, [replay.message for replay in replays])
        except (DependencyUnavailable, DependencyRejected) as error:
            return {replay.letter.message_id: str(error) for replay in replays}
        return {replays[failure.index].letter.message_id: failure.reason for failure in failures}

    def _record(self, game_date: date, letters: Sequence[Letter], state: LetterState) -> None:
        """Append the letters' new state; a store that does not take it raises, and they stay as they are.

        Then see whether any is left to alert about; a store that does not say leaves that to the next
        question, since the letters are dealt with.
        """
        if letters:
            now = self._clock.now()
            self._store.record_dead_letters([letter.in_state(state, now) for letter in letters])
            name = f"dead_letters_{state.value}"
            _log.info("dead letters were dealt with", event_name=name, message_ids=_ids(letters))
            self._resolve(game_date)

    def _resolve(self, game_date: date) -> None:
        try:
            self._alarm.resolve(self._store.snapshot(game_date))
        except DependencyUnavailable as error:
            reason = str(error)
            _log.warning("an alert could not be looked at", event_name="alert_unresolved", reason=reason)


def _ids(letters: Sequence[Letter]) -> list[str]:
    return [letter.message_id for letter in letters]


def _reasons(letters: Sequence[Letter], judged: Sequence[Replay | Refusal | None]) -> Reasons:
    pairs = zip(letters, judged, strict=True)
    return {letter.message_id: found.reason for letter, found in pairs if isinstance(found, Refusal)}
