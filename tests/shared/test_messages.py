from datetime import UTC, date, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.config import Settings
from shared.envelope import PushMessage
from shared.errors import InvalidMessage
from shared.messages import (
    MOST_PLAYERS,
    SCHEMA_VERSION,
    Phase4Complete,
    PlayerOutcome,
    PlayerRequest,
    PredictionReady,
    PredictionRequest,
    RunStatus,
)
from shared.outcomes import Outcome, Reason
from shared.slate import FIRST_SLATE, LAST_SLATE

SLATE = date(2025, 11, 28)
SHARD = {
    "game_date": "2025-11-28",
    "correlation_id": "c-1",
    "batch_id": "batch-1",
    "feature_run_id": "run-1",
    "feature_run_started_at": "2025-11-28T10:00:00Z",
    "feature_version": "v2.1",
    "feature_names": ["points_avg_5", "is_home"],
    "systems": ["moving_average_v1"],
    "players": [{"player_lookup": "a", "features": [21.5, 1.0]}],
}


def pushed(**body):
    return PushMessage(data=orjson.dumps(body), message_id="17")


def test_the_event_as_the_processor_writes_it_is_read():
    push = PushMessage(
        data=b"""{
          "event_type": "phase4_complete",
          "game_date": "2025-11-28",
          "processor": "ml_feature_store_v2",
          "status": "partial",
          "players_processed": 450,
          "players_ready": 430,
          "players_failed": 20,
          "players_total": 450,
          "timestamp": "2025-11-28T05:30:00-05:00",
          "run_id": "run-1",
          "correlation_id": "c-1"
        }"""
    )

    event = Phase4Complete.parse(push)

    assert event == Phase4Complete(
        event_type="phase4_complete",
        game_date=SLATE,
        processor="ml_feature_store_v2",
        status=RunStatus.PARTIAL,
        players_processed=450,
        players_ready=430,
        players_failed=20,
        timestamp=datetime(2025, 11, 28, 10, 30, tzinfo=UTC),
        run_id="run-1",
        correlation_id="c-1",
    )


def test_an_event_needs_only_its_type_and_slate():
    event = Phase4Complete.parse(pushed(event_type="phase4_complete", game_date="2025-11-28"))

    assert (event.status, event.players_ready, event.run_id) == (RunStatus.SUCCESS, 0, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"event_type": "phase3_complete"}, "event_type", id="another event"),
        pytest.param({"event_type": None}, "event_type", id="no event type"),
        pytest.param({"game_date": "28.11.2025"}, "game_date", id="a date written otherwise"),
        pytest.param({"game_date": "2025-11-31"}, "game_date", id="a day that does not exist"),
        pytest.param({"game_date": None}, "game_date", id="no date"),
        pytest.param({"game_date": 20251128}, "game_date", id="a date as a number"),
        pytest.param({"players_ready": -1}, "players_ready", id="a negative count"),
        pytest.param({"players_ready": 1.5}, "players_ready", id="half a player"),
        pytest.param({"players_ready": "many"}, "players_ready", id="a count in words"),
        pytest.param({"status": "done"}, "status", id="an unknown status"),
        pytest.param({"timestamp": "2025-11-28T10:30:00"}, "timestamp", id="a time without a zone"),
        pytest.param({"correlation_id": 5}, "correlation_id", id="a number where a text belongs"),
    ],
)
def test_an_unreadable_event_is_refused_naming_the_field(change, field):
    body = {"event_type": "phase4_complete", "game_date": "2025-11-28"} | change

    with pytest.raises(InvalidMessage, match=f"^{field}: ") as refused:
        Phase4Complete.parse(pushed(**body))

    assert refused.value.message_id == "17"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        pytest.param(b"", "body", id="no data"),
        pytest.param(b"not json", "body", id="not JSON"),
        pytest.param(b"[]", "body", id="a list"),
        pytest.param(b'{"event_type": "phase4_complete"}', "game_date", id="no date at all"),
        pytest.param(
            b'{"event_type": "phase4_complete", "game_date": "2025-11-28", "players_ready": NaN}',
            "players_ready",
            id="NaN",
        ),
    ],
)
def test_data_that_is_no_event_is_refused_with_the_reason(data, field):
    with pytest.raises(InvalidMessage, match=f"^{field}: "):
        Phase4Complete.parse(PushMessage(data=data))


def test_what_is_published_can_be_routed_without_parsing():
    event = Phase4Complete(
        event_type="phase4_complete", game_date=SLATE, run_id="run-1", correlation_id="c-1"
    )

    assert event.to_message().attributes == {
        "event_type": "phase4_complete",
        "game_date": "2025-11-28",
        "run_id": "run-1",
        "correlation_id": "c-1",
        "schema_version": SCHEMA_VERSION,
    }


