"""A store with a small league in it, and ports that record what is done in which order."""

import sys
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from data_processors.precompute.ml_feature_store.ml_feature_store_processor import MLFeatureStoreProcessor
from shared.alerts import AlertDesk
from shared.clock import FakeClock
from shared.config import Settings
from shared.errors import AppError
from shared.features import FEATURES
from shared.ports import Alert, OutgoingMessage, PublishFailure, Row, Statement
from shared.statements import inline_statement
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

sys.path.insert(0, str(Path(__file__).parent))  # the plain computation stands beside the tests
SLATE = date(2025, 1, 15)
NOW = datetime(2025, 1, 15, 12, 0, tzinfo=UTC)
SOUND = {
    "is_listed_twice": False,
    "games_counted_twice": 0,
    "slates_since_box_scores": 0,
    "league_days_since_team": 1,
    "team_games_since_player": 0,
}
"""What the feature query says for the guards about a player of whom nothing is wrong."""

WRITTEN = (
    "nba_analytics.player_game_summary",
    "nba_analytics.upcoming_player_game_context",
    "nba_predictions.ml_feature_store_v2",
    "nba_reference.processor_run_history",
    "nba_reference.unpublished_events",
    "nba_reference.alerts",
)


class League:
    """Writes box scores and slates; a usual player plays 24 of 240 minutes and scores 11 of 110."""

    def __init__(self, warehouse: DuckDBWarehouse) -> None:
        self.warehouse = warehouse

    def line(self, day: date, player: str, team: str, opponent: str, **changes: Any) -> Row:
        """Return the box score of one player in one game."""
        row = {
            "game_date": day,
            "game_id": f"{day}-{min(team, opponent)}",
            "player_lookup": player,
            "player_name": player.title(),
            "team": team,
            "opponent": opponent,
            "is_home": team < opponent,
            "minutes": 24.0,
            "points": 11.0,
            "fgm": 4.0,
            "fga": 9.0,
            "fg3m": 1.0,
            "fg3a": 3.0,
            "ftm": 2.0,
            "fta": 2.0,
            "oreb": 1.0,
            "dreb": 3.0,
            "assists": 2.0,
            "blocks": 0.0,
            "turnovers": 1.0,
            "loaded_at": NOW - timedelta(days=1),
        }
        return row | changes

    def add_games(self, rows: Sequence[Row]) -> None:
        """Append box scores."""
        self.warehouse.append("nba_analytics.player_game_summary", rows)

    def play(self, day: date, changes: Mapping[str, Row] | None = None, players: int = 10) -> None:
        """Append a game of AAA against BBB: players aaa0, aaa1 … and bbb0, bbb1 …"""
        changes = changes or {}
        self.add_games(
            [
                self.line(day, player, team, opponent, **changes.get(player, {}))
                for team, opponent in (("AAA", "BBB"), ("BBB", "AAA"))
                for player in (f"{team.lower()}{number}" for number in range(players))
            ]
        )

    def expect(self, player: str, team: str = "AAA", opponent: str = "BBB", **changes: Any) -> Row:
        """Return a player's row of the slate."""
        row = {
            "game_date": SLATE,
            "game_id": f"{SLATE}-{min(team, opponent)}",
            "player_lookup": player,
            "player_name": player.title(),
            "team": team,
            "opponent": opponent,
            "is_home": team < opponent,
            "status": "ACTIVE",
            "projected_minutes": 24.0,
            "observed_at": NOW - timedelta(hours=2),
        }
        return row | changes

    def add_slate(self, rows: Sequence[Row]) -> None:
        """Append rows of a slate."""
        self.warehouse.append("nba_analytics.upcoming_player_game_context", rows)

    def slate(self, *players: str) -> None:
        """Append players to SLATE; the first three letters are the team."""
        teams = [(player, player[:3].upper()) for player in players]
        self.add_slate([self.expect(p, team, "BBB" if team == "AAA" else "AAA") for p, team in teams])


class RecordingWarehouse:
    """The Warehouse port on another one: notes every write in a journal and fails when told to.

    `failures` maps what is done (a statement's name, `append <table>` or `replace`) to errors that are
    raised one by one; afterwards the call succeeds. `on_replace` runs once the partition is written.
    `raw_features`, if given, is what the feature query returns.
    """

    def __init__(self, inner: DuckDBWarehouse, journal: list[str]) -> None:
        self.inner = inner
        self.journal = journal
        self.failures: dict[str, list[AppError]] = {}
        self.on_replace: Callable[[], None] = lambda: None
        self.raw_features: list[Row] | None = None

    def query(self, statement: Statement, **parameters: Any) -> list[Row]:
        self._fail(statement.name)
        if statement.name == "features" and self.raw_features is not None:
            return self.raw_features
        return self.inner.query(statement, **parameters)

    def execute(self, statement: Statement, **parameters: Any) -> int:
        self._fail(statement.name)
        return self.inner.execute(statement, **parameters)

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._fail(f"append {table}")
        self.journal.extend(f"{table} {row.get('status', row.get('state', ''))}".strip() for row in rows)
        self.inner.append(table, rows)

    def replace_partition(self, table: str, partition: date, rows: Sequence[Mapping[str, Any]]) -> None:
        self._fail("replace")
        self.journal.append(f"replace {table}")
        self.inner.replace_partition(table, partition, rows)
        self.on_replace()

    def columns(self) -> dict[str, dict[str, str]]:
        return self.inner.columns()

    def _fail(self, what: str) -> None:
        if self.failures.get(what):
            raise self.failures[what].pop(0)


