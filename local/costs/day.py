"""A day worked out from one counted morning. Pure.

Upper bounds throughout: nothing is cached, no two requests share an instance, every announcement reads for
itself, and partitions are read as if they were full from the first question.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil

from local.costs.habits import Habits
from local.costs.morning import Morning
from local.costs.prices import GIB, MESSAGE_MINIMUM_BYTES, QUERY_MINIMUM_BYTES, TIB
from local.costs.sizing import columns_read, message_bytes
from local.observing import Call
from shared.config import Settings

GAMES = "nba_analytics.player_game_summary"
SLATES = "nba_reference.slates"
AGAIN = {
    "nba_predictions.player_prop_predictions",
    "nba_predictions.prediction_outcomes",
    "nba_predictions.prediction_requests",
}
"""Tables that hold whoever was forecast again once more."""

Asked = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Day:
    """A day of one slate for `players` expected players, from the measured morning of fewer."""

    players: int
    morning: Morning
    settings: Settings
    habits: Habits = field(default_factory=Habits)

    @property
    def shards(self) -> int:
        """Return how many request messages there are, and as many announcements."""
        return ceil(self.players / self.settings.shard_players)

    @property
    def requests(self) -> int:
        """Return the HTTP requests: Phase 4, /trigger, two a shard, the scheduler's, people's, news."""
        scheduled = 1 + self.habits.retries + self.habits.refreshes + 1
        return 2 + 2 * self.shards + scheduled + self.habits.looks + 4 * self.habits.news

    @property
    def share_again(self) -> float:
        """Return how many forecasts are made again, as a share of the players."""
        return self.habits.news * self.habits.players_of_news / self.players

    @cached_property
    def asked(self) -> Asked:
        """Count the calls of the store by verb and statement or table.

        An announcement is counted as one read, though those that wait share one; the last one of a batch
        reads the slate too. The check at the deadline is a retry, a snapshot and a report. News are a run of
        Phase 4, its event and one shard.
        """
        routes = {call.route for call in self.morning.calls}
        of = {route: Counter(_named(c) for c in self.morning.calls if c.route == route) for route in routes}
        measured_shards = of["/predict"]["append", "nba_predictions.player_prop_predictions"]
        snapshot, progress = ("query", "snapshot"), ("query", "batch_progress")
        ended = Counter({**of["/complete"], snapshot: 1, progress: 1})
        asked = of["/process"] + of["/trigger"] + ended + of["/start"]
        asked[progress] = self.shards
        _add(asked, of["/predict"], self.shards / measured_shards)
        _add(asked, of["/retry"], self.habits.retries + 1)
        _add(asked, of["/refresh"], self.habits.refreshes)
        _add(asked, of["/process"] + of["/trigger"] + ended, self.habits.news)
        _add(asked, of["/predict"], self.habits.news / measured_shards)
        _add(asked, of["/status"], self.habits.looks + 1)
        asked[snapshot] += 1
        return asked

    def rows(self, table: str) -> float:
        """Return the rows that a statement meets in a table: those of the slate, or of 400 days of games."""
        if table == GAMES:
            return self.players * self.habits.games_a_player
        if table == SLATES:
            return 31
        rows = self.morning.tables[table].rows
        is_by_player = rows >= self.morning.players / 2
        if not is_by_player:
            return rows
        return rows * self.players / self.morning.players * (1 + self.share_again * (table in AGAIN))

    def scanned_bytes(self, statement: str) -> float:
        """Return what one run of a statement is billed for."""
        return sum(
            max(QUERY_MINIMUM_BYTES, self.rows(table) * self._bytes(table, columns))
            for table, columns in columns_read(self.morning.statements[statement]).items()
        )

    @cached_property
    def query_bytes(self) -> dict[str, float]:
        """Return the bytes billed by statement."""
        return {
            name: count * self.scanned_bytes(name)
            for (verb, name), count in self.asked.items()
            if verb in ("query", "execute")
        }

    @cached_property
    def stored_bytes(self) -> dict[str, float]:
        """Return the bytes that the day leaves behind, by table."""
        written = {name for verb, name in self.asked if verb in ("append", "replace_partition")}
        return {name: self.rows(name) * self.morning.tables[name].row_bytes for name in sorted(written)}

    @property
    def appended_bytes(self) -> float:
        """Return the bytes that go through the Storage Write API."""
        appended = {name for verb, name in self.asked if verb == "append"}
        return sum(self.stored_bytes[name] for name in appended)

    @cached_property
    def message_bytes(self) -> float:
        """Return the bytes of all messages, once."""
        by_topic = Counter[str]()
        for topic, message in self.morning.messages:
            by_topic[topic] += max(MESSAGE_MINIMUM_BYTES, message_bytes(message))
        event = by_topic.pop(self.settings.phase4_topic)
        by_player = sum(by_topic.values()) * self.players / self.morning.players
        return event * (1 + 2 * self.habits.news) + by_player * (1 + self.share_again)

    @property
    def waiting_start(self) -> tuple[float, float]:
        """Return the bytes billed and the seconds of a scheduled /start that waits for Phase 4 to the end."""
        looks = self.settings.phase4_wait_seconds / self.settings.phase4_poll_seconds
        return looks * self.scanned_bytes("snapshot"), self.settings.phase4_wait_seconds

    @property
    def busy_seconds(self) -> float:
        """Return the seconds in which requests are under way, each alone: waiting for answers, and work."""
        waiting = sum(self.habits.seconds[verb] * count for (verb, _), count in self.asked.items())
        published = self.habits.publish_seconds * (2 + self.shards + 4 * self.habits.news)
        work = self.morning.cpu_seconds * self.players / self.morning.players
        return waiting + published + work

    def quantities(self) -> dict[str, float]:
        """Return how much of each item of the price list the day uses."""
        loads = sum(count for (verb, _), count in self.asked.items() if verb == "replace_partition")
        season = sum(self.stored_bytes.values()) * self.habits.slates_a_season
        return {
            "BigQuery, queries": sum(self.query_bytes.values()) / TIB,
            "BigQuery, Storage Write API": self.appended_bytes / GIB,
            "BigQuery, load jobs": loads,
            "Pub/Sub, published and pushed": 2 * self.message_bytes / GIB,
            "Cloud Run, CPU": self.busy_seconds,
            "Cloud Run, memory": self.busy_seconds * self.habits.memory_gib,
            "Cloud Run, requests": self.requests,
            "Cloud Logging": self.requests * self.habits.log_bytes_a_request / GIB,
            "Cloud Scheduler": self.habits.scheduler_jobs,
            "Secret Manager": self.habits.secret_versions,
            "Artifact Registry": self.habits.image_gib,
            "BigQuery, storage after a season": season / GIB,
        }

    def _bytes(self, table: str, columns: Iterable[str]) -> float:
        found = self.morning.tables[table].column_bytes
        return sum(found.get(column, 0.0) for column in columns)


def _named(call: Call) -> tuple[str, str]:
    return call.verb, call.name


def _add(asked: Asked, more: Asked, times: float) -> None:
    for key, count in more.items():
        asked[key] += round(count * times)
