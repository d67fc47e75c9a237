"""First the rows, then the announcement; what failed comes again and changes nothing."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from predictions.worker.predict import OUTCOMES, PREDICTIONS
from shared.envelope import PushMessage
from shared.errors import DependencyRejected, DependencyUnavailable, InvalidMessage
from shared.ids import request_id

Make = Callable[..., Any]
READY_TOPIC = "prediction-ready-prod"


def test_forecasts_are_written_then_outcomes_then_both_are_announced(
    make_predict: Make, make_push: Make, make_player: Make, steps: list[str]
) -> None:
    make_predict().handle(make_push(make_player("one"), make_player("two")))

    assert steps == [f"append {PREDICTIONS}", f"append {OUTCOMES}", f"publish {READY_TOPIC}"]


@pytest.mark.parametrize("table", [PREDICTIONS, OUTCOMES])
@pytest.mark.parametrize("error", [DependencyUnavailable("away"), DependencyRejected("no such column")])
def test_a_failed_write_is_never_announced(
    table: str,
    error: Exception,
    make_predict: Make,
    make_push: Make,
    make_player: Make,
    warehouse: Any,
    publisher: Any,
) -> None:
    warehouse.errors[table] = error

    with pytest.raises(type(error), match=str(error)):
        make_predict().handle(make_push(make_player()))

    assert publisher.published == []
    assert OUTCOMES not in warehouse.rows


@pytest.mark.parametrize(
    ("failing", "error"),
    [
        pytest.param({0}, None, id="refused"),
        pytest.param(set(), DependencyUnavailable("away"), id="the service is away"),
        pytest.param(set(), DependencyRejected("no such topic"), id="the service says no"),
    ],
)
def test_an_announcement_that_failed_asks_for_the_delivery_again(
    failing: set[int],
    error: Any,
    make_predict: Make,
    make_push: Make,
    make_player: Make,
    publisher: Any,
    warehouse: Any,
) -> None:
    publisher.failing, publisher.error = failing, error

    with pytest.raises(DependencyUnavailable, match="was not announced"):
        make_predict().handle(make_push(make_player()))

    assert len(warehouse.rows[OUTCOMES]) == 1


def test_the_announcement_says_how_each_request_ended(
    make_predict: Make, make_push: Make, make_player: Make, publisher: Any
) -> None:
    make_predict().handle(make_push(make_player("one"), make_player("two", features={"games_played": 0})))

    (message,) = publisher.messages(READY_TOPIC)
    assert message.attributes["batch_id"] == "batch_1"
    body = orjson.loads(message.data)
    assert (body["game_date"], body["correlation_id"], body["batch_id"]) == (
        "2025-01-15",
        "event-1",
        "batch_1",
    )
    assert sorted(body["outcomes"], key=lambda end: end["player_lookup"]) == [
        {
            "request_id": request_id("batch_1", "one"),
            "player_lookup": "one",
            "outcome": "predicted",
            "reason": None,
        },
        {
            "request_id": request_id("batch_1", "two"),
            "player_lookup": "two",
            "outcome": "skipped",
            "reason": "no_history",
        },
    ]


def test_a_shard_without_a_forecast_appends_only_outcomes(
    make_predict: Make, make_push: Make, make_player: Make, steps: list[str]
) -> None:
    make_predict().handle(make_push(make_player(), systems=("magic_v9",)))

    assert steps == [f"append {OUTCOMES}", f"publish {READY_TOPIC}"]


def test_an_empty_shard_writes_nothing(make_predict: Make, make_push: Make, steps: list[str]) -> None:
    make_predict().handle(make_push())

    assert steps == [f"publish {READY_TOPIC}"]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        pytest.param(b"\xff", "body", id="not JSON"),
        pytest.param(b"[]", "body", id="not an object"),
        pytest.param(b"{}", "game_date", id="nothing in it"),
        pytest.param(b'{"game_date": "15.1.2025"}', "game_date", id="a bad date"),
    ],
)
def test_a_shard_that_cannot_be_read_is_refused_by_name(
    data: bytes, fault: str, make_predict: Make, steps: list[str]
) -> None:
    with pytest.raises(InvalidMessage, match=fault) as raised:
        make_predict().handle(PushMessage(data, message_id="m-9"))

    assert raised.value.message_id == "m-9"
    assert steps == []
