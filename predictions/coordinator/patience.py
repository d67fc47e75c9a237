"""The scheduler's /start waits for Phase 4: the same question, asked until it has an answer."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from predictions.coordinator import notices
from predictions.coordinator.acting import Reply
from predictions.coordinator.alerting import Alarm
from predictions.coordinator.asking import Ask
from predictions.coordinator.planning import Verdict
from predictions.coordinator.question import Question
from predictions.coordinator.waiting import WaitingPolicy, next_poll_seconds, wait_until
from shared.clock import Clock
from shared.errors import SlateBusy
from shared.logs import get_logger

MAX_WAITING = 4  # each holds a thread of the server; the others answer everybody else
_log = get_logger("coordinator")


class PatientQuestion:
    """Holds no claim while it waits, and ends at once when the process is stopping."""

    def __init__(
        self,
        question: Question,
        alarm: Alarm,
        policy: WaitingPolicy,
        clock: Clock,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._question = question
        self._alarm = alarm
        self._policy = policy
        self._clock = clock
        self._is_stopping = is_stopping
        self._seats = threading.BoundedSemaphore(MAX_WAITING)

    def ask(self, ask: Ask, scheduled_at: datetime | None) -> Reply:
        """Ask until Phase 4 is ready or the wait is over, then go on with what is there.

        Raises SlateBusy when the process is asked to stop (another instance resumes the wait), or when
        enough requests are waiting in it.
        """
        if not self._seats.acquire(blocking=False):
            raise SlateBusy("enough requests are waiting here already")
        try:
            return self._wait(ask, scheduled_at)
        finally:
            self._seats.release()

    def _wait(self, ask: Ask, scheduled_at: datetime | None) -> Reply:
        began = self._clock.now()
        until = wait_until(scheduled_at, began, self._policy)
        _log.info("the scheduler's call may wait", event_name="waiting", until=until.isoformat())
        while True:
            reply = self._question.ask(ask)
            if reply.decision.verdict is not Verdict.WAIT:
                return self._measured(reply, began)
            pause = next_poll_seconds(self._clock.now(), until, self._policy)
            if pause <= 0:
                return self._end(ask, began)
            self._clock.sleep(pause)
            if self._is_stopping():
                raise SlateBusy("the process is stopping; ask another instance")

    def _end(self, ask: Ask, began: datetime) -> Reply:
        reply = self._measured(self._question.ask(ask.with_patience_ended()), began)
        if reply.decision.verdict is Verdict.UNDER_FLOOR:
            notice = notices.wait_ended(reply.decision.readiness, reply.waited_seconds)
            self._alarm.raise_notice(reply.snapshot, notice)
        return reply

    def _measured(self, reply: Reply, began: datetime) -> Reply:
        return replace(reply, waited_seconds=(self._clock.now() - began).total_seconds())
