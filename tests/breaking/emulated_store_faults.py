"""A store that is slow, refuses, has no quota left or no room on its disk."""

import resource

import grpc
from door import CALM, Trouble
from emulated_scene import Scene

OUT_OF_QUOTA = (
    Trouble(status=403, reason="rateLimitExceeded", code=grpc.StatusCode.RESOURCE_EXHAUSTED),
    Trouble(status=403, reason="quotaExceeded", code=grpc.StatusCode.RESOURCE_EXHAUSTED),
)
FAILING = (
    Trouble(status=500, reason="backendError", code=grpc.StatusCode.INTERNAL),
    Trouble(status=503, reason="backendError", code=grpc.StatusCode.UNAVAILABLE),
    Trouble(status=429, reason="rateLimitExceeded", code=grpc.StatusCode.ABORTED),
)
LOST = (Trouble(status=503, reason="backendError", is_done=True),)


def slow_store(scene: Scene) -> str:
    """Every call takes seconds longer than it would."""
    slowest, seconds = scene.random.uniform(0.5, 4.0), scene.random.uniform(10.0, 25.0)
    scene.cloud.door.trouble = lambda: Trouble(scene.random.uniform(0.0, slowest))
    return _for_a_while(scene, seconds, f"up to {slowest:.1f} s a call")


def store_without_quota(scene: Scene) -> str:
    """Most calls are refused since there have been too many."""
    return _refuse(scene, OUT_OF_QUOTA, "quota errors")


def failing_store(scene: Scene) -> str:
    """Most calls fail: before they took effect, or after it with the answer lost."""
    return _refuse(scene, FAILING + LOST, "server errors")


def full_disk(scene: Scene) -> str:
    """The store can write nothing; then there is room again, and it is started anew."""
    seconds = scene.random.uniform(6.0, 15.0)  # somebody asks every five
    store, door = scene.cloud.bigquery, scene.cloud.door
    before = door.failed
    scene.begin()
    scene.pause(scene.draw_moment() / 2)
    resource.prlimit(store.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    scene.pause(seconds)
    failed = door.failed - before
    if not failed:
        scene.violations.append("no call failed: the round has tried nothing")
    store.stop()
    scene.mend()
    store.start()
    return f"full for {seconds:.0f} s, {failed} calls failed"


def _refuse(scene: Scene, troubles: tuple[Trouble, ...], name: str) -> str:
    share, seconds = scene.random.uniform(0.3, 1.0), scene.random.uniform(5.0, 20.0)
    before = scene.cloud.door.refused

    def trouble() -> Trouble:
        return scene.random.choice(troubles) if scene.random.random() < share else CALM

    scene.cloud.door.trouble = trouble
    _for_a_while(scene, seconds, name)
    refused = scene.cloud.door.refused - before
    if not refused:
        scene.violations.append("no call was refused: the round has tried nothing")
    return f"{name}, {refused} calls refused in {seconds:.0f} s"


def _for_a_while(scene: Scene, seconds: float, name: str) -> str:
    scene.begin()
    scene.pause(seconds)
    scene.mend()
    scene.cloud.door.trouble = lambda: CALM
    return name
