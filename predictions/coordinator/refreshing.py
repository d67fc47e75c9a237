"""Line moves and news: who is affected becomes wanted again, and Phase 4 takes the news into its features."""

from dataclasses import dataclass
from datetime import date

from predictions.coordinator.acting import Reply
from predictions.coordinator.asking import Ask, Caller, Route
from predictions.coordinator.changes import Changes
from predictions.coordinator.question import Question
from predictions.coordinator.slate_store import SlateStore
from shared.clock import Clock
from shared.errors import DependencyUnavailable
from shared.logs import current_correlation_id, get_logger
from shared.messages import Phase4Refresh
from shared.ports import Publisher
from shared.slate import is_open_for_events, is_over

SOURCE = "refresh"
_log = get_logger("coordinator")


@dataclass(frozen=True)
class Refreshed:
    """What had changed, whether Phase 4 was asked to look again, and what the question came to."""

    changes: Changes
    is_phase4_asked: bool
    ask: Ask
    reply: Reply


class RefreshDesk:
    """Asks Phase 4, then the question; asking twice is harmless, for both look at what stands."""

    def __init__(
        self, store: SlateStore, question: Question, publisher: Publisher, clock: Clock, topic: str
    ) -> None:
        self._store = store
        self._question = question
        self._publisher = publisher
        self._clock = clock
        self._topic = topic

    def refresh(self, game_date: date, caller: Caller) -> Refreshed | None:
        """Have the news of a slate taken into its features, and request at once whom lines and statuses want.

        Team-mates of one ruled out are requested when the features that know it are there, by their event.
        A held slate is left alone. None for a slate whose day is over: nothing is read, since its forecasts
        are graded as they stand. Raises DependencyUnavailable if Phase 4 cannot be asked: nothing has been
        requested then, and the next refresh finds the same; and as `Question.ask`.
        """
        if is_over(game_date, self._clock.now()):
            return None
        changes = self._store.changes(game_date)
        is_asked = self._is_for_phase4(game_date, changes)
        if is_asked:
            self._ask_phase4(game_date, changes)
        ask = Ask(game_date, Route.REFRESH, caller, SOURCE)
        return Refreshed(changes, is_asked, ask, self._question.ask(ask))

    def _is_for_phase4(self, game_date: date, changes: Changes) -> bool:
        """Phase 4 lets go of a slate that is not today's or tomorrow's; so nobody asks it about one."""
        is_open = is_open_for_events(game_date, self._clock.now())
        return changes.needs_phase4 and is_open and not changes.is_held

    def _ask_phase4(self, game_date: date, changes: Changes) -> None:
        message = Phase4Refresh(
            event_type="phase4_refresh", game_date=game_date, correlation_id=current_correlation_id()
        )
        failures = self._publisher.publish(self._topic, [message.to_message()])
        if failures:
            raise DependencyUnavailable(f"Phase 4 could not be asked to look again: {failures[0].reason}")
        _log.info(
            "Phase 4 is asked to look again",
            event_name="phase4_refresh_asked",
            game_date=game_date.isoformat(),
            statuses_changed=changes.statuses_changed,
            ruled_out=list(changes.ruled_out),
        )
