"""How fast a slate is, beside the floor of the same machine in the same run."""

import resource
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from local.loading import ROWS_PER_APPEND, load_sample
from local.observing import Call, WatchedPublisher, WatchedWarehouse
from local.server import LoopbackServer
from local.stack import STOP_SECONDS, Stack
from shared.clock import Stopwatch, SystemClock
from shared.config import Settings
from shared.errors import DependencyUnavailable
from shared.messaging.bus import InMemoryBus
from shared.messaging.dispatcher import BusDispatcher
from shared.ports import OutgoingMessage, Row
from shared.slate import morning
from shared.statements import inline_statement
from shared.topology import subscriptions, topics
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

PATIENCE_SECONDS = 600.0
_PREDICTIONS = "nba_predictions.player_prop_predictions"
_OUTCOMES = "nba_predictions.prediction_outcomes"


@dataclass(frozen=True)
class Measured:
    """One run: seconds, the statements behind the trigger's decision, peak memory in MiB."""

    players: int
    phase4_seconds: float
    trigger_to_complete_seconds: float
    floor_seconds: float
    reads: int
    claims: int
    messages: int
    peak_mib: float

    def as_dict(self) -> dict[str, Any]:
        """Return the figures, with the ratio to the floor."""
        ratio = self.trigger_to_complete_seconds / self.floor_seconds
        return self.__dict__ | {"ratio": round(ratio, 2)}


def measure_slate(players: int, game_date: date, settings: Settings) -> Measured:
    """Run one sample slate in a folder of its own and measure it, then the floor."""
    clock = SystemClock.starting_at(morning(game_date))
    with TemporaryDirectory() as folder:
        warehouses: list[WatchedWarehouse] = []
        publishers: list[WatchedPublisher] = []
        stack = Stack(
            Path(folder) / "nba.duckdb",
            settings,
            clock,
            observe=_kept(warehouses, WatchedWarehouse),
            tap=_kept(publishers, WatchedPublisher),
        )
        stack.start()
        try:
            load_sample(stack.warehouse, game_date, players, clock)
            phase4_seconds, status = _run(stack, game_date)
            peak_mib = _peak_mib()
            rows = {table: _rows(stack, table, game_date) for table in (_PREDICTIONS, _OUTCOMES)}
        finally:
            stack.stop()
        shards = [m for topic, m in publishers[0].published if topic == settings.request_topic]
        floor_seconds = _floor(Path(folder), settings, clock, shards, rows)
    decision = _decision(warehouses[0].calls)
    return Measured(
        players=players,
        phase4_seconds=phase4_seconds,
        trigger_to_complete_seconds=status["seconds_from_event_to_completion"],
        floor_seconds=floor_seconds,
        reads=sum(call.verb == "query" for call in decision),
        claims=sum(call.name == "claim" for call in decision),
        messages=len(shards),
        peak_mib=peak_mib,
    )


def _kept(kept: list[Any], make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def keep(wrapped: Any) -> Any:
        kept.append(make(wrapped))
        return kept[-1]

    return keep


def _run(stack: Stack, game_date: date) -> tuple[float, dict[str, Any]]:
    slate = game_date.isoformat()
    watch = Stopwatch()
    stack.client.require(stack.client.post("/precompute/process", {"game_date": slate}))
    phase4_seconds = round(watch.seconds(), 3)
    if not stack.settle(PATIENCE_SECONDS):
        raise DependencyUnavailable(unsettled(stack.bus.pending()))
    status = stack.client.require(stack.client.get("/status", game_date=slate))
    if status["state"] != "complete":
        raise DependencyUnavailable(unfinished(status))
    return phase4_seconds, status


def unsettled(pending: Mapping[str, int]) -> str:
    """Say what the bus still holds after all our patience."""
    held = ", ".join(f"{count} of {name}" for name, count in pending.items() if count)
    return f"the bus has not delivered everything within {PATIENCE_SECONDS:.0f} s: {held} are left"


def unfinished(status: Mapping[str, Any]) -> str:
    """Say who keeps a slate, about which the bus has nothing more to deliver, from being complete."""
    left = {
        "in flight": status["in_flight"],
        "wanted and not requested": status["wanted"],
        "without features that are good enough, until the deadline closes them": status["waiting_for_phase4"],
    }
    told = "; ".join(f"{count} {what}" for what, count in left.items() if count) or "nobody is left"
    return f"the slate is {status['state']}, not complete; of {status['expected']} expected players: {told}"


def _decision(calls: Iterable[Call]) -> list[Call]:
    """Return the trigger's statements up to its claim: what a decision costs."""
    decision = []
    for call in calls:
        if call.route == "/trigger":
            decision.append(call)
            if call.name == "claim":
                break
    return decision


def _rows(stack: Stack, table: str, game_date: date) -> list[Row]:
    statement = inline_statement(
        "copy", f"SELECT * FROM {table} WHERE game_date = @game_date", game_date="DATE"
    )
    return stack.warehouse.query(statement, game_date=game_date)


def _floor(
    folder: Path,
    settings: Settings,
    clock: SystemClock,
    shards: Sequence[OutgoingMessage],
    rows: dict[str, list[Row]],
) -> float:
    """Time the same shards pushed to an endpoint that does nothing, and bulk appends to each table."""
    store = DuckDBWarehouse(folder / "floor.duckdb", clock)
    store.create_schema()
    bus = InMemoryBus(topics(settings), subscriptions(settings), clock)
    server = LoopbackServer(_do_nothing, "floor", settings.bus_threads)
    server.start()
    dispatcher = BusDispatcher(bus, server.url, clock, settings.bus_threads)
    dispatcher.start()
    watch = Stopwatch()
    bus.publish(settings.request_topic, shards)
    dispatcher.wait_idle(PATIENCE_SECONDS)
    for table, copied in rows.items():
        for start in range(0, len(copied), ROWS_PER_APPEND):
            store.append(table, copied[start : start + ROWS_PER_APPEND])
    seconds = watch.seconds()
    dispatcher.stop()
    server.stop(STOP_SECONDS)
    store.close()
    return round(seconds, 4)


def _do_nothing(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    environ["wsgi.input"].read()
    start_response("204 No Content", [])
    return []


def _peak_mib() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
