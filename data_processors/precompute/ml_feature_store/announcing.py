"""Telling Phase 5, once a run is recorded; from here on nothing may make the run fail."""

from datetime import date

from data_processors.precompute.ml_feature_store.events import Phase4Events
from data_processors.precompute.runs import EventFate
from shared.alert_kinds import kind_named
from shared.alerts import AlertDesk
from shared.errors import AppError
from shared.logs import get_logger
from shared.messages import Phase4Complete

PUBLISH_FAILED = "phase4_publish_failed"

_log = get_logger("phase4")


class Announcer:
    """Publishes, or stores and warns, or at least logs: the scheduled backup repairs what is not told."""

    def __init__(self, events: Phase4Events, alert_desk: AlertDesk) -> None:
        self._events = events
        self._alert_desk = alert_desk

    def announce(self, event: Phase4Complete) -> EventFate:
        """Publish an event, and those of earlier runs that still wait; store it if it is not taken."""
        reason = self._events.publish(event)
        if reason is None:
            self._publish_older_ones()
            return EventFate.PUBLISHED
        fate = self._store(event, reason)
        text = f"The event of run {event.run_id} was not published: {reason}. The scheduled backup will ask."
        self.warn(event.game_date, PUBLISH_FAILED, text)
        return fate

    def hold_back(self, event: Phase4Complete) -> EventFate:
        """Store an event that the caller wants published later; nobody is alerted."""
        return self._store(event, "held back on request")

    def warn(self, game_date: date, kind: str, text: str) -> None:
        """Raise a warning alert; if that fails, the log has it."""
        try:
            self._alert_desk.raise_once(game_date, kind, "warning", kind_named(kind).title, text)
        except AppError as error:
            _log.error(
                "an alert was not raised",
                event_name="alert_unraised",
                kind=kind,
                text=text,
                reason=str(error),
            )

    def _store(self, event: Phase4Complete, reason: str) -> EventFate:
        try:
            self._events.store(event, reason)
        except AppError as error:
            _log.critical(
                "an event was neither published nor stored",
                event_name="event_lost",
                run_id=event.run_id,
                game_date=event.game_date.isoformat(),
                reason=str(error),
            )
            return EventFate.NONE
        return EventFate.STORED

    def _publish_older_ones(self) -> None:
        try:
            self._events.republish()
        except AppError as error:
            _log.warning("stored events wait on", event_name="republish_failed", reason=str(error))
