"""What may be sent: everything else is refused with the field and the reason, and changes nothing."""

import base64
import json

import pytest
from phase5_bench import told

DATE = "must be a date written YYYY-MM-DD"
RANGE = "must lie between 2020-01-01 and 2040-12-31"
OBJECT = "Input should be an object"


@pytest.mark.parametrize("route", ["/start", "/retry"])
@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ("[1]", "body", OBJECT),
        ("null", "body", OBJECT),
        ('"2025-01-01"', "body", OBJECT),
        ("{", "body", "Invalid JSON: EOF while parsing an object at line 1 column 1"),
        ('{"force": "false"}', "force", "Input should be a valid boolean"),
        ('{"force": 1}', "force", "Input should be a valid boolean"),
        ('{"game_date": "28/11/2025"}', "game_date", DATE),
        ('{"game_date": "2025-02-30"}', "game_date", DATE),
        ('{"game_date": 20251128}', "game_date", DATE),
        ('{"game_date": "2025-11-28T00:00:00Z"}', "game_date", DATE),
        ('{"game_date": "1999-12-31"}', "game_date", RANGE),
        ('{"min_minutes": -1}', "min_minutes", "Input should be greater than or equal to 0"),
        ('{"min_minutes": 1e400}', "min_minutes", "Input should be a finite number"),
        ('{"min_minutes": 61}', "min_minutes", "Input should be less than or equal to 60"),
        ('{"min_minutes": NaN}', "min_minutes", "Input should be a finite number"),
        ('{"min_minutes": true}', "min_minutes", "Input should be a valid number"),
        ('{"min_minutes": "15"}', "min_minutes", "Input should be a valid number"),
        ('{"trigger_source": ""}', "trigger_source", "String should have at least 1 character"),
        ('{"trigger_source": 7}', "trigger_source", "Input should be a valid string"),
        ('{"dry_run": true}', "dry_run", "Extra inputs are not permitted"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)
def test_a_body_that_is_wrong_is_refused_with_the_field_and_changes_nothing(
    phase5, route, body, field, reason
):
    response = phase5.client.post(route, data=body, content_type="application/json")

    wrong = {"status": "error", "message": f"{field}: {reason}", "field": field, "reason": reason}
    assert told(response) == (400, wrong)
    assert phase5.store.calls == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", None),
        (b"", "application/json"),
        (b"{}", "application/json"),
        (b"{}", None),
        (b"{}", "application/octet-stream"),
        (b'{"game_date": null, "min_minutes": null}', "text/plain"),
    ],
    ids=["nothing", "JSON without a body", "{}", "untyped", "octet-stream", "nulls as text"],
)
def test_an_empty_request_is_a_request_with_the_defaults(phase5, slate, body, content_type):
    response = phase5.client.post("/retry", data=body, content_type=content_type)

    assert (response.status_code, response.get_json()["trigger_source"]) == (200, "retry")
    assert response.get_json()["game_date"] == slate.game_date.isoformat()
    asked_with = phase5.store.parameters[0]
    assert (asked_with["min_minutes"], asked_with["force"]) == (None, False)


@pytest.mark.parametrize("minutes", [0, 15, 31.5, 60])
def test_minutes_from_nought_to_sixty_are_taken(phase5, minutes):
    response = phase5.retry({"min_minutes": minutes})

    assert response.status_code == 200


def test_a_caller_may_name_the_source_of_a_start(phase5, slate):
    slate.ready(20)

    response = phase5.start({"trigger_source": "injury news"})

    assert response.get_json()["trigger_source"] == "injury news"
    assert slate.row["trigger_source"] == "injury news"


@pytest.mark.parametrize(
    ("query", "field", "reason"),
    [
        ("game_date=today", "game_date", DATE),
        ("game_date=", "game_date", DATE),
        ("game_date=2041-01-01", "game_date", RANGE),
        ("check=slo", "check", "Input should be 'sla'"),
        ("date=2025-01-01", "date", "Extra inputs are not permitted"),
        ("game_date=2025-01-01&game_date=2025-01-02", "game_date", "must come once"),
    ],
)
def test_a_query_that_is_wrong_is_refused_with_the_field(phase5, query, field, reason):
    response = phase5.client.get(f"/status?{query}")

    wrong = {"status": "error", "message": f"{field}: {reason}", "field": field, "reason": reason}
    assert told(response) == (400, wrong)
    assert phase5.store.calls == []


def _envelope(data: object) -> str:
    return json.dumps({"message": {"data": data, "messageId": "m1"}})


def _sealed(content: str) -> str:
    return _envelope(base64.b64encode(content.encode()).decode())


@pytest.mark.parametrize("route", ["/trigger", "/complete"])
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not a push envelope: body: Invalid JSON: EOF while parsing a value at line 1 column 0"),
        ("[]", "not a push envelope: body: Input should be an object"),
        ("{}", "not a push envelope: message: Field required"),
        ('{"message": []}', "not a push envelope: message: Input should be an object"),
        (_envelope(7), "not a push envelope: message.data: Input should be a valid string"),
        (_envelope("%%%"), "message.data is not base64"),
    ],
    ids=["nothing", "list", "no message", "message is a list", "data is a number", "not base64"],
)
def test_what_is_not_a_push_is_refused_with_the_reason(phase5, route, body, reason):
    response = phase5.client.post(route, data=body)

    assert told(response) == (400, {"status": "error", "message": reason})
    assert phase5.store.calls == []


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("[1]", "the data is not a JSON object"),
        ('"text"', "the data is not a JSON object"),
        ("{}", "event_type: a text is required"),
        ('{"event_type": 7}', "event_type: a text is required"),
        ('{"event_type": "phase4_complete"}', "game_date: Field required"),
        ('{"event_type": "phase4_complete", "game_date": "x"}', f"game_date: {DATE}"),
        ('{"event_type": "phase4_complete", "game_date": 1}', f"game_date: {DATE}"),
    ],
)
def test_an_event_that_cannot_be_read_is_refused_with_the_reason(phase5, event, reason):
    response = phase5.client.post("/trigger", data=_sealed(event))

    assert told(response) == (400, {"status": "error", "message": reason})
    assert phase5.store.calls == []


def test_a_refused_message_is_logged_with_its_id(phase5, logs):
    phase5.trigger(game_date="x")

    (line,) = logs
    assert (line["event_name"], line["message_id"]) == ("refused", "m1")


def test_a_negative_count_in_the_event_is_refused(phase5, slate):
    response = phase5.trigger(players_ready=-1)

    message = "players_ready: Input should be greater than or equal to 0"
    assert told(response) == (400, {"status": "error", "message": message})


def test_an_announcement_that_cannot_be_read_is_refused_with_the_reason(phase5):
    response = phase5.client.post("/complete", data=_sealed('{"game_date": "2025-01-01"}'))

    assert told(response) == (400, {"status": "error", "message": "batch_id: Field required"})


def test_refused_requests_leave_the_slate_as_it_was(phase5, slate):
    slate.ready(20)
    before = slate.row

    phase5.start({"force": "false"})
    phase5.trigger(game_date="x")
    phase5.client.get("/status?check=x")

    assert slate.row == before
    assert phase5.publisher.published == []
