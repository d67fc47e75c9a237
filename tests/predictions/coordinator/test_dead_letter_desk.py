"""A message nobody could handle is stored, never refused for its content, and what it leaves is mended."""

import base64
import json

import pytest
from phase5_bench import told
from slate_builder import OUTCOMES, REQUESTS

from shared.outcomes import Reason

LETTERS = "nba_reference.dead_letters"
SOURCE = "CloudPubSubDeadLetterSourceSubscription"
COUNT = "CloudPubSubDeadLetterSourceDeliveryCount"


def _event(slate, **changes):
    return {"event_type": "phase4_complete", "game_date": slate.game_date.isoformat()} | changes


# ---------------------------------------------------------------- stored


def test_a_dead_letter_is_stored_with_where_it_came_from_and_why(phase5, slate):
    event = _event(slate, event_type="phase3_complete")

    response = phase5.push("/dead-letter", event, **{SOURCE: "nba-phase5-trigger-sub", COUNT: "20"})

    (row,) = slate.rows(LETTERS)
    assert told(response) == (204, None)
    assert (row["source_subscription"], row["delivery_attempts"]) == ("nba-phase5-trigger-sub", 20)
    assert (row["message_id"], row["state"]) == ("m1", "stored")
    assert row["reason"] == "delivery attempts exhausted"
    assert json.loads(row["body"]) == event
    assert json.loads(row["attributes"])[COUNT] == "20"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not a push envelope: body: Invalid JSON: EOF while parsing a value at line 1 column 0"),
        (b"junk", "not a push envelope: body: Invalid JSON: expected value at line 1 column 1"),
        (b"\x00\xff\xfe", "not a push envelope: body: Invalid JSON: expected value at line 1 column 1"),
        (b'{"message": {"data": "%%%"}}', "message.data is not base64"),
        (b'{"message": {"data": "anVuaw=="}}', "the data is not JSON"),
        (b'{"message": {"data": "AA=="}}', "the data is not JSON"),
        (b'{"message": {"data": "WzFd"}}', "the data is not a JSON object"),
        (b'{"message": {"data": "e30="}}', "delivery attempts exhausted"),
    ],
    ids=["nothing", "junk", "no text", "not base64", "not JSON", "a null byte", "a list", "an empty object"],
)
def test_what_cannot_be_read_is_stored_all_the_same(phase5, slate, body, reason):
    response = phase5.client.post("/dead-letter", data=body)

    (row,) = slate.rows(LETTERS)
    assert told(response) == (204, None)
    assert (row["reason"], row["source_subscription"], row["delivery_attempts"]) == (reason, "unknown", None)
    assert row["message_id"]


@pytest.mark.parametrize("count", ["many", "-1", "9" * 20, "9" * 5000, ""])
def test_a_count_of_attempts_that_is_no_count_is_left_out(phase5, slate, count):
    response = phase5.push("/dead-letter", {}, **{COUNT: count})

    assert (response.status_code, slate.rows(LETTERS)[0]["delivery_attempts"]) == (204, None)


@pytest.mark.parametrize("day", ["1999-01-01", "soon", 7, None])
def test_a_letter_about_no_slate_is_filed_under_today(phase5, slate, day):
    phase5.push("/dead-letter", {"game_date": day})

    assert len(slate.rows(LETTERS)) == 1


def test_a_letter_without_content_is_filed_by_its_attributes(phase5, slate, clock):
    clock.advance(86400)

    phase5.push("/dead-letter", b"junk", game_date=slate.game_date.isoformat())

    assert len(slate.rows(LETTERS)) == 1


def test_dead_letters_alert_once_a_slate(phase5, slate):
    for _ in range(3):
        phase5.push("/dead-letter", {}, **{SOURCE: "some-sub"})

    (alert,) = phase5.alerter.sent
    assert (alert.kind, alert.severity) == ("dead_letter", "warning")
    assert alert.text == "some-sub gave up on a message: delivery attempts exhausted."


@pytest.mark.parametrize("call", ["dead_letters", "snapshot", "raise_alert"])
def test_a_store_that_fails_has_the_letter_come_again(phase5, slate, call):
    phase5.store.breaks(call)

    response = phase5.push("/dead-letter", _event(slate))

    assert told(response) == (503, {"status": "error", "message": "not available now, try again"})


# ---------------------------------------------------------------- an event given up


def test_an_event_that_was_given_up_asks_the_question_once_more(phase5, slate):
    slate.ready(20)

    phase5.push("/dead-letter", _event(slate, correlation_id="from-phase-4"))

    assert phase5.publisher.players() == slate.names
    assert slate.row["trigger_source"] == "dead_letter"
    assert {row["correlation_id"] for row in slate.rows(REQUESTS)} == {"from-phase-4"}


