import base64
import contextlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.envelope import PushMessage, open_envelope, seal_envelope
from shared.errors import InvalidMessage

PUSHES = st.builds(
    PushMessage,
    data=st.binary(max_size=50),
    message_id=st.text(max_size=8),
    attributes=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
    subscription=st.text(max_size=8),
    delivery_attempt=st.none() | st.integers(1, 100),
)


def test_a_push_of_the_service_is_read():
    body = b"""{
      "deliveryAttempt": 3,
      "message": {
        "attributes": {"event_type": "phase4_complete"},
        "data": "eyJhIjogMX0=",
        "messageId": "2070443601311540",
        "message_id": "2070443601311540",
        "publishTime": "2025-11-28T11:00:00.000Z"
      },
      "subscription": "projects/p/subscriptions/s"
    }"""

    push = open_envelope(body)

    assert push == PushMessage(
        data=b'{"a": 1}',
        message_id="2070443601311540",
        attributes={"event_type": "phase4_complete"},
        subscription="projects/p/subscriptions/s",
        delivery_attempt=3,
    )
    assert push.json_object() == {"a": 1}


def test_all_but_the_message_may_be_missing():
    assert open_envelope(b'{"message": {}}') == PushMessage(data=b"", attributes={})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "body", id="nothing"),
        pytest.param(b"hello", "body", id="not JSON"),
        pytest.param(b"\xff\xfe", "body", id="not text"),
        pytest.param(b"[" * 100_000, "body", id="nested without end"),
        pytest.param(b"[]", "body", id="a list"),
        pytest.param(b"null", "body", id="null"),
        pytest.param(b"{}", "message", id="no message"),
        pytest.param(b'{"message": []}', "message", id="the message is a list"),
        pytest.param(b'{"message": {"data": 5}}', "message.data", id="the data is a number"),
        pytest.param(b'{"message": {"data": "%%%"}}', "base64", id="not base64"),
        pytest.param(b'{"message": {"data": "YQ"}}', "base64", id="base64 cut short"),
        pytest.param('{"message": {"data": "é"}}'.encode(), "base64", id="base64 with accents"),
        pytest.param(b'{"message": {"attributes": {"a": 1}}}', "attributes", id="an attribute is a number"),
        pytest.param(b'{"message": {}, "deliveryAttempt": "x"}', "deliveryAttempt", id="attempt is a word"),
    ],
)
def test_an_unreadable_push_is_refused_with_the_reason(body, reason):
    with pytest.raises(InvalidMessage, match=reason):
        open_envelope(body)


def test_a_refusal_names_the_message_once_it_is_known():
    with pytest.raises(InvalidMessage) as refused:
        open_envelope(b'{"message": {"data": "%%%", "messageId": "17"}}')

    assert refused.value.message_id == "17"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "not JSON", id="empty"),
        pytest.param(b"{", "not JSON", id="cut short"),
        pytest.param(b'{"a": NaN}', "not JSON", id="NaN is not JSON"),
        pytest.param(b"[1]", "not a JSON object", id="a list"),
        pytest.param(b'"text"', "not a JSON object", id="a text"),
        pytest.param(b"3", "not a JSON object", id="a number"),
    ],
)
def test_data_that_is_no_object_is_refused_with_the_reason(data, reason):
    with pytest.raises(InvalidMessage, match=reason) as refused:
        PushMessage(data=data, message_id="17").json_object()

    assert refused.value.message_id == "17"


def test_the_attempt_is_left_out_where_the_service_leaves_it_out():
    sealed = orjson.loads(seal_envelope(PushMessage(data=b"x", message_id="1", subscription="s")))

    assert sealed == {
        "message": {"data": base64.b64encode(b"x").decode(), "attributes": {}, "messageId": "1"},
        "subscription": "s",
    }


@given(PUSHES)
def test_sealing_and_opening_changes_nothing(push):
    assert open_envelope(seal_envelope(push)) == push


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_never_crash(body):
    with contextlib.suppress(InvalidMessage):
        assert isinstance(open_envelope(body), PushMessage)
