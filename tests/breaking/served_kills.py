"""Rounds of kill -9: a slate whose server dies two or three times on the way, in one directory for all."""

import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from subprocess import TimeoutExpired

from rounds import Round
from served_day import Day
from served_process import ServedProcess
from served_store import faults, losses, read_slate

from shared.clock import Stopwatch
from shared.errors import AppError

FIRST_SLATE = date(2025, 1, 15)
RESEND_SECONDS = 130
LEFT_ALONE = ("claimed", "predicting")
_WEIGHTS = {"start": 3, "load": 1, "phase 4": 2, "batch": 6}


@dataclass
class Pace:
    """How long each stage takes here, learned on the way, so that kills fall into all of them."""

    seconds: dict[str, float] = field(
        default_factory=lambda: {"start": 1.0, "load": 0.5, "phase 4": 0.2, "batch": 0.5}
    )

    def learn(self, stage: str, seconds: float) -> None:
        """Take how long a stage took that was not cut short."""
        if stage in self.seconds:
            self.seconds[stage] = (self.seconds[stage] + seconds) / 2

    def moment(self, random: Random, stages: Sequence[str]) -> tuple[str, float]:
        """Return in which stage to kill, and how many seconds after it has begun."""
        stage = random.choices(stages, [_WEIGHTS[stage] for stage in stages])[0]
        return stage, random.uniform(0.0, 1.1 * self.seconds[stage])


@dataclass
class KillRounds:
    """Plays rounds on one data directory; each has a slate of its own."""

    folder: Path
    seed: int
    players: int = 120
    pace: Pace = field(default_factory=Pace)
    number: int = 0

    def play(self) -> Round:
        """Play the next round."""
        random = Random(f"{self.seed}/{self.number}")
        slate = FIRST_SLATE + timedelta(days=self.number)
        self.number += 1
        server = ServedProcess(self.folder)
        day = Day(server, slate, self.players, random)
        try:
            return _KillRound(day, self.pace, random.choice((2, 2, 3))).play()
        finally:
            server.close()


class _KillRound:
    def __init__(self, day: Day, pace: Pace, kills: int) -> None:
        self._day = day
        self._server = day.server
        self._kills = kills
        self._stages = _Stages(pace, lambda: self._server.send(signal.SIGKILL))
        day.begins = self._stages.begin
        self._moments: list[str] = []
        self._is_left_alone = False

    def play(self) -> Round:
        seconds = None
        try:
            for _ in range(self._kills):
                self._die()
            seconds = self._recover()
            self._settle()
        except (AppError, AssertionError, TimeoutExpired) as error:
            self._day.violations.append(f"{type(error).__name__}: {error}"[:2000])
        broken = f"slate {self._day.slate}, killed {', '.join(self._moments)}"
        return Round("kill -9", broken, seconds, tuple(self._day.violations), tuple(self._moments))

    def _die(self) -> None:
        """Start, let the slate go on, and be killed at a random moment."""
        self._stages.plan(self._day.random, self._left())
        self._server.launch(*self._day.options)
        self._stages.begin("start")
        is_ready = self._server.waits_until_ready()
        if is_ready:
            self._day.go_on(self._is_left_alone)
        self._stages.strike_at_the_latest()
        code = self._server.wait()
        self._stages.end()
        if code != -signal.SIGKILL:
            raise AssertionError(f"the process ended with {code}: {self._server.said[-2000:]}")
        self._look(is_ready)

    def _left(self) -> list[str]:
        """Return the stages that a start of this slate still has before it."""
        said = self._day.said
        done = {"load": bool(said.players), "phase 4": bool(said.runs)}
        return [stage for stage in _WEIGHTS if not done.get(stage)]

    def _look(self, was_ready: bool) -> None:
        """Note in which state the process died, and what it took along of what it had acknowledged."""
        self._day.note()
        stored = read_slate(self._server.folder, self._day.slate)
        self._moments.append(stored.moment if was_ready else f"during start-up, {stored.moment}")
        self._day.violations += losses(stored, self._day.said)
        self._is_left_alone = stored.state in LEFT_ALONE

    def _recover(self) -> float:
        watch = Stopwatch()
        self._server.start(*self._day.options)
        if not self._day.go_on(self._is_left_alone):
            raise AssertionError(f"the server died by itself: {self._server.said[-2000:]}")
        self._stages.end()
        return watch.seconds()

    def _settle(self) -> None:
        """End the process, by kill or by stop, and look at what the file then holds."""
        how = self._day.random.choice((signal.SIGKILL, signal.SIGTERM))
        code = self._server.end(how)
        if code != (0 if how is signal.SIGTERM else -how):
            self._day.violations.append(f"the process ended with {code} on {how.name}")
        self._day.note()
        stored = read_slate(self._server.folder, self._day.slate)
        self._day.violations += [*losses(stored, self._day.said), *faults(stored, self._day.players)]
        if stored.unconfirmed:
            self._resend()

    def _resend(self) -> None:
        """An alert that a kill left unconfirmed is sent by the next question, two minutes later."""
        for file in self._server.folder.glob("*"):
            os.utime(file, (file.stat().st_atime, file.stat().st_mtime + RESEND_SECONDS))
        self._server.start(*self._day.options)
        self._day.tick()
        self._server.end(signal.SIGTERM)
        stored = read_slate(self._server.folder, self._day.slate)
        self._day.violations += faults(stored, self._day.players)
        if stored.unconfirmed:
            self._day.violations.append(f"raised and never sent: {', '.join(sorted(stored.unconfirmed))}")


class _Stages:
    """Learns how long stages take, and sets off the kill that is planned in one of them."""

    def __init__(self, pace: Pace, kill: Callable[[], None]) -> None:
        self._pace = pace
        self._kill = kill
        self._planned: tuple[str, float] | None = None
        self._timer: threading.Timer | None = None
        self._now: tuple[str, Stopwatch] | None = None

    def plan(self, random: Random, stages: Sequence[str]) -> None:
        self._planned = self._pace.moment(random, stages)

    def begin(self, stage: str) -> None:
        """Note that a stage begins, and so that the one before it has ended."""
        if self._now is not None and self._timer is None:
            self._pace.learn(self._now[0], self._now[1].seconds())
        self._now = (stage, Stopwatch())
        if self._planned is not None and self._planned[0] == stage:
            self._timer = threading.Timer(self._planned[1], self._kill)
            self._timer.start()

    def strike_at_the_latest(self) -> None:
        """Kill now if the stage in which to kill has not been reached."""
        if self._timer is None:
            self._kill()

    def end(self) -> None:
        """Forget what was planned; it has happened."""
        if self._timer is not None:
            self._timer.join()
        self._planned = self._timer = self._now = None
