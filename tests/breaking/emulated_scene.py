"""One slate on the emulated cloud, from Phase 4's event to the last outcome, while something is broken."""

import threading
from collections.abc import Callable
from random import Random

import urllib3
from cloud import PHASE3, SCHEDULER, Cloud

from shared.clock import Stopwatch

RETRY_EVERY_SECONDS = 5.0
POLL_SECONDS = 0.5  # each look is a query that the emulator answers instead of a service's
PATIENCE_SECONDS = 180.0


class Scene:
    """`span` is how many seconds the slate takes when nothing is broken; moments are drawn from it.

    Phase 4 is called until it answers, as its caller would, and /retry every few seconds, as the deadline
    watch does. A fault calls `mend` when it begins to put things right, the last time counts.
    """

    def __init__(self, cloud: Cloud, random: Random, span: float) -> None:
        self.cloud = cloud
        self.random = random
        self.span = span
        self.run_id: str | None = None
        self.moments: list[str] = []
        self.violations: list[str] = []
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self._since_mended = Stopwatch()

    def begin(self) -> None:
        """Let Phase 4 compute the slate and publish its event; return at once."""
        for work in (self._call_phase4, self._watch_deadline):
            self._threads.append(threading.Thread(target=work, daemon=True))
            self._threads[-1].start()

    def end(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)

    def pause(self, seconds: float) -> None:
        self._ended.wait(seconds)

    def draw_moment(self) -> float:
        """Return a moment between the event and when the slate would be complete, in seconds."""
        return self.random.uniform(0.0, self.span)

    def note_kill(self) -> None:
        """Write down in which state the slate is that somebody is about to be killed in."""
        self.moments.append(self._slate()["state"])

    def mend(self) -> None:
        """Recovery is counted from here."""
        self._since_mended = Stopwatch()

    def wait_until(self, happened: Callable[[], bool], seconds: float, every: float = 0.1) -> bool:
        """Return whether it happened in time."""
        watch = Stopwatch()
        while not happened():
            if watch.seconds() > seconds:
                return False
            self.pause(every)
        return True

    def recover(self) -> float | None:
        """Wait until the slate is complete; return the seconds since it was mended, None if it never was."""
        is_whole = self.wait_until(self.is_complete, PATIENCE_SECONDS, POLL_SECONDS)
        return self._since_mended.seconds() if is_whole else None

    def is_complete(self) -> bool:
        """Say whether the batch of the run that Phase 4 answered with has ended."""
        slate = self._slate()
        return (slate["state"], slate["feature_run_id"]) == ("complete", self.run_id)

    def call(self, email: str, service: str, path: str, body: object, at: int = 0) -> tuple[int, object]:
        """Call a service; an instance that does not answer is a 503, as a platform would make it."""
        try:
            return self.cloud.call(email, "POST", service, path, body, at)
        except urllib3.exceptions.HTTPError:
            return 503, None

    @property
    def body(self) -> dict[str, str]:
        return {"game_date": self.cloud.game_date.isoformat()}

    def _slate(self) -> dict[str, object]:
        (row,) = self.cloud.rows("SELECT * FROM nba_reference.slates WHERE game_date = @day")
        return row

    def _call_phase4(self) -> None:
        while not self._ended.is_set():
            status, answer = self.call(PHASE3, "precompute", "/process", self.body)
            if status == 200 and isinstance(answer, dict):
                self.run_id = str(answer["run_id"])
                return
            self.pause(1.0)

    def _watch_deadline(self) -> None:
        turn = 0
        while not self._ended.wait(RETRY_EVERY_SECONDS):
            turn += 1
            self.call(SCHEDULER, "coordinator", "/retry", self.body, turn % 2)
