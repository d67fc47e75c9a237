"""Processes of the emulated cloud that die or stand still."""

import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from cloud import Instance
from emulated_scene import Scene

Fault = Callable[[Scene], str]


def kill_instances(scene: Scene) -> str:
    """One to three services die as a whole, each at a moment of its own, and are started again."""
    victims = scene.random.sample(scene.cloud.instances, scene.random.randint(1, 3))
    _at_moments(scene, [victim.process.stop for victim in victims])
    scene.pause(scene.random.uniform(0.0, 2.0))
    start_again(scene, victims)
    return ", ".join(victim.service for victim in victims)


def kill_worker_processes(scene: Scene) -> str:
    """gunicorn loses the process that serves; its master, which lives, has to start another."""
    victims = scene.random.sample(scene.cloud.instances, scene.random.randint(1, 2))
    before = {victim.url: victim.process.children() for victim in victims}
    _at_moments(scene, [_killing(before[victim.url]) for victim in victims])
    scene.mend()
    for victim in victims:
        if not scene.wait_until(lambda: _serves_anew(victim, before[victim.url]), 15.0):  # noqa: B023
            scene.violations.append(f"{victim.service} has no new process after 15 s")
    return ", ".join(victim.service for victim in victims)


def kill_bigquery(scene: Scene) -> str:
    """The store is unreachable for a while; what it had taken is still there."""
    down = scene.random.uniform(0.0, 15.0)
    _at_moments(scene, [scene.cloud.bigquery.stop])
    scene.pause(down)
    scene.mend()
    scene.cloud.bigquery.start()
    return f"down for {down:.0f} s"


def stop_bigquery(scene: Scene) -> str:
    """The store takes connections and answers nobody."""
    return _stop_for(scene, scene.cloud.bigquery.process.signal_all)


def stop_pubsub(scene: Scene) -> str:
    """The message service takes connections and answers nobody."""
    return _stop_for(scene, scene.cloud.pubsub.process.signal_all)


def kill_pubsub(scene: Scene) -> str:
    """The message service dies and forgets everything that it had not delivered."""
    down = scene.random.uniform(0.0, 5.0)
    _at_moments(scene, [scene.cloud.pubsub.stop])
    scene.pause(down)
    scene.mend()
    scene.cloud.pubsub.start()
    scene.cloud.create_subscriptions()
    return f"backlog lost, down for {down:.0f} s"


def _at_moments(scene: Scene, blows: Sequence[Callable[[], None]]) -> None:
    """Begin the slate and do each of these at a moment of its own."""
    moments = sorted(scene.draw_moment() for _ in blows)
    scene.begin()
    past = 0.0
    for moment, blow in zip(moments, blows, strict=True):
        scene.pause(moment - past)
        past = moment
        scene.note_kill()
        blow()


def start_again(scene: Scene, instances: Sequence[Instance]) -> None:
    """Start them all at once, as a platform would."""
    scene.mend()
    with ThreadPoolExecutor(len(instances)) as pool:
        list(pool.map(Instance.start, instances))


def _killing(pids: Sequence[int]) -> Callable[[], None]:
    def kill() -> None:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    return kill


def _serves_anew(instance: Instance, before: Sequence[int]) -> bool:
    children = instance.process.children()
    return bool(children) and not set(children) & set(before) and instance.is_ready()


def _stop_for(scene: Scene, send: Callable[[int], None]) -> str:
    seconds = scene.random.uniform(3.0, 20.0)
    _at_moments(scene, [lambda: send(signal.SIGSTOP)])
    scene.moments.clear()  # nobody was killed
    scene.pause(seconds)
    scene.mend()
    send(signal.SIGCONT)
    return f"for {seconds:.0f} s"