def test_an_event_about_a_past_slate_starts_nothing_from_the_dead_letters_either(phase5, slate, clock):
    slate.ready(20)
    clock.advance(86400)

    response = phase5.push("/dead-letter", _event(slate))

    assert (response.status_code, phase5.publisher.published) == (204, [])


def test_an_event_of_another_processor_starts_nothing(phase5, slate):
    slate.ready(20)

    phase5.push("/dead-letter", _event(slate, processor="player_composite_factors"))

    assert phase5.publisher.published == []


def test_a_wish_for_newer_features_that_was_given_up_is_repeated_by_the_next_refresh(phase5, slate):
    slate.expect(3)
    slate.features(ready=3, seen="ACTIVE")
    slate.expect(["p001"], status="OUT")

    response = phase5.push("/dead-letter", _event(slate, event_type="phase4_refresh"))

    assert (response.status_code, len(slate.rows(LETTERS)), phase5.publisher.players()) == (204, 1, [])
    assert phase5.refresh().json["phase4_asked"] is True


# ---------------------------------------------------------------- requests given up


def _dead_shard(phase5, slate, **changes):
    """Push a request message that was given up: all the requests of the slate."""
    names = ("player_lookup", "request_id", "input_id")
    rows = slate.rows(REQUESTS)
    shard = {
        "game_date": slate.game_date.isoformat(),
        "batch_id": rows[0]["batch_id"],
        "feature_run_id": "run1",
        "feature_run_started_at": "2025-01-15T12:00:00Z",
        "feature_version": "v1",
        "feature_names": [],
        "systems": [],
        "players": [{name: row[name] for name in names} for row in rows],
    }
    return phase5.push("/dead-letter", shard | changes)


def test_a_shard_that_was_given_up_fails_each_of_its_players(phase5, slate):
    slate.under_way(20)

    _dead_shard(phase5, slate)

    assert slate.endings() == dict.fromkeys(slate.names, ("failed", Reason.DELIVERY_EXHAUSTED))
    asked = {(row["request_id"], row["input_id"]) for row in slate.rows(REQUESTS)}
    assert {(row["request_id"], row["input_id"]) for row in slate.rows(OUTCOMES)} == asked


def test_players_of_a_shard_that_was_given_up_are_wanted_again(phase5, slate):
    slate.under_way(20)
    _dead_shard(phase5, slate)

    response = phase5.scheduled_retry()

    assert response.get_json()["players_published"] == 20


def test_a_forecast_that_was_made_outweighs_the_letter(phase5, slate):
    slate.under_way(20)
    slate.answer()

    _dead_shard(phase5, slate)

    assert slate.endings() == dict.fromkeys(slate.names, ("predicted", None))
    assert slate.state == "complete"


@pytest.mark.parametrize(
    "players",
    [7, ["text"], [{}], [{"player_lookup": {"a": 1}, "request_id": ["x"], "input_id": 3}]],
    ids=["a number", "texts", "a nameless one", "odd fields"],
)
def test_players_that_cannot_be_read_do_not_refuse_the_letter(phase5, slate, players):
    slate.under_way(20)

    assert _dead_shard(phase5, slate, players=players).status_code == 204


def test_the_last_open_players_of_a_slate_may_end_in_a_dead_letter(make_phase5, slate):
    phase5 = make_phase5(requests_per_input=1)
    slate.under_way(20)

    _dead_shard(phase5, slate)

    assert (slate.state, phase5.alerter.kinds()) == ("failed", ["dead_letter", "gap"])


# ---------------------------------------------------------------- an announcement given up


def test_an_announcement_that_was_given_up_still_finishes_the_slate(phase5, slate):
    slate.under_way(20)
    slate.answer()
    announcement = {"game_date": slate.game_date.isoformat(), "batch_id": "b", "outcomes": []}

    phase5.push("/dead-letter", announcement)

    assert slate.state == "complete"


def test_an_envelope_keeps_what_the_attributes_say_when_its_data_does_not_open(phase5, slate):
    envelope = {
        "message": {
            "data": base64.b64encode(b"junk").decode(),
            "messageId": "m9",
            "attributes": {SOURCE: "prediction-request-sub", COUNT: "5"},
        }
    }

    phase5.client.post("/dead-letter", json=envelope)

    (row,) = slate.rows(LETTERS)
    assert (row["source_subscription"], row["delivery_attempts"], row["body"]) == (
        "prediction-request-sub",
        5,
        "junk",
    )
