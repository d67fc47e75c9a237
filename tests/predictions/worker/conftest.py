"""Builders and stores for the worker's tests."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from predictions.systems.recommendation import RecommendationPolicy
from predictions.worker.predict import PredictShard
from shared.clock import FakeClock
from shared.envelope import PushMessage
from shared.features import FEATURE_NAMES, FEATURE_VERSION, FEATURES
from shared.ids import request_id
from shared.messages import PredictionRequest
from shared.messaging.recording import RecordingPublisher
from shared.statements import inline_statement
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

NOW = datetime(2025, 1, 15, 13, 0, tzinfo=UTC)
GAME_DATE = date(2025, 1, 15)
READY_TOPIC = "prediction-ready-prod"

VETERAN = {feature.name: feature.default for feature in FEATURES} | {
    "games_played": 9.0,
    "points_ewm_8": 16.0,
    "minutes_ewm_3": 30.0,
    "minutes_avg_10": 20.0,
    "points_per_minute_ewm_15": 0.53,
}


class RecordingWarehouse:
    """Keeps what is appended, in order, and fails for the tables it is told."""

    def __init__(self, steps: list[str]) -> None:
        self.steps = steps
        self.rows: dict[str, list[Mapping[str, Any]]] = {}
        self.errors: dict[str, Exception] = {}

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if table in self.errors:
            raise self.errors[table]
        self.steps.append(f"append {table}")
        self.rows.setdefault(table, []).extend(rows)


class OrderedPublisher(RecordingPublisher):
    """A RecordingPublisher that also writes down when it was asked."""

    def __init__(self, steps: list[str]) -> None:
        super().__init__()
        self.steps = steps

    def publish(self, topic: str, messages: Sequence[Any]) -> list[Any]:
        self.steps.append(f"publish {topic}")
        return super().publish(topic, messages)


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[Any]]:
    """What was logged."""
    with capture_logs() as lines:
        yield lines


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def steps() -> list[str]:
    """What was written and published, in the order of doing."""
    return []


@pytest.fixture
def warehouse(steps: list[str]) -> RecordingWarehouse:
    return RecordingWarehouse(steps)


@pytest.fixture
def publisher(steps: list[str]) -> OrderedPublisher:
    return OrderedPublisher(steps)


@pytest.fixture(scope="session")
def whole_store() -> Iterator[DuckDBWarehouse]:
    store = DuckDBWarehouse(None, FakeClock(NOW), threads=1)
    store.create_schema()
    yield store
    store.close()


@pytest.fixture
def store(whole_store: DuckDBWarehouse) -> DuckDBWarehouse:
    """A real store without rows."""
    for table in ("player_prop_predictions", "prediction_outcomes"):
        whole_store.execute(inline_statement("empty", f"DELETE FROM nba_predictions.{table} WHERE TRUE"))
    return whole_store


@pytest.fixture
def make_predict(
    warehouse: RecordingWarehouse, publisher: OrderedPublisher, clock: FakeClock
) -> Callable[..., PredictShard]:
    """Build the use case; by default on the recording warehouse and publisher."""

    def make(**changes: Any) -> PredictShard:
        parts: dict[str, Any] = {
            "warehouse": warehouse,
            "publisher": publisher,
            "clock": clock,
            "policy": RecommendationPolicy(edge=0.03, min_quality=50.0),
            "ready_topic": READY_TOPIC,
            "build": "build-7",
        }
        return PredictShard(**parts | changes)

    return make


@pytest.fixture
def make_player() -> Callable[..., dict[str, Any]]:
    """Build one player of a shard; `features` may be given by name."""

    def make(lookup: str = "jaysontatum", features: Any = None, **changes: Any) -> dict[str, Any]:
        if features is None or isinstance(features, dict):
            features = [(VETERAN | (features or {}))[name] for name in FEATURE_NAMES]
        player = {
            "request_id": request_id("batch_1", lookup),
            "input_id": f"input of {lookup}",
            "player_lookup": lookup,
            "player_id": "1628369",
            "player_name": "Jayson Tatum",
            "game_id": "0022400001",
            "team": "BOS",
            "opponent": "NYK",
            "is_home": True,
            "line": 12.5,
            "line_offset": 0.0,
            "line_observed_at": "2025-01-15T12:00:00+00:00",
            "over_odds": -115.0,
            "under_odds": -105.0,
            "quality_score": 92.0,
            "features": features,
        }
        return player | changes

    return make


@pytest.fixture
def make_push() -> Callable[..., PushMessage]:
    """Build the delivery of a shard."""

    def make(*players: dict[str, Any], **changes: Any) -> PushMessage:
        parts: dict[str, Any] = {
            "game_date": GAME_DATE,
            "correlation_id": "event-1",
            "batch_id": "batch_1",
            "feature_run_id": "run-1",
            "feature_run_started_at": datetime(2025, 1, 15, 11, 0, tzinfo=UTC),
            "feature_version": FEATURE_VERSION,
            "feature_names": FEATURE_NAMES,
            "systems": ("moving_average_v1", "minutes_rate_v1", "ensemble_v1"),
        }
        request = PredictionRequest(**parts | changes, players=())
        body = request.model_dump(mode="json") | {"players": players}
        return PushMessage(json.dumps(body).encode(), message_id="m-1")  # NaN and Infinity as they are

    return make
