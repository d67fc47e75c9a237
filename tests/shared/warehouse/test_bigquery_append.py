"""Rows sent to the Storage Write API: all are taken, or the caller hears why not."""

from datetime import UTC, date, datetime

import grpc
import pytest
from write_api import end_after, fail, never, refuse, take

from shared.clock import Stopwatch
from shared.errors import DataContractViolation, DependencyRejected, DependencyUnavailable
from shared.warehouse import bigquery_rows

ALERTS = "nba_reference.alerts"
TIMEOUT = 30.0
INVALID = grpc.StatusCode.INVALID_ARGUMENT.value[0]


def alert(number=0, **changes):
    return {
        "game_date": date(2025, 11, 28),
        "kind": "gap",
        "severity": "warning",
        "title": f"alert {number}",
        "text": "10 players are missing",
        "raised_at": datetime(2025, 11, 28, 15, tzinfo=UTC),
        "sent_at": datetime(2025, 11, 28, 15, tzinfo=UTC),
    } | changes


@pytest.fixture
def small_requests(monkeypatch):
    """A request holds one row."""
    monkeypatch.setattr(bigquery_rows, "REQUEST_BYTES", 1)


def sent(write_api, attempt=-1):
    """Return how many rows each request of an attempt carried."""
    return [len(request.proto_rows.rows.serialized_rows) for request in write_api.attempts[attempt]]


# What goes out


def test_rows_go_to_the_default_stream_of_their_table_in_one_request(warehouse, write_api):
    warehouse.append(ALERTS, [alert(n) for n in range(450)])

    stream = "projects/nba-test/datasets/nba_reference/tables/alerts/streams/_default"
    assert [request.write_stream for request in write_api.attempts[0]] == [stream]
    assert [request.trace_id for request in write_api.attempts[0]] == ["nba-props:coordinator"]
    assert write_api.routing == [f"write_stream={stream}"]
    assert sent(write_api) == [450]


def test_rows_over_the_size_of_a_request_go_out_in_several_of_which_each_is_answered(warehouse, write_api):
    warehouse.append(ALERTS, [alert(n, text="x" * 900_000) for n in range(10)])

    assert sent(write_api) == [4, 4, 2]
    assert len(write_api.attempts) == 1


def test_a_row_larger_than_a_request_goes_out_alone(warehouse, write_api):
    warehouse.append(ALERTS, [alert(), alert(text="x" * 4_100_000), alert()])

    assert sent(write_api) == [1, 1, 1]


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        pytest.param({"title": None}, DependencyRejected, id="null where a value must be"),
        pytest.param({"sent_at": datetime(2025, 11, 28, 15)}, DependencyRejected, id="a time of no zone"),  # noqa: DTZ001
        pytest.param({"game_date": "today"}, DependencyRejected, id="a word for a date"),
        pytest.param({"title": 7}, DependencyRejected, id="a number for a word"),
        pytest.param({"colour": "red"}, DataContractViolation, id="an unknown column"),
    ],
)
def test_nothing_is_sent_when_one_row_does_not_fit(warehouse, write_api, small_requests, bad, error):
    with pytest.raises(error):
        warehouse.append(ALERTS, [*(alert(n) for n in range(10)), alert(**bad)])

    assert write_api.attempts == []


def test_no_rows_are_no_request(warehouse, write_api):
    warehouse.append(ALERTS, [])

    assert write_api.attempts == []


# What BigQuery refuses


def test_a_row_that_bigquery_refuses_is_told_with_its_reason(warehouse, write_api):
    faults = [(n, f"Field title is too odd in row {n}") for n in (3, 5, 8, 9)]
    write_api.answers(refuse(0, INVALID, "Errors found while processing rows", faults))

    with pytest.raises(DependencyRejected, match=r"append to nba_reference.alerts: .*row 3.*row 5.*row 8"):
        warehouse.append(ALERTS, [alert(n) for n in range(10)])

    assert len(write_api.attempts) == 1


@pytest.mark.parametrize("position", [0, 1, 2], ids=["the first", "one between", "the last"])
def test_one_request_of_several_that_is_refused_is_an_error(warehouse, write_api, small_requests, position):
    write_api.answers(refuse(position, INVALID, "odd"))

    with pytest.raises(DependencyRejected, match="odd"):
        warehouse.append(ALERTS, [alert(n) for n in range(3)])


