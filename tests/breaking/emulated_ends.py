"""Services that have no memory left, or are asked to end."""

import resource
import signal
import threading
from pathlib import Path

from cloud import SCHEDULER, Instance
from emulated_faults import start_again
from emulated_scene import Scene

END_SECONDS = 10.0  # Cloud Run kills 10 s after SIGTERM
WAITING = b'"event_name":"waiting"'
MIB = 2**20
MMAP_MIB = 64  # so large a block always comes from the system, never from what the process holds already


def starve_workers(scene: Scene) -> str:
    """The workers may not take more memory than they have, or not as much as a forecast needs."""
    headroom = scene.random.choice((0, 1, 8, 128))
    workers = [i for i in scene.cloud.instances if i.service == "worker"]
    scene.cloud.hunger_file.write_text(str(headroom + MMAP_MIB))
    limited = [pid for worker in workers for pid in worker.process.children()]
    for pid in limited:
        limit_memory(pid, headroom * MIB)
    scene.begin()
    scene.pause(scene.span + scene.random.uniform(0.0, 10.0))
    scene.mend()
    scene.cloud.hunger_file.unlink()
    alive = [pid for pid in limited if lift_memory(pid)]
    return f"{headroom} MiB more, {len(alive)} of {len(limited)} lived"


def end_the_wait(scene: Scene) -> str:
    """The scheduler waits for Phase 4; the instance it waits at is asked to end."""
    (instance, *_) = (i for i in scene.cloud.instances if i.service == "coordinator")
    answers: list[int] = []
    waiting = threading.Thread(
        target=lambda: answers.append(scene.call(SCHEDULER, "coordinator", "/start", scene.body)[0])
    )
    said = instance.process.log.stat().st_size
    waiting.start()
    if not scene.wait_until(lambda: WAITING in instance.process.log.read_bytes()[said:], 20.0):
        scene.violations.append("the scheduler did not wait")
    scene.pause(scene.random.uniform(0.0, 1.0))
    _end(scene, instance)
    waiting.join(END_SECONDS)
    if answers != [503]:
        scene.violations.append(f"the scheduler was answered {answers}, not 503")
    scene.begin()
    start_again(scene, [instance])
    return "during the scheduler's wait"


def end_a_worker(scene: Scene) -> str:
    """A worker that has a shard in its hands is asked to end."""
    workers = [i for i in scene.cloud.instances if i.service == "worker"]
    under_way = scene.cloud.bridge.under_way
    scene.begin()
    busy: list[Instance] = []

    def is_busy() -> bool:
        busy[:] = [worker for worker in workers if under_way[worker.url]]
        return bool(busy)

    if not scene.wait_until(is_busy, 60.0):
        scene.violations.append("no worker ever had a shard")
        busy = workers
    scene.pause(scene.random.uniform(0.0, 0.3))
    _end(scene, busy[0])
    start_again(scene, busy[:1])
    return "a worker with a shard"


def limit_memory(pid: int, headroom: int) -> None:
    """Let a process take `headroom` more bytes than it has mapped now, and no more."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + headroom
    resource.prlimit(pid, resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))


def lift_memory(pid: int) -> bool:
    """Lift the limit; say whether the process still lives."""
    try:
        resource.prlimit(pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except ProcessLookupError:
        return False
    return True


def _end(scene: Scene, instance: Instance) -> None:
    instance.process.signal(signal.SIGTERM)
    if not scene.wait_until(lambda: instance.is_dead, END_SECONDS):
        scene.violations.append(f"{instance.service} had not ended {END_SECONDS:g} s after SIGTERM")
        instance.stop()
    elif code := instance.process.poll():
        scene.violations.append(f"{instance.service} ended with {code}, not 0")
