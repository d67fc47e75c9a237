"""The limits that a day could meet, and what it needs of each at its peak; docs/costs.md has the sources."""

from collections.abc import Callable
from dataclasses import dataclass

from local.costs.day import Day

PEAK_SECONDS = 60
"""All shards are taken to be answered within this time, which is faster than anybody needs."""

PREDICTIONS = "nba_predictions.player_prop_predictions"
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Quota:
    """One limit, and what a day needs of it."""

    name: str
    limit: float
    used: Callable[[Day], float]


def _shard_rows_megabytes(day: Day) -> float:
    players = min(day.players, day.settings.shard_players)
    rows = players * len(day.settings.systems)
    return rows * day.morning.tables[PREDICTIONS].row_bytes / _MEGABYTE


def _shard_message_megabytes(day: Day) -> float:
    topic = day.settings.request_topic
    return max(len(message.data) for found, message in day.morning.messages if found == topic) / _MEGABYTE


def _changes_of_a_slate(day: Day) -> float:
    """Batches of one day come one after the other; only the changes of one batch can wait together."""
    changes = sum(count for (verb, _), count in day.asked.items() if verb == "execute")
    return changes / (1 + day.habits.news)


def _statement_megabytes(day: Day) -> float:
    return max(len(sql) for sql in day.morning.statements.values()) / _MEGABYTE


QUOTAS = (
    Quota("Scheduler: attempt deadline, s", 1800, lambda day: day.settings.phase4_wait_seconds),
    Quota("BigQuery: queries in the queue, all announcements at once", 1000, lambda day: day.shards),
    Quota("BigQuery: API calls a second of one user and method", 100, lambda day: day.shards / PEAK_SECONDS),
    Quota("BigQuery: statement text, MB", 1, _statement_megabytes),
    Quota("BigQuery: changes waiting on one table", 20, _changes_of_a_slate),
    Quota("BigQuery: partitions replaced in a table and day", 30_000, lambda day: 1),
    Quota("Storage Write: connections, all shards at once", 5_000, lambda day: day.shards),
    Quota(
        "Storage Write: MB/s of a region",
        300,
        lambda day: day.appended_bytes / _MEGABYTE / PEAK_SECONDS,
    ),
    Quota("Storage Write: MB in a request, one shard's forecasts", 20, _shard_rows_megabytes),
    Quota("Pub/Sub: MB in a message", 10, _shard_message_megabytes),
    Quota(
        "Pub/Sub: MB/s published in a small region",
        200,
        lambda day: day.message_bytes / _MEGABYTE / PEAK_SECONDS,
    ),
    Quota(
        "Pub/Sub: MB/s pushed in a small region",
        20,
        lambda day: day.message_bytes / _MEGABYTE / PEAK_SECONDS,
    ),
    Quota("Cloud Run: MiB in a pushed request", 32, lambda day: _shard_message_megabytes(day) * 4 / 3),
)

APPENDING_OTHERWISE = (
    Quota("load jobs: 1,500 a table and day", 1500, lambda day: day.shards),
    Quota(
        "load jobs: 50 changes of a partitioned table in 10 s", 50, lambda day: day.shards * 10 / PEAK_SECONDS
    ),
    Quota("INSERT: 1,500 a table and day at once, then 10 at a time", 1500, lambda day: day.shards),
)
