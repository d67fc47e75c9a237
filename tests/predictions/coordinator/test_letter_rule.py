"""Which bytes the store gives back of a dead letter, and which letters may be published again."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from predictions.coordinator.letters import (
    MOST_STORED,
    Letter,
    LetterState,
    Refusal,
    Replay,
    judge_replay,
    read_letter,
    refusal_to_repeat,
    stored_body,
)
from shared.ports import OutgoingMessage

TOPICS = {"requests-sub": "requests", "ready-sub": "ready"}
THEN = datetime(2025, 1, 15, 13, tzinfo=UTC)
LATER = datetime(2025, 1, 15, 14, tzinfo=UTC)


def letter(data=b"{}", **changes):
    """A letter as it is read back after a body of these bytes was stored."""
    row = {
        "game_date": date(2025, 1, 15),
        "message_id": "m1",
        "state": "stored",
        "source_subscription": "requests-sub",
        "delivery_attempts": 5,
        "reason": "delivery attempts exhausted",
        "attributes": '{"game_date":"2025-01-15"}',
        "created_at": THEN,
        "stored_at": THEN,
    }
    return read_letter(row | stored_body(data) | changes)


# ---------------------------------------------------------------- bodies


@pytest.mark.parametrize(
    ("data", "columns"),
    [
        pytest.param(b"", {"body": "", "body_base64": None}, id="nothing"),
        pytest.param(b'{"a": 1}', {"body": '{"a": 1}', "body_base64": None}, id="text"),
        pytest.param("é\x00".encode(), {"body": "é\x00", "body_base64": None}, id="text with a null byte"),
        pytest.param(b"a\xff", {"body": "a\ufffd\ufffd", "body_base64": "Yf8="}, id="no text"),
        pytest.param(
            "a\ufffd".encode(),
            {"body": "a\ufffd\ufffd", "body_base64": "Ye+/vQ=="},
            id="text that looks replaced",
        ),
        pytest.param(
            b"a" * 300 + b"\xff",
            {"body": "a" * 200 + "\ufffd", "body_base64": "YWFh" * 100 + "/w=="},
            id="long and no text: how it begins",
        ),
    ],
)
def test_a_body_is_kept_as_text_and_as_base64_where_the_text_would_lose_it(data, columns):
    assert stored_body(data) == columns


@given(st.binary() | st.text().map(str.encode))
def test_whatever_was_sent_is_given_back_byte_for_byte(data):
    assert letter(data).message().data == data


@pytest.mark.parametrize(
    ("data", "is_kept"),
    [
        pytest.param(b"a" * MOST_STORED, True, id="the largest text"),
        pytest.param(b"a" * (MOST_STORED + 1), False, id="a larger text"),
        pytest.param(b"\xff" * 6_750_000, True, id="the largest bytes"),
        pytest.param(b"\xff" * 6_750_001, False, id="more bytes"),
    ],
)
def test_a_body_that_no_row_holds_is_stored_as_it_begins_and_says_so(data, is_kept):
    columns = stored_body(data)

    assert max(len(text or "") for text in columns.values()) <= MOST_STORED
    assert (letter(data).message() is not None) is is_kept


def test_bytes_stored_before_they_were_kept_are_not_made_up():
    assert letter(body="a\ufffd", body_base64=None).message() is None


# ---------------------------------------------------------------- messages


def test_a_message_has_its_own_attributes_without_those_of_the_dead_letters():
    attributes = (
        '{"game_date":"2025-01-15","batch_id":"b1","CloudPubSubDeadLetterSourceDeliveryCount":"5",'
        '"CloudPubSubDeadLetterSourceSubscription":"requests-sub",'
        '"CloudPubSubDeadLetterSourceSubscriptionProject":"p",'
        '"CloudPubSubDeadLetterSourceTopicPublishTime":"2025-01-15T13:00:00Z"}'
    )

    message = letter(b'{"a": 1}', attributes=attributes).message()

    assert message == OutgoingMessage(b'{"a": 1}', {"game_date": "2025-01-15", "batch_id": "b1"})


@pytest.mark.parametrize("attributes", [None, "null", "{}"])
def test_a_letter_may_have_no_attributes(attributes):
    assert letter(attributes=attributes).message() == OutgoingMessage(b"{}", {})


def test_a_new_state_repeats_the_letter_with_a_new_date():
    found = letter(b"\xff")

    row = found.in_state(LetterState.REPLAYED, LATER)

    assert (row["state"], row["created_at"], row["body_base64"]) == ("replayed", LATER, "/w==")
    assert row["attributes"] == {"game_date": "2025-01-15"}
    assert "stored_at" not in row


# ---------------------------------------------------------------- may it be published again?

ELSEWHERE = "its topic is not known: no subscription is called other-sub"
LOST = "its body is not stored as it was sent: it was no text, or too large"


@pytest.mark.parametrize(
    ("changes", "force", "judged"),
    [
        pytest.param({}, False, "requests", id="stored"),
        pytest.param({"source_subscription": "ready-sub"}, False, "ready", id="from another subscription"),
        pytest.param({"source_subscription": "other-sub"}, False, ELSEWHERE, id="from an unknown one"),
        pytest.param({"source_subscription": "other-sub"}, True, ELSEWHERE, id="from an unknown one, forced"),
        pytest.param({"body": "\ufffd"}, False, LOST, id="its bytes are lost"),
        pytest.param({"body": "\ufffd"}, True, LOST, id="its bytes are lost, forced"),
        pytest.param(
            {"state": "replayed"}, False, "it is replayed already; force does it again", id="replayed"
        ),
        pytest.param(
            {"state": "discarded"}, False, "it is discarded already; force does it again", id="discarded"
        ),
        pytest.param({"state": "replayed"}, True, "requests", id="replayed, forced"),
        pytest.param({"state": "discarded"}, True, "requests", id="discarded, forced"),
    ],
)
def test_a_letter_goes_to_the_topic_it_came_from_or_stays_for_a_reason(changes, force, judged):
    found = letter(**changes)

    decision = judge_replay(found, TOPICS, force)

    if judged in TOPICS.values():
        assert decision == Replay(found, judged, OutgoingMessage(b"{}", {"game_date": "2025-01-15"}))
    else:
        assert decision == Refusal(judged)


@pytest.mark.parametrize(
    ("state", "force", "is_refused"),
    [
        (LetterState.STORED, False, False),
        (LetterState.STORED, True, False),
        (LetterState.REPLAYED, False, True),
        (LetterState.REPLAYED, True, False),
        (LetterState.DISCARDED, False, True),
        (LetterState.DISCARDED, True, False),
    ],
)
def test_only_force_deals_twice_with_a_letter(state, force, is_refused):
    refusal = refusal_to_repeat(replace(letter(), state=state), force)

    assert isinstance(refusal, Refusal) is is_refused


def test_a_state_that_nobody_writes_is_an_error():
    with pytest.raises(ValueError, match="lost"):
        letter(state="lost")
    assert isinstance(letter(), Letter)
