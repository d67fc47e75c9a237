"""The rounds of the emulated cloud: which faults there are, and what one round does."""

import argparse
import sys
import tempfile
from pathlib import Path
from random import Random

from cloud import Cloud
from emulated_ends import end_a_worker, end_the_wait, starve_workers
from emulated_faults import (
    Fault,
    kill_bigquery,
    kill_instances,
    kill_pubsub,
    kill_worker_processes,
    stop_bigquery,
    stop_pubsub,
)
from emulated_scene import Scene
from emulated_slate import clear_slate, left_over
from emulated_store_faults import failing_store, full_disk, slow_store, store_without_quota
from emulated_verdict import judge, look_at
from emulators import bigquery_absence, pubsub_absence
from rounds import Report, Round

PLAYERS = 45
SHARE = 6
FAULTS: dict[str, Fault] = {
    "kill": kill_instances,
    "kill-process": kill_worker_processes,
    "bigquery-kill": kill_bigquery,
    "bigquery-stop": stop_bigquery,
    "bigquery-slow": slow_store,
    "bigquery-quota": store_without_quota,
    "bigquery-errors": failing_store,
    "full-disk": full_disk,
    "pubsub-stop": stop_pubsub,
    "pubsub-kill": kill_pubsub,
    "memory": starve_workers,
    "term-wait": end_the_wait,
    "term-shard": end_a_worker,
}
WITHOUT_CRASH = {"bigquery-slow", "bigquery-quota", "bigquery-errors", "bigquery-stop", "pubsub-stop"}


def run() -> int:
    """Run what the command line asks for; return the exit code."""
    asked = _arguments()
    if absence := bigquery_absence() or pubsub_absence():
        raise SystemExit(absence)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="emulated-") as folder:
        cloud = Cloud(Path(folder), PLAYERS)
        try:
            cloud.start()
            span = undisturbed(cloud)
            _tell(f"undisturbed, the slate takes {span:.1f} s")
            for number, name in enumerate(_plan(asked.fault, asked.rounds), start=1):
                done = break_once(cloud, name, Random(f"{asked.seed} {name} {number}"), span)
                report.add(done)
                took = "never" if done.seconds is None else f"{done.seconds:.1f} s"
                _tell(f"round {number}: {done.kind}, {done.broken}: {took}")
            if left := tuple(left_over(cloud)):
                report.add(Round("left over", "after all rounds", 0.0, left))
            else:
                _tell("every subscription is empty")
        finally:
            cloud.stop()
    return report.finish()


def undisturbed(cloud: Cloud) -> float:
    """Let one slate through, which also warms everything up, then another; return its seconds."""
    seconds = [break_once(cloud, name, Random(0), 1.0).seconds for name in ("none", "none")]
    assert seconds[-1] is not None, cloud.logs()
    return seconds[-1]


def break_once(cloud: Cloud, name: str, random: Random, span: float) -> Round:
    """Break one thing while a new slate is computed; return what came of it."""
    clear_slate(cloud)
    scene = Scene(cloud, random, span)
    try:
        broken = FAULTS.get(name, _nothing)(scene)
        seconds = scene.recover()
    finally:
        scene.end()
    wrong = judge(look_at(cloud), cloud.players, scene.run_id, name not in WITHOUT_CRASH)
    return Round(name, broken, seconds, (*scene.violations, *wrong), tuple(scene.moments))


def _nothing(scene: Scene) -> str:
    scene.begin()
    return "nothing"


def _plan(fault: str | None, rounds: int) -> list[str]:
    if fault:
        return [fault] * rounds
    return [name for name in FAULTS for _ in range(rounds if name == "kill" else -(-rounds // SHARE))]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Breaks the emulated cloud.")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", choices=FAULTS)
    return parser.parse_args()


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
