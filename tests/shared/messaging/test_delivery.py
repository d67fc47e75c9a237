from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.delivery import (
    Acknowledged,
    DeadLetter,
    RetryAt,
    SubscriptionPolicy,
    backoff,
    dead_letter_attributes,
    decide,
    refusal,
)
from shared.ports import OutgoingMessage

WITH_DEAD_LETTERS = SubscriptionPolicy(
    name="requests-sub",
    topic="requests",
    endpoint="/predict",
    ack_deadline_seconds=600,
    min_backoff_seconds=10,
    max_backoff_seconds=600,
    max_delivery_attempts=5,
    dead_letter_topic="dlq",
)
FOR_EVER = replace(WITH_DEAD_LETTERS, max_delivery_attempts=None, dead_letter_topic=None)


@pytest.mark.parametrize("status", [102, 200, 201, 202, 204])
@pytest.mark.parametrize("attempt", [1, 5, 6])
def test_five_statuses_acknowledge(status, attempt):
    assert decide(WITH_DEAD_LETTERS, attempt, status) == Acknowledged()


@pytest.mark.parametrize("status", [100, 203, 205, 206, 302, 304, 400, 401, 404, 429, 500, 503, None])
def test_everything_else_is_a_refusal(status):
    assert decide(WITH_DEAD_LETTERS, 1, status) == RetryAt(timedelta(seconds=10))


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        pytest.param(1, RetryAt(timedelta(seconds=10)), id="the first"),
        pytest.param(4, RetryAt(timedelta(seconds=80)), id="the last but one"),
        pytest.param(5, DeadLetter("dlq"), id="the last"),
        pytest.param(6, DeadLetter("dlq"), id="one too many, after the policy was lowered"),
    ],
)
def test_the_last_attempt_makes_a_dead_letter(attempt, expected):
    assert decide(WITH_DEAD_LETTERS, attempt, 500) == expected


@pytest.mark.parametrize("attempt", [5, 100, 1_000_000])
def test_without_a_dead_letter_policy_it_is_retried_for_ever(attempt):
    assert isinstance(decide(FOR_EVER, attempt, 500), RetryAt)


@pytest.mark.parametrize(
    ("refusals", "seconds"),
    [(1, 10), (2, 20), (3, 40), (4, 80), (5, 160), (6, 320), (7, 600), (8, 600), (10_000, 600)],
)
def test_the_backoff_doubles_up_to_its_maximum(refusals, seconds):
    assert backoff(FOR_EVER, refusals) == timedelta(seconds=seconds)


@given(st.integers(1, 100_000), st.floats(0, 600), st.floats(0, 600))
def test_the_backoff_grows_and_stays_within_its_bounds(refusals, one, other):
    low, high = sorted((one, other))
    policy = replace(FOR_EVER, min_backoff_seconds=low, max_backoff_seconds=high)

    delay, later = backoff(policy, refusals), backoff(policy, refusals + 1)

    assert timedelta(seconds=low) <= delay <= later <= timedelta(seconds=high)


def test_a_dead_letter_says_where_it_came_from():
    published_at = datetime(2025, 11, 28, 11, 0, 0, 123456, tzinfo=UTC)

    attributes = dead_letter_attributes({"game_date": "2025-11-28"}, WITH_DEAD_LETTERS, "p", 5, published_at)

    assert attributes == {
        "game_date": "2025-11-28",
        "CloudPubSubDeadLetterSourceDeliveryCount": "5",
        "CloudPubSubDeadLetterSourceSubscription": "requests-sub",
        "CloudPubSubDeadLetterSourceSubscriptionProject": "p",
        "CloudPubSubDeadLetterSourceTopicPublishTime": "2025-11-28T11:00:00.123+00:00",
    }


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        pytest.param(OutgoingMessage(b"x"), None, id="data alone"),
        pytest.param(OutgoingMessage(b"", {"a": "b"}), None, id="attributes alone"),
        pytest.param(OutgoingMessage(b"", {"a": ""}), None, id="an empty value"),
        pytest.param(OutgoingMessage(b""), "data or attributes", id="neither"),
        pytest.param(OutgoingMessage(bytes(10_000_000)), None, id="10 MB exactly"),
        pytest.param(OutgoingMessage(bytes(10_000_001)), "10000001 bytes", id="a byte more"),
        pytest.param(OutgoingMessage(b"x", {str(n): "" for n in range(100)}), None, id="100 attributes"),
        pytest.param(OutgoingMessage(b"x", {str(n): "" for n in range(101)}), "101", id="101 attributes"),
        pytest.param(OutgoingMessage(b"x", {"n" * 256: ""}), None, id="a name of 256 bytes"),
        pytest.param(OutgoingMessage(b"x", {"é" * 129: ""}), "name", id="a name of 258 bytes"),
        pytest.param(OutgoingMessage(b"x", {"": "v"}), "name", id="no name"),
        pytest.param(OutgoingMessage(b"x", {"a": "v" * 1024}), None, id="a value of 1024 bytes"),
        pytest.param(OutgoingMessage(b"x", {"a": "v" * 1025}), "value of a", id="a value of 1025 bytes"),
    ],
)
def test_what_the_service_would_not_take_is_refused(message, reason):
    found = refusal(message)

    assert (found is None) == (reason is None)
    assert reason is None or reason in found


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"dead_letter_topic": None}, id="attempts without a topic"),
        pytest.param({"max_delivery_attempts": None}, id="a topic without attempts"),
        pytest.param({"max_delivery_attempts": 0}, id="no attempt at all"),
        pytest.param({"min_backoff_seconds": -1}, id="a negative backoff"),
        pytest.param({"min_backoff_seconds": 601}, id="a backoff that shrinks"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(change):
    with pytest.raises(ValueError, match="requests-sub"):
        replace(WITH_DEAD_LETTERS, **change)