def test_a_shard_is_read_with_its_players_unparsed():
    broken = [{"player_lookup": "a"}, {"nonsense": None}]

    shard = PredictionRequest.parse(pushed(**(SHARD | {"players": broken})))

    assert shard.players == ({"player_lookup": "a"}, {"nonsense": None})
    assert shard.feature_run_started_at == datetime(2025, 11, 28, 10, tzinfo=UTC)
    assert shard.to_message().attributes["batch_id"] == "batch-1"


@pytest.mark.parametrize("field", sorted(SHARD.keys() - {"correlation_id"}))
def test_a_shard_without_one_of_its_fields_is_refused(field):
    body = {name: value for name, value in SHARD.items() if name != field}

    with pytest.raises(InvalidMessage, match=f"^{field}: "):
        PredictionRequest.parse(pushed(**body))


def test_a_player_without_a_line_is_still_a_request():
    player = PlayerRequest.model_validate(
        {
            "request_id": "r",
            "input_id": "i",
            "player_lookup": "a",
            "player_name": "A",
            "game_id": "g",
            "team": "BOS",
            "opponent": "NYK",
            "is_home": True,
            "quality_score": 90.0,
            "features": [1.0, None],
            "something_new": 1,
        }
    )

    assert player.line is None
    assert player.features == (1.0, None)


def test_an_announcement_carries_every_outcome():
    body = {
        "game_date": "2025-11-28",
        "batch_id": "batch-1",
        "outcomes": [
            {"request_id": "r1", "player_lookup": "a", "outcome": "predicted", "reason": None},
            {"request_id": "r2", "player_lookup": "b", "outcome": "skipped", "reason": "no_history"},
        ],
    }

    ready = PredictionReady.parse(pushed(**body))

    assert ready.outcomes == (
        PlayerOutcome(request_id="r1", player_lookup="a", outcome=Outcome.PREDICTED),
        PlayerOutcome(request_id="r2", player_lookup="b", outcome=Outcome.SKIPPED, reason=Reason.NO_HISTORY),
    )


def test_a_reason_that_nobody_knows_is_refused():
    outcome = {"request_id": "r", "player_lookup": "a", "outcome": "failed", "reason": "bad_luck"}

    with pytest.raises(InvalidMessage, match="reason"):
        PredictionReady.parse(pushed(game_date="2025-11-28", batch_id="b", outcomes=[outcome]))


@given(
    game_date=st.dates(FIRST_SLATE, LAST_SLATE),
    status=st.sampled_from(RunStatus),
    ready=st.integers(0, 1000),
    run_id=st.none() | st.text(max_size=10),
)
def test_publishing_and_parsing_an_event_changes_nothing(game_date, status, ready, run_id):
    event = Phase4Complete(
        event_type="phase4_complete",
        game_date=game_date,
        status=status,
        players_ready=ready,
        run_id=run_id,
    )

    assert Phase4Complete.parse(PushMessage(event.to_message().data)) == event


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"feature_run_started_at": 1764324000}, "feature_run_started_at"),
        ({"feature_run_started_at": "1764324000"}, "feature_run_started_at"),
        ({"feature_run_started_at": "2025-11-28T10:00:00"}, "feature_run_started_at"),
        ({"systems": "moving_average_v1"}, "systems"),
        ({"batch_id": 7}, "batch_id"),
        ({"players": [{}] * (MOST_PLAYERS + 1)}, "players"),
        ({"players": {"a": {}}}, "players"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_field_of_another_type_is_refused_and_not_converted(change, field):
    with pytest.raises(InvalidMessage, match=f"^{field}: "):
        PredictionRequest.parse(pushed(**SHARD | change))


@pytest.mark.parametrize("count", ["20", 20.0, True, 1e3])
def test_a_count_of_another_type_is_refused_and_not_converted(count):
    event = {"event_type": "phase4_complete", "game_date": "2025-11-28"}

    with pytest.raises(InvalidMessage, match=r"^players_ready: "):
        Phase4Complete.parse(pushed(**event, players_ready=count))


def test_a_shard_of_the_most_players_is_read():
    shard = PredictionRequest.parse(pushed(**SHARD | {"players": [{}] * MOST_PLAYERS}))

    assert len(shard.players) == MOST_PLAYERS


def test_the_largest_configured_shard_can_be_read():
    assert Settings(shard_players=MOST_PLAYERS).shard_players == MOST_PLAYERS
    with pytest.raises(ValueError, match="shard_players"):
        Settings(shard_players=MOST_PLAYERS + 1)
