"""A query on BigQuery that meets trouble: what goes out, what is tried again, what the caller hears."""

from datetime import UTC, date, datetime

import pytest
import requests
from google.auth.exceptions import RefreshError, TransportError
from rest_of_bigquery import RUNNING, Fault, Slow, complete, job, rows_answer

from shared.errors import DataContractViolation, DependencyRejected, DependencyUnavailable
from shared.statements import inline_statement

READ = inline_statement("read", "SELECT n, word FROM t")
TIMEOUT = 30.0
MOMENT = datetime(2025, 11, 28, 15, 30, 0, 123456, tzinfo=UTC)

PASSING = [
    pytest.param(Fault(503, "backendError"), id="503"),
    pytest.param(Fault(500, "internalError"), id="500"),
    pytest.param(Fault(502, "badGateway"), id="502"),
    pytest.param(Fault(429, "rateLimitExceeded"), id="429"),
    pytest.param(Fault(403, "rateLimitExceeded"), id="403 because of the rate"),
    pytest.param(Fault(400, "jobBackendError"), id="the job met a fault of BigQuery's"),
    pytest.param(requests.ConnectionError("connection reset by peer"), id="a connection reset"),
    pytest.param(requests.exceptions.ChunkedEncodingError("cut off"), id="an answer cut off"),
    pytest.param(TransportError("no token now"), id="no token for a moment"),
]


# What goes out


def test_rows_come_back_by_column(warehouse, rest):
    rest.answers("jobs.query", rows_answer([(1, "a"), (2, None)]))

    assert warehouse.query(READ) == [{"n": 1, "word": "a"}, {"n": 2, "word": None}]
    assert rest.methods == ["jobs.query"]


@pytest.mark.parametrize(
    ("kind", "value", "sent"),
    [
        ("STRING", "Dončić", {"value": "Dončić"}),
        ("STRING", "", {"value": ""}),
        ("INT64", 7, {"value": "7"}),
        ("FLOAT64", 0.1, {"value": 0.1}),
        ("BOOL", False, {"value": "false"}),
        ("DATE", date(2025, 11, 28), {"value": "2025-11-28"}),
        ("TIMESTAMP", MOMENT, {"value": "2025-11-28 15:30:00.123456+00:00"}),
        *(
            (kind, None, {"value": None})
            for kind in ("STRING", "INT64", "FLOAT64", "BOOL", "DATE", "TIMESTAMP")
        ),
    ],
)
def test_a_value_goes_out_with_the_type_that_its_statement_declares(warehouse, rest, kind, value, sent):
    rest.answers("jobs.query", rows_answer([]))

    warehouse.query(inline_statement("read", "SELECT @x", x=kind), x=value)

    (parameter,) = rest.calls[0].json["queryParameters"]
    assert parameter == {"name": "x", "parameterType": {"type": kind}, "parameterValue": sent}


@pytest.mark.parametrize(
    ("kind", "values", "sent"),
    [
        ("STRING", ["a", "b"], ["a", "b"]),
        ("FLOAT64", (0.5,), [0.5]),
        ("DATE", [date(2025, 11, 28)], ["2025-11-28"]),
        ("STRING", [], []),
        ("STRING", None, []),
    ],
)
def test_a_list_goes_out_as_an_array_of_its_declared_type(warehouse, rest, kind, values, sent):
    rest.answers("jobs.query", rows_answer([]))

    warehouse.query(inline_statement("read", "SELECT @x", x=f"ARRAY<{kind}>"), x=values)

    (parameter,) = rest.calls[0].json["queryParameters"]
    assert parameter["parameterType"] == {"type": "ARRAY", "arrayType": {"type": kind}}
    assert parameter["parameterValue"] == {"arrayValues": [{"value": value} for value in sent]}


@pytest.mark.parametrize("values", [{}, {"x": 1, "y": 2}, {"y": 1}], ids=["missing", "too many", "another"])
def test_values_other_than_the_declared_ones_are_refused_before_anything_is_sent(warehouse, rest, values):
    with pytest.raises(DataContractViolation, match="read: parameters do not fit"):
        warehouse.query(inline_statement("read", "SELECT @x", x="INT64"), **values)

    assert rest.calls == []


