"""The served stack under named faults: what it answers meanwhile, and that everybody ends once afterwards."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from subprocess import TimeoutExpired
from typing import Any

from rounds import Round
from served_day import Day, scheduler_start
from served_disk import give_memory, small_disk, take_memory
from served_process import COMMAND, ServedProcess, wait_for, waiting
from served_slow import SECONDS
from served_store import faults, losses, read_slate

from shared.clock import Stopwatch
from shared.errors import AppError

SLATE = date(2025, 1, 15)
PLAYERS = 60
PATIENT = {
    "BUS_MIN_BACKOFF_SECONDS": "1",
    "BUS_MAX_BACKOFF_SECONDS": "2",
    "LEASE_SECONDS": "2",
    "CALL_TIMEOUT_SECONDS": "1",
    "BUS_ACK_DEADLINE_SECONDS": "2",
    "IN_FLIGHT_SECONDS": "3",
}
PAUSE_SECONDS = 3.5  # longer than each of those
STOP_SECONDS = 10.0
_SOON = 3.0


@dataclass
class Scene:
    """One server over one directory, one slate, and what was found wrong."""

    day: Day
    random: Random
    watch: Stopwatch = field(default_factory=Stopwatch)
    moments: list[str] = field(default_factory=list)

    @property
    def server(self) -> ServedProcess:
        """Return the server, alive or not."""
        return self.day.server

    def require(self, holds: bool, sentence: str) -> None:
        """Note what is wrong unless it holds."""
        if not holds:
            self.day.violations.append(sentence)

    def begin(self) -> None:
        """Start, with the slate loaded and nothing else done."""
        self.server.start(*self.day.options)
        self.day.load()

    def mend(self) -> None:
        """From here on the time to recover is measured."""
        self.watch = Stopwatch()

    def end(self, how: signal.Signals, moment: str) -> None:
        """End the server, and note when that was a kill."""
        self.server.end(how)
        self.day.note()
        if how is signal.SIGKILL:
            self.moments.append(moment)

    def restart_if_dead(self) -> None:
        """Do what whoever watches over the process would do."""
        if not self.server.is_alive:
            self.day.note()
            self.server.start(*self.day.options)

    def finish(self) -> float:
        """Let the slate become complete, stop, and look at what the file holds; return the seconds."""
        assert self.day.go_on(is_left_alone=False), f"no answer any more: {self.day.silence}"
        seconds = self.watch.seconds()
        self.require(self.server.client.get("/ready")[0] == 200, "a mended store is not ready")
        code = self.server.end(signal.SIGTERM)
        self.require(code == 0, f"the process ended with {code} on SIGTERM")
        self.day.note()
        stored = read_slate(self.server.folder, SLATE)
        self.day.violations += [*losses(stored, self.day.said), *faults(stored, PLAYERS)]
        return seconds

    def require_refusal(self, status: int, body: Mapping[str, Any]) -> None:
        """What cannot be done is refused clearly: 503, with a time to come again."""
        self.require(status == 503, f"a request was answered {status} while the store was away: {body}")

    def require_not_ready(self) -> None:
        """The process lives, and says that it cannot work."""
        self.require(self.server.is_alive, "the process died")
        health, ready = self.server.client.get("/health")[0], self.server.client.get("/ready")[0]
        self.require(health == 200, f"/health answers {health}")
        self.require(ready == 503, f"/ready answers {ready} while nothing can be written")


def full_disk(folder: Path, random: Random) -> Round:
    """The disk fills up at work, and the process may be started again before there is room."""
    leave = random.choice((0, 20_000, 100_000, 300_000))
    restarts = random.choice((None, None, signal.SIGTERM, signal.SIGKILL))
    how = f"{leave} bytes left" + (f", then {restarts.name}" if restarts else "")
    with small_disk(folder / "data") as disk, _scene(disk.folder, random, PATIENT) as scene:

        def play() -> float:
            scene.begin()
            disk.fill(scene.server, leave)
            _ask_until_refused(scene)
            scene.require_not_ready()
            if restarts:
                _start_again_on_a_full_disk(scene, restarts)
            disk.free(scene.server)
            scene.mend()
            scene.restart_if_dead()
            return scene.finish()

        return _round("full disk", how, scene, play)


def _ask_until_refused(scene: Scene) -> None:
    """Ask for work until there is no room for it; what was acknowledged on the way counts."""
    slate = {"game_date": SLATE.isoformat()}
    for _ in waiting(every=0.05):
        status, body = scene.day.post("/precompute/process", slate)
        if status == 200:
            scene.day.said.runs.append(body["run_id"])
        else:
            scene.require_refusal(status, body)
            return
    scene.require(False, "nothing was refused on a full disk")


def _start_again_on_a_full_disk(scene: Scene, how: signal.Signals) -> None:
    scene.end(how, "on a full disk")
    scene.server.launch(*scene.day.options)
    if not scene.server.waits_until_ready():
        _require_one_sentence(scene, scene.server)


def _require_one_sentence(scene: Scene, server: ServedProcess) -> None:
    """A start that is refused says why in one line, and ends with 1 or 2."""
    code, said = server.wait(), [line for line in server.said.splitlines() if not line.startswith("{")]
    scene.require(code in (1, 2), f"a refused start ended with {code}")
    scene.require(len(said) == 1 and said[0].startswith("nba-props: "), f"a refused start said {said}")


def locked_file(folder: Path, random: Random) -> Round:
    """A second server on the same directory is refused, and does not disturb the first."""
    with _scene(folder / "data", random) as scene:

        def play() -> float:
            scene.begin()
            second = ServedProcess(scene.server.folder, says=folder / "second")
            second.launch(*scene.day.options)
            scene.require(not second.waits_until_ready(), "two servers have one file open")
            _require_one_sentence(scene, second)
            second.close()
            scene.mend()
            return scene.finish()

        return _round("store unreachable", "locked by another process", scene, play)


def read_only_store(folder: Path, random: Random) -> Round:
    """A directory that may only be read is refused at the start."""
    with small_disk(folder / "data") as disk, _scene(disk.folder, random) as scene:

        def play() -> float:
            scene.begin()
            scene.end(random.choice((signal.SIGTERM, signal.SIGKILL)), "before phase 4 is recorded")
            disk.set_writable(False)
            scene.server.launch(*scene.day.options)
            scene.require(not scene.server.waits_until_ready(), "a read-only directory is served")
            _require_one_sentence(scene, scene.server)
            disk.set_writable(True)
            scene.mend()
            scene.server.start(*scene.day.options)
            return scene.finish()

        return _round("store unreachable", "read-only at the start", scene, play)


def vanished_folder(folder: Path, random: Random) -> Round:
    """The directory goes away under a running server, and comes back."""
    with _scene(folder / "data", random, PATIENT) as scene:

        def play() -> float:
            scene.begin()
            elsewhere = scene.server.folder.rename(folder / "elsewhere")
            scene.require_refusal(*scene.day.post("/precompute/process", {"game_date": SLATE.isoformat()}))
            scene.require_refusal(*scene.day.post("/start", {}))
            scene.require_not_ready()
            elsewhere.rename(scene.server.folder)
            scene.mend()
            return scene.finish()

        return _round("store unreachable", "the directory moved away while it is served", scene, play)


def stopped_process(folder: Path, random: Random) -> Round:
    """The process stands still for longer than its leases and deadlines, and goes on."""
    delay = random.uniform(0.0, 0.6)
    with _scene(folder / "data", random, PATIENT) as scene:

        def play() -> float:
            scene.begin()
            timer = threading.Timer(delay, scene.server.send, (signal.SIGSTOP,))
            waker = threading.Timer(delay + PAUSE_SECONDS, scene.server.send, (signal.SIGCONT,))
            timer.start()
            waker.start()
            scene.day.go_on(is_left_alone=True)
            waker.join()
            scene.mend()
            return scene.finish()

        return _round("slow store", f"stopped for {PAUSE_SECONDS} s after {delay:.2f} s", scene, play)


def slow_store(folder: Path, random: Random) -> Round:
    """Every call of the store takes long."""
    longest = random.uniform(0.2, 0.8)
    settings = PATIENT | {SECONDS: str(longest)}
    command = (sys.executable, str(Path(__file__).with_name("served_slow.py")))
    with _scene(folder / "data", random, settings, command) as scene:

        def play() -> float:
            scene.begin()
            scene.mend()
            return scene.finish()

        return _round("slow store", f"calls take up to {longest:.1f} s", scene, play)


def out_of_memory(folder: Path, random: Random) -> Round:
    """The process may map no more memory, at work; it is given it back, or started again if it died."""
    leave = random.choice((0, 1, 4, 16, 48)) * 1024 * 1024
    with _scene(folder / "data", random, PATIENT) as scene:

        def play() -> float:
            scene.begin()
            take_memory(scene.server, leave)
            timer = threading.Timer(_SOON, give_memory, (scene.server,))
            timer.start()
            scene.day.go_on(is_left_alone=False)
            timer.join()
            scene.day.forgive()  # without memory a 500 is all that can be said; whoever asked comes again
            scene.mend()
            scene.restart_if_dead()
            return scene.finish()

        return _round("out of memory", f"{leave // 1024 // 1024} MiB left", scene, play)


def stop_in_the_wait(folder: Path, random: Random) -> Round:
    """SIGTERM comes while the scheduler's call waits for Phase 4."""
    with _scene(folder / "data", random) as scene:

        def play() -> float:
            scene.begin()
            answers: list[tuple[int, str | None]] = []
            url = scene.server.client.url
            caller = threading.Thread(target=lambda: answers.append(scheduler_start(url)))
            caller.start()
            wait_for(scene.server.client, SLATE.isoformat(), lambda body: body["state"] == "waiting")
            threading.Event().wait(random.uniform(0.0, 0.5))
            watch = Stopwatch()
            code = scene.server.end(signal.SIGTERM)
            scene.require(watch.seconds() < STOP_SECONDS, f"stopping took {watch.seconds():.1f} s")
            scene.require(code == 0, f"the process ended with {code}")
            caller.join(STOP_SECONDS)
            scene.require([status for status, _ in answers] == [503], f"the wait was answered {answers}")
            scene.require(all(after for _, after in answers), "the wait's answer names no time to come again")
            scene.mend()
            scene.server.start(*scene.day.options)
            return scene.finish()

        return _round("stopped in the wait", "SIGTERM", scene, play)


Fault = Callable[[Path, Random], Round]
FAULTS: dict[str, Fault] = {
    "full-disk": full_disk,
    "locked-file": locked_file,
    "read-only-store": read_only_store,
    "vanished-folder": vanished_folder,
    "stopped-process": stopped_process,
    "slow-store": slow_store,
    "out-of-memory": out_of_memory,
    "stop-in-the-wait": stop_in_the_wait,
}


@contextmanager
def _scene(
    folder: Path,
    random: Random,
    settings: Mapping[str, str] | None = None,
    command: tuple[str, ...] = COMMAND,
) -> Iterator[Scene]:
    server = ServedProcess(folder, settings, command)
    try:
        yield Scene(Day(server, SLATE, PLAYERS, random), random)
    finally:
        server.close()


def _round(kind: str, broken: str, scene: Scene, play: Callable[[], float]) -> Round:
    seconds = None
    try:
        seconds = play()
    except (AppError, AssertionError, TimeoutExpired) as error:
        scene.day.violations.append(f"{type(error).__name__}: {error}"[:2000])
    return Round(kind, broken, seconds, tuple(scene.day.violations), tuple(scene.moments))
