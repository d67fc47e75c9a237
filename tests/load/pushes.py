"""As many pushes as the machine can offer, at a served stack: what was taken, what refused, who was answered.

    python tests/load/pushes.py --seconds 60

Prints its figures and exits 1 if a promise was broken: a refusal without Retry-After or a sentence, a failed
connection, an operator without an answer, a slate that does not end with everybody once.
"""

import argparse
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

sys.path.append(str(Path(__file__).parents[1] / "breaking"))  # where served processes are started

import urllib3
from flood import flood
from lookout import Lookout
from process_figures import peak_kib, resident_kib
from push_mix import push_mix
from push_report import Found, broken_promises, report
from served_process import ServedProcess, waiting

from local.client import Body, StackClient
from shared.clock import Stopwatch
from shared.config import load_settings

SLATE = date(2025, 1, 15)
SYSTEMS = len(load_settings().systems)
PATIENCE_SECONDS = 180.0
SETTINGS = {  # the bus as it is configured by default, and a slate of many shards
    "LOG_LEVEL": "WARNING",
    "SHARD_PLAYERS": "25",
    "BUS_MIN_BACKOFF_SECONDS": "10",
    "BUS_MAX_BACKOFF_SECONDS": "600",
}


def measure(seconds: float, players: int, processes: int, connections: int) -> Found:
    """Serve a slate, flood the server while the slate is computed, and look at what is left."""
    with TemporaryDirectory() as folder:
        server = ServedProcess(Path(folder) / "data", SETTINGS)
        try:
            server.start("--date", SLATE.isoformat(), "--players", str(players))
            return _measure(server, seconds, players, processes, connections)
        finally:
            server.close()


def _measure(server: ServedProcess, seconds: float, players: int, processes: int, connections: int) -> Found:
    client, url = server.client, urlsplit(server.client.url)
    before = resident_kib(server.pid)
    watch = Stopwatch()
    with Lookout(client.url) as lookout:
        client.require(client.post("/precompute/process", {}))
        tally = flood(url.port or 0, push_mix(url.netloc, SLATE), seconds, processes, connections)
        elapsed = watch.seconds()
    end = _settled(client)
    return Found(
        seconds=elapsed,
        tally=tally,
        lookout=lookout,
        memory=(before, peak_kib(server.pid), resident_kib(server.pid)),
        end=end,
        is_everybody_once=end["expected"] == players and _is_everybody_once(client, end),
        sent_again=_sent_again(client),
    )


def _settled(client: StackClient) -> Body:
    """Wait until the slate is complete and the bus is empty; return where the slate stands."""
    body: Body = {}
    for _ in waiting(PATIENCE_SECONDS, every=0.5):
        body = client.require(client.get("/status", game_date=SLATE.isoformat()))
        pending = client.require(client.get("/local/bus"))["pending"]
        if body["state"] == "complete" and not any(pending.values()):
            break
    return body


def _is_everybody_once(client: StackClient, end: Body) -> bool:
    found = client.require(client.get("/local/forecasts", game_date=SLATE.isoformat()))
    forecasts = [row for row in found["forecasts"] if row["system_id"]]
    keys = {(row["player_lookup"], row["system_id"]) for row in forecasts}
    is_once = len(keys) == len(forecasts) == end["predicted"] * SYSTEMS and found["duplicate_keys"] == 0
    return bool(is_once and end["predicted"] + sum(end["skipped"].values()) == end["expected"])


def _sent_again(client: StackClient) -> Counter[int]:
    """Send one of each valid push once more, now that nobody else does; return the answers."""
    statuses: Counter[int] = Counter()
    valid = {push.kind: push for push in push_mix("", SLATE) if push.kind != "malformed"}
    with urllib3.PoolManager() as http:
        for push in valid.values():
            answer = http.request("POST", client.url + push.path, body=push.body, retries=False)
            statuses[answer.status] += 1
    return statuses


def main() -> int:
    """Read the options, flood, print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--players", type=int, default=450)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--connections", type=int, default=64, help="of each process")
    options = parser.parse_args()
    found = measure(options.seconds, options.players, options.processes, options.connections)
    broken = broken_promises(found)
    sys.stdout.writelines(f"{line}\n" for line in [*report(found), *broken])
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