class JournalPublisher:
    """The Publisher port on the same journal. Set `refusal` to refuse, or `error` to raise."""

    def __init__(self, journal: list[str]) -> None:
        self.journal = journal
        self.refusal: str | None = None
        self.error: AppError | None = None
        self.published: list[tuple[str, OutgoingMessage]] = []

    def publish(self, topic: str, messages: Sequence[OutgoingMessage]) -> list[PublishFailure]:
        if self.error is not None:
            raise self.error
        if self.refusal is not None:
            return [PublishFailure(index, self.refusal) for index in range(len(messages))]
        self.journal.extend(f"publish {topic}" for _ in messages)
        self.published.extend((topic, message) for message in messages)
        return []


class JournalAlerter:
    """The Alerter port on a list."""

    def __init__(self) -> None:
        self.sent: list[Alert] = []

    def send(self, alert: Alert) -> None:
        self.sent.append(alert)


class Phase4:
    """A processor with all that it stands on, and short ways to look at what it did."""

    def __init__(self, store: DuckDBWarehouse, clock: FakeClock) -> None:
        self.clock = clock
        self.journal: list[str] = []
        self.store = store
        self.warehouse = RecordingWarehouse(store, self.journal)
        self.publisher = JournalPublisher(self.journal)
        self.alerter = JournalAlerter()
        self.settings = Settings()
        desk = AlertDesk(self.warehouse, self.alerter, clock)
        self.processor = MLFeatureStoreProcessor(self.warehouse, self.publisher, desk, clock, self.settings)

    def spoil(self, sql: str) -> None:
        """Change what is stored behind the processor's back."""
        assert self.store.execute(inline_statement("spoil", sql)) > 0

    def slate(self, *players: str, **changes: Any) -> None:
        """Put players on the slate whose raw features are all usual but for the changes.

        No two of them are alike, unless the changes say what they differ in.
        """
        usual = {feature.name: feature.default for feature in FEATURES} | {"games_played": 30.0}
        facts = {"game_date": SLATE, "status": "ACTIVE", "projected_minutes": 24.0}
        rows = {row["player_lookup"]: row for row in self.warehouse.raw_features or []}
        for number, name in enumerate(players):
            own = {"player_lookup": name, "points_std_10": 1.0 + len(rows) + number / 100}
            rows[name] = own | facts | SOUND | {n: v for n, v in usual.items() if n not in own} | changes
        self.warehouse.raw_features = list(rows.values())

    def fail(self, what: str, *errors: AppError) -> None:
        """Make the next calls of one kind raise these errors."""
        self.warehouse.failures[what] = list(errors)

    def rows(self, table: str, order: str = "1") -> list[Row]:
        """Return all rows of a table."""
        return self.store.query(inline_statement("look", f"SELECT * FROM {table} ORDER BY {order}"))

    def features(self) -> dict[str, Row]:
        """Return the stored feature rows by player."""
        return {row["player_lookup"]: row for row in self.rows("nba_predictions.ml_feature_store_v2")}

    def history(self) -> list[Row]:
        """Return run history in the order in which it was written."""
        return self.rows("nba_reference.processor_run_history", "processed_at, started_at")

    def events(self) -> list[tuple[str, str]]:
        """Return the run and the state of each row of the unpublished events."""
        rows = self.rows("nba_reference.unpublished_events", "created_at")
        return [(row["run_id"], row["state"]) for row in rows]


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """Keep the log lines instead of printing them."""
    with capture_logs() as lines:
        yield lines


@pytest.fixture(scope="session")
def phase4_store() -> Iterator[DuckDBWarehouse]:
    store = DuckDBWarehouse(None, FakeClock(NOW), threads=1)
    store.create_schema()
    yield store
    store.close()


@pytest.fixture
def store(phase4_store: DuckDBWarehouse) -> DuckDBWarehouse:
    for table in WRITTEN:
        phase4_store.execute(inline_statement("wipe", f"DELETE FROM {table} WHERE TRUE"))
    calm = "UPDATE nba_reference.slates SET alerts_raised = '' WHERE alerts_raised != ''"
    phase4_store.execute(inline_statement("calm", calm))
    return phase4_store


@pytest.fixture
def league(store: DuckDBWarehouse) -> League:
    return League(store)


@pytest.fixture
def phase4(store: DuckDBWarehouse) -> Phase4:
    return Phase4(store, FakeClock(NOW))