def test_a_value_of_another_type_is_refused_before_anything_is_sent(warehouse, rest):
    with pytest.raises(DependencyRejected, match="read"):
        warehouse.query(inline_statement("read", "SELECT @x", x="FLOAT64"), x="high")

    assert rest.calls == []


@pytest.mark.parametrize(
    ("service", "statement", "labels"),
    [
        ("coordinator", "slate_players", ("coordinator", "slate_players")),
        ("Phase 4", "Slate.Players", ("phase_4", "slate_players")),
        ("precompute", "größe/ß", ("precompute", "gr__e__")),
        ("w" * 70, "s" * 70, ("w" * 63, "s" * 63)),
        ("", "", ("", "")),
    ],
)
def test_every_job_says_who_asked_for_what_in_the_letters_of_a_label(
    make_warehouse, rest, service, statement, labels
):
    rest.answers("jobs.query", rows_answer([]))

    make_warehouse(service).query(inline_statement(statement, "SELECT 1"))

    assert rest.calls[0].json["labels"] == dict(zip(("service", "statement"), labels, strict=True))


def test_bigquery_is_told_when_to_give_up_by_itself(make_warehouse, rest):
    rest.answers("jobs.query", rows_answer([]))

    make_warehouse(timeout=12.5).query(READ)

    assert rest.calls[0].json["jobTimeoutMs"] == "12500"


# What is tried again


@pytest.mark.parametrize("trouble", PASSING)
def test_what_passes_is_tried_again(warehouse, rest, trouble):
    rest.answers("jobs.query", trouble, trouble, rows_answer([(1, "a")]))

    assert warehouse.query(READ) == [{"n": 1, "word": "a"}]
    assert rest.methods == ["jobs.query"] * 3


def test_an_attempt_whose_answer_was_lost_is_repeated_under_its_id(warehouse, rest):
    rest.answers("jobs.query", requests.ConnectionError("reset"), rows_answer([]))

    warehouse.query(READ)

    first, second = (call.json["requestId"] for call in rest.calls)
    assert first == second


def test_an_attempt_that_is_refused_as_known_already_has_lost_its_answer_and_may_come_again(warehouse, rest):
    rest.answers("jobs.query", Fault(503, "backendError"), Fault(409, "duplicate", "Already Exists: Job"))

    with pytest.raises(DependencyUnavailable, match="read: the answer was lost"):
        warehouse.query(READ)


@pytest.mark.parametrize("trouble", PASSING)
def test_what_lasts_is_unavailable_within_the_time(warehouse, rest, still_time, trouble):
    rest.answers("jobs.query", trouble)
    started = still_time.now

    with pytest.raises(DependencyUnavailable, match="read"):
        warehouse.query(READ)

    assert len(rest.calls) > 3
    assert still_time.now - started <= TIMEOUT


def test_a_server_that_takes_requests_and_never_answers_is_unavailable_in_about_the_time(
    warehouse, rest, still_time
):
    rest.answers("jobs.query", Slow(3600, rows_answer([])))
    started = still_time.now

    with pytest.raises(DependencyUnavailable):
        warehouse.query(READ)

    assert still_time.now - started <= TIMEOUT + 2


def test_a_query_that_does_not_end_is_unavailable_in_about_the_time_and_cancelled(
    warehouse, rest, still_time
):
    rest.answers("jobs.query", lambda call: Slow(int(call.json["timeoutMs"]) / 1000, RUNNING))
    rest.answers("jobs.get", job(state="RUNNING"))
    rest.answers("jobs.getQueryResults", Slow(10, RUNNING))  # BigQuery waits 10 s if it is not told otherwise
    rest.answers("jobs.cancel", lambda call: {"job": job(state="RUNNING")(call)})
    started = still_time.now

    with pytest.raises(DependencyUnavailable):
        warehouse.query(READ)

    assert TIMEOUT <= still_time.now - started <= TIMEOUT + 10
    assert rest.methods[-1] == "jobs.cancel"