def test_a_request_that_is_refused_in_passing_is_sent_again_with_all_the_others(
    warehouse, write_api, still_time, small_requests
):
    exhausted = grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]
    write_api.answers(refuse(1, exhausted, "too many bytes a second"), take)

    warehouse.append(ALERTS, [alert(n) for n in range(3)])

    assert sent(write_api) == [1, 1, 1]
    assert len(write_api.attempts) == 2


# What the stream does

PASSING = ["UNAVAILABLE", "RESOURCE_EXHAUSTED", "INTERNAL", "ABORTED", "UNKNOWN"]


@pytest.mark.parametrize("after", [0, 1], ids=["at once", "after a request"])
@pytest.mark.parametrize("code", PASSING)
def test_what_passes_is_tried_again_from_the_first_row(
    warehouse, write_api, still_time, small_requests, code, after
):
    write_api.answers(fail(grpc.StatusCode[code], after), fail(grpc.StatusCode[code], after), take)

    warehouse.append(ALERTS, [alert(n) for n in range(2)])

    assert len(write_api.attempts) == 3
    assert sent(write_api) == [1, 1]


@pytest.mark.parametrize("code", PASSING)
def test_what_lasts_is_unavailable_within_the_time(warehouse, write_api, still_time, code):
    write_api.answers(fail(grpc.StatusCode[code]))
    started = still_time.now

    with pytest.raises(DependencyUnavailable):
        warehouse.append(ALERTS, [alert()])

    assert len(write_api.attempts) > 3
    assert still_time.now - started <= TIMEOUT


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("DEADLINE_EXCEEDED", DependencyUnavailable),
        ("CANCELLED", DependencyUnavailable),
        ("DATA_LOSS", DependencyUnavailable),
        ("PERMISSION_DENIED", DependencyRejected),
        ("NOT_FOUND", DependencyRejected),
        ("UNAUTHENTICATED", DependencyRejected),
        ("INVALID_ARGUMENT", DependencyRejected),
        ("FAILED_PRECONDITION", DependencyRejected),
        ("UNIMPLEMENTED", DependencyRejected),
    ],
)
def test_what_will_not_pass_in_time_is_told_at_once(warehouse, write_api, code, error):
    write_api.answers(fail(grpc.StatusCode[code]))

    with pytest.raises(error, match=f"append to {ALERTS}"):
        warehouse.append(ALERTS, [alert()])

    assert len(write_api.attempts) == 1


def test_a_stream_that_ends_before_all_is_answered_is_tried_again(
    warehouse, write_api, still_time, small_requests
):
    write_api.answers(end_after(1), take)

    warehouse.append(ALERTS, [alert(n) for n in range(3)])

    assert len(write_api.attempts) == 2


@pytest.mark.parametrize("answered", [0, 2])
def test_a_stream_that_always_ends_early_is_unavailable(
    warehouse, write_api, still_time, small_requests, answered
):
    write_api.answers(end_after(answered))

    with pytest.raises(DependencyUnavailable, match=f"{answered} of 3 requests were answered"):
        warehouse.append(ALERTS, [alert(n) for n in range(3)])


# Time


def test_a_server_that_never_answers_is_unavailable_after_the_time(make_warehouse, write_api):
    write_api.answers(never)
    watch = Stopwatch()

    with pytest.raises(DependencyUnavailable):
        make_warehouse(timeout=0.2).append(ALERTS, [alert()])

    assert watch.seconds() < 5


def test_slow_attempts_share_one_time(warehouse, write_api, still_time):
    write_api.answers(fail(grpc.StatusCode.UNAVAILABLE, passing=lambda: still_time.sleep(8)))
    started = still_time.now

    with pytest.raises(DependencyUnavailable):
        warehouse.append(ALERTS, [alert()])

    assert still_time.now - started <= TIMEOUT + 8
    assert len(write_api.attempts) in (3, 4)
    first, *_, last = write_api.deadlines
    assert first == pytest.approx(30, abs=3)
    assert last <= 30 - 8 * (len(write_api.attempts) - 1) + 0.5
