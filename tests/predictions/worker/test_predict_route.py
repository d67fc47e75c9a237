"""What /predict answers: what is acknowledged, what comes again, what never will do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conformance import described_client
from flask.testing import FlaskClient

from predictions.systems.registry import UnknownSystem
from predictions.worker.predict import OUTCOMES, PREDICTIONS
from predictions.worker.wiring import build_predict_shard
from predictions.worker.worker import create_app
from shared.config import Settings
from shared.envelope import PushMessage, seal_envelope
from shared.errors import DependencyRejected, DependencyUnavailable, InvalidInput

Make = Callable[..., Any]
SETTINGS = Settings(retry_after_seconds=10)


def never_wrong() -> None:
    """A check that passes."""


@pytest.fixture
def client(make_predict: Make) -> FlaskClient:
    return described_client(create_app(make_predict(), SETTINGS, never_wrong))


def test_a_shard_that_was_handled_is_acknowledged_with_204(
    client: FlaskClient, make_push: Make, make_player: Make, warehouse: Any
) -> None:
    answer = client.post("/predict", data=seal_envelope(make_push(make_player())))

    assert (answer.status_code, answer.data) == (204, b"")
    assert len(warehouse.rows[PREDICTIONS]) == 3


def test_failed_players_are_outcomes_and_the_shard_is_acknowledged(
    client: FlaskClient, make_push: Make, make_player: Make
) -> None:
    push = make_push({"player_lookup": "half a row"}, make_player(), systems=("magic_v9",))

    assert client.post("/predict", data=seal_envelope(push)).status_code == 204


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="not JSON"),
        pytest.param(b"[]", id="not an envelope"),
        pytest.param(b'{"message": {"data": "%%%"}}', id="not base64"),
        pytest.param(b'{"message": {}}', id="no data"),
        pytest.param(seal_envelope(PushMessage(b"[]")), id="not an object"),
        pytest.param(seal_envelope(PushMessage(b'{"players": 3}')), id="not a shard"),
    ],
)
def test_what_can_never_be_read_is_refused_with_400(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/predict", data=body)

    assert answer.status_code == 400
    assert answer.get_json()["status"] == "error"


@pytest.mark.parametrize("table", [PREDICTIONS, OUTCOMES])
@pytest.mark.parametrize(
    ("error", "status", "retry_after"),
    [
        pytest.param(DependencyUnavailable("away"), 503, "10", id="later"),
        pytest.param(DependencyRejected("refused"), 500, None, id="refused"),
        pytest.param(ZeroDivisionError("oops"), 500, None, id="unexpected"),
    ],
)
def test_a_failed_write_is_not_acknowledged(
    table: str,
    error: Exception,
    status: int,
    retry_after: str | None,
    client: FlaskClient,
    make_push: Make,
    make_player: Make,
    warehouse: Any,
    publisher: Any,
) -> None:
    warehouse.errors[table] = error

    answer = client.post("/predict", data=seal_envelope(make_push(make_player())))

    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry_after)
    assert publisher.published == []
    assert str(error) not in answer.get_data(as_text=True)


def test_a_failed_announcement_is_not_acknowledged(
    client: FlaskClient, make_push: Make, make_player: Make, publisher: Any
) -> None:
    publisher.failing = {0}

    answer = client.post("/predict", data=seal_envelope(make_push(make_player())))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


@pytest.mark.parametrize(("path", "status"), [("/health", 200), ("/ready", 503), ("/predict", 405)])
def test_readiness_asks_the_store_and_liveness_does_not(make_predict: Make, path: str, status: int) -> None:
    def check() -> None:
        raise DependencyUnavailable("the store is away")

    client = described_client(create_app(make_predict(), SETTINGS, check))

    assert client.get(path).status_code == status


def test_the_settings_reach_the_use_case(warehouse: Any, publisher: Any, clock: Any) -> None:
    settings = Settings(edge_percent=5.0, min_quality_score=60.0, ready_topic="ready", build="b-1")

    predict = build_predict_shard(settings, warehouse, publisher, clock)

    assert (predict.policy.edge, predict.policy.min_quality) == (0.05, 60.0)
    assert (predict.ready_topic, predict.build) == ("ready", "b-1")


def test_a_system_that_does_not_exist_stops_the_worker_from_starting(
    warehouse: Any, publisher: Any, clock: Any
) -> None:
    settings = Settings(active_systems=("magic_v9",), shadow_systems=(), headline_system="magic_v9")

    with pytest.raises(UnknownSystem, match="magic_v9"):
        build_predict_shard(settings, warehouse, publisher, clock)


def test_the_configured_model_reaches_the_systems(
    warehouse: Any, publisher: Any, clock: Any, make_push: Make, make_player: Make
) -> None:
    settings = Settings()
    push = make_push(
        make_player(line=15.0), systems=settings.active_systems, shadow_systems=settings.shadow_systems
    )

    build_predict_shard(settings, warehouse, publisher, clock).handle(push)

    rows = {row["system_id"]: row for row in warehouse.rows["nba_predictions.player_prop_predictions"]}
    assert list(rows) == list(settings.systems)
    assert {name for name, row in rows.items() if row["is_shadow"]} == {"line_blend_v1"}
    assert all(row["drivers"] for row in rows.values())
    assert rows["line_blend_v1"]["p50"] != rows["ensemble_v2"]["p50"]


def test_a_worker_of_formulas_needs_no_model(
    warehouse: Any, publisher: Any, clock: Any, tmp_path: Path
) -> None:
    formulas = ("moving_average_v1", "minutes_rate_v1", "ensemble_v1")
    settings = Settings(
        active_systems=formulas, shadow_systems=(), headline_system="ensemble_v1", model_dir=tmp_path
    )

    predict = build_predict_shard(settings, warehouse, publisher, clock)

    assert [system.system_id for system in predict.resolve(formulas)] == list(formulas)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param(
            {"model_dir": Path("/nowhere")}, "no model: there is no model in /nowhere", id="missing"
        ),
        pytest.param({"model_hash": "1234"}, "no model: the model is .* and should be 1234", id="another"),
    ],
)
def test_a_model_that_is_refused_stops_the_worker_from_starting(
    changes: dict[str, Any], reason: str, warehouse: Any, publisher: Any, clock: Any
) -> None:
    with pytest.raises(InvalidInput, match=reason):
        build_predict_shard(Settings(**changes), warehouse, publisher, clock)