def test_a_query_that_takes_longer_than_one_request_brings_its_rows(warehouse, rest):
    rest.answers("jobs.query", RUNNING)
    rest.answers("jobs.get", job(state="RUNNING"), job())
    rest.answers("jobs.getQueryResults", complete(rows=1), rows_answer([(1, "a")]))

    assert warehouse.query(READ) == [{"n": 1, "word": "a"}]


# What is told at once


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(Fault(400, "invalidQuery", "Syntax error"), DependencyRejected, id="a wrong statement"),
        pytest.param(Fault(403, "accessDenied"), DependencyRejected, id="not permitted"),
        pytest.param(Fault(404, "notFound", "Not found: Table nba"), DependencyRejected, id="no such table"),
        pytest.param(Fault(401, "authError"), DependencyRejected, id="not known"),
        pytest.param(Fault(400, "resourcesExceeded"), DependencyRejected, id="too much for one query"),
        pytest.param(Fault(501, "notImplemented"), DependencyRejected, id="never to be had"),
        pytest.param(Fault(403, "quotaExceeded"), DependencyUnavailable, id="a quota used up"),
        pytest.param(Fault(400, "tableUnavailable"), DependencyUnavailable, id="a table away"),
        pytest.param(Fault(499, "stopped"), DependencyUnavailable, id="stopped by somebody"),
        pytest.param(Fault(504, "timeout"), DependencyUnavailable, id="too slow for a gateway"),
        pytest.param(Fault(529, "overloaded"), DependencyUnavailable, id="a status of tomorrow"),
        pytest.param(RefreshError("no token"), DependencyUnavailable, id="no token to be had"),
    ],
)
def test_what_does_not_pass_while_waiting_is_told_at_once(warehouse, rest, fault, error):
    rest.answers("jobs.query", fault)

    with pytest.raises(error, match="read") as caught:
        warehouse.query(READ)

    assert caught.type is error
    assert len(rest.calls) == 1


def test_the_reason_that_bigquery_gives_is_told(warehouse, rest):
    rest.answers("jobs.query", Fault(400, "invalidQuery", "Unrecognized name: wrod at [1:8]"))

    with pytest.raises(DependencyRejected, match=r"Unrecognized name: wrod at \[1:8\]"):
        warehouse.query(READ)


@pytest.mark.parametrize("reason", ["stopped", "timeout", "backendError", "quotaExceeded"])
def test_a_job_that_ends_short_of_a_result_is_unavailable(warehouse, rest, reason):
    rest.answers("jobs.query", RUNNING)
    rest.answers("jobs.get", job(reason=reason))
    rest.answers("jobs.cancel", Fault(404, "notFound"))

    with pytest.raises(DependencyUnavailable):
        warehouse.query(READ)


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        pytest.param(Fault(503, "backendError"), DependencyUnavailable, id="unavailable"),
        pytest.param(Fault(403, "accessDenied"), DependencyRejected, id="refused"),
        pytest.param(requests.ConnectionError("reset"), DependencyUnavailable, id="cut off"),
    ],
)
def test_a_result_that_breaks_off_between_two_pages_is_no_answer(warehouse, rest, trouble, error):
    rest.answers("jobs.query", rows_answer([(1, "a")], totalRows="2", pageToken="second"))
    rest.answers("jobs.get", job())
    rest.answers("jobs.getQueryResults", trouble)

    with pytest.raises(error):
        warehouse.query(READ)


def test_a_page_that_fails_once_is_fetched_again_and_no_row_comes_twice(warehouse, rest):
    rest.answers("jobs.query", rows_answer([(1, "a")], totalRows="2", pageToken="second"))
    rest.answers("jobs.get", job())
    rest.answers("jobs.getQueryResults", Fault(503, "backendError"), rows_answer([(2, "b")]))

    assert [row["n"] for row in warehouse.query(READ)] == [1, 2]
    assert [call.query["pageToken"] for call in rest.of("jobs.getQueryResults")] == [["second"]] * 2


def test_an_answer_that_is_not_bigquerys_is_unavailable(warehouse, rest, monkeypatch):
    monkeypatch.setattr(requests.Response, "content", b"<html>a proxy's login page</html>")
    rest.answers("jobs.query", {})

    with pytest.raises(DependencyUnavailable):
        warehouse.query(READ)
