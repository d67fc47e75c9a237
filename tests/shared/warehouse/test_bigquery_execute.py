"""A statement that changes data runs once: a conflict runs again as a new job, what is in doubt does not."""

from datetime import date

import pytest
import requests
from google.auth.exceptions import RefreshError
from rest_of_bigquery import RUNNING, Fault, Slow, complete, job

from shared.errors import DataContractViolation, DependencyRejected, DependencyUnavailable, WriteConflict
from shared.statements import inline_statement

CLAIM = inline_statement("claim", "UPDATE t SET a = 1 WHERE game_date = @day", day="DATE")
SLATE = date(2025, 11, 28)
TIMEOUT = 30.0
CONFLICT = {
    "reason": "invalidQuery",
    "message": "Could not serialize access to table nba:nba_reference.slates due to concurrent update",
}
RESET = requests.ConnectionError("connection reset by peer")


def ids(calls):
    return [call.job_id for call in calls]


def test_the_rows_that_the_job_changed_are_counted(warehouse, rest):
    rest.answers("jobs.insert", job(affected=3))
    rest.answers("jobs.getQueryResults", complete())

    assert warehouse.execute(CLAIM, day=SLATE) == 3


def test_a_job_that_takes_its_time_is_awaited_and_counted(warehouse, rest):
    rest.answers("jobs.insert", job(state="RUNNING"))
    rest.answers("jobs.get", job(state="RUNNING"), job(affected=1))
    rest.answers("jobs.getQueryResults", RUNNING, complete())

    assert warehouse.execute(CLAIM, day=SLATE) == 1
    assert len(rest.of("jobs.insert")) == 1


def test_a_statement_that_counts_no_rows_has_changed_none(warehouse, rest):
    rest.answers("jobs.insert", job())
    rest.answers("jobs.getQueryResults", complete())

    assert warehouse.execute(inline_statement("ddl", "CREATE TABLE t (a INT64)")) == 0


def test_the_job_carries_types_labels_and_the_time_it_may_take(make_warehouse, rest):
    rest.answers("jobs.insert", job(affected=1))
    rest.answers("jobs.getQueryResults", complete())

    make_warehouse("Coordinator 1", timeout=20.0).execute(CLAIM, day=SLATE)

    configuration = rest.of("jobs.insert")[0].json["configuration"]
    assert configuration["labels"] == {"service": "coordinator_1", "statement": "claim"}
    assert configuration["jobTimeoutMs"] == "20000"
    assert configuration["query"]["queryParameters"] == [
        {"name": "day", "parameterType": {"type": "DATE"}, "parameterValue": {"value": "2025-11-28"}}
    ]


def test_values_that_do_not_fit_are_refused_before_anything_is_sent(warehouse, rest):
    with pytest.raises(DataContractViolation):
        warehouse.execute(CLAIM)

    assert rest.calls == []


# Conflicts


@pytest.mark.parametrize(
    "conflict",
    [
        pytest.param({"jobs.insert": job(**CONFLICT)}, id="told when the job is sent"),
        pytest.param({"jobs.get": job(**CONFLICT)}, id="told by the job"),
        pytest.param(
            {"jobs.getQueryResults": Fault(400, "invalidQuery", CONFLICT["message"])}, id="told by its result"
        ),
    ],
)
def test_a_conflict_is_tried_again_as_a_new_job(warehouse, rest, conflict):
    rest.answers("jobs.insert", job(state="RUNNING"), job(state="RUNNING"))
    rest.answers("jobs.get", job(state="RUNNING"), job(affected=1))
    rest.answers("jobs.getQueryResults", complete())
    for method, answer in conflict.items():
        after = {"jobs.insert": job(state="RUNNING"), "jobs.get": job(affected=1)}.get(method, complete())
        rest.answers(method, answer, after)

    assert warehouse.execute(CLAIM, day=SLATE) == 1
    first, second = ids(rest.of("jobs.insert"))
    assert first != second


def test_conflicts_that_last_end_as_a_conflict_within_the_time(warehouse, rest, still_time):
    rest.answers("jobs.insert", job(**CONFLICT))
    started = still_time.now

    with pytest.raises(WriteConflict, match=r"claim: .*due to concurrent update"):
        warehouse.execute(CLAIM, day=SLATE)

    sent = ids(rest.of("jobs.insert"))
    assert 3 < len(sent) == len(set(sent))
    assert still_time.now - started <= TIMEOUT


def test_the_attempts_after_a_conflict_share_one_time(warehouse, rest, still_time):
    rest.answers("jobs.insert", Slow(8, job(**CONFLICT)))
    started = still_time.now

    with pytest.raises(DependencyUnavailable):  # a conflict, or in doubt if the last one is cut off
        warehouse.execute(CLAIM, day=SLATE)

    assert still_time.now - started <= TIMEOUT + 8
    limits = [int(call.json["configuration"]["jobTimeoutMs"]) for call in rest.of("jobs.insert")]
    assert limits == sorted(limits, reverse=True)
    assert limits[0] == 30_000
    assert limits[-1] < 15_000


# An answer that was lost


@pytest.mark.parametrize(
    "loss",
    [
        pytest.param(RESET, id="a connection reset"),
        pytest.param(requests.ReadTimeout("too slow"), id="a timeout"),
        pytest.param(Fault(503, "backendError"), id="503"),
        pytest.param(Fault(502, "badGateway"), id="502"),
        pytest.param(Fault(403, "rateLimitExceeded"), id="the rate of calls"),
    ],
)
def test_an_insertion_that_failed_in_passing_is_sent_again_as_the_same_job(warehouse, rest, loss):
    rest.answers("jobs.insert", loss, loss, job(affected=1))
    rest.answers("jobs.getQueryResults", complete())

    assert warehouse.execute(CLAIM, day=SLATE) == 1
    sent = ids(rest.of("jobs.insert"))
    assert len(sent) == 3
    assert len(set(sent)) == 1


def test_a_job_that_got_through_while_its_answer_was_lost_is_found_and_not_run_again(warehouse, rest):
    rest.answers("jobs.insert", RESET, Fault(409, "duplicate", "Already Exists: Job"))
    rest.answers("jobs.get", Fault(404, "notFound", "Not found: Job"), job(affected=1))
    rest.answers("jobs.getQueryResults", complete())

    assert warehouse.execute(CLAIM, day=SLATE) == 1
    assert len(set(ids(rest.of("jobs.insert")))) == 1
    assert {call.path.rpartition("/")[2] for call in rest.of("jobs.get")} == set(ids(rest.of("jobs.insert")))


def test_a_job_that_was_found_and_had_failed_is_told_as_it_failed(warehouse, rest):
    rest.answers("jobs.insert", RESET, Fault(409, "duplicate", "Already Exists: Job"))
    rest.answers("jobs.get", job(reason="invalidQuery", message="Unrecognized name: wrod"))

    with pytest.raises(DependencyRejected, match="wrod"):
        warehouse.execute(CLAIM, day=SLATE)


def test_a_job_that_was_found_and_had_met_a_conflict_is_run_again_as_a_new_one(warehouse, rest):
    rest.answers("jobs.insert", RESET, Fault(409, "duplicate", "Already Exists: Job"), job(affected=1))
    rest.answers("jobs.get", job(**CONFLICT))
    rest.answers("jobs.getQueryResults", complete())

    assert warehouse.execute(CLAIM, day=SLATE) == 1
    first, again, new = ids(rest.of("jobs.insert"))
    assert first == again != new


def test_a_job_that_is_there_and_cannot_be_read_is_in_doubt_within_the_time(warehouse, rest, still_time):
    rest.answers("jobs.insert", RESET, Fault(409, "duplicate", "Already Exists: Job"))
    rest.answers("jobs.get", Fault(404, "notFound", "Not found: Job"))
    started = still_time.now

    with pytest.raises(DependencyUnavailable):
        warehouse.execute(CLAIM, day=SLATE)

    assert still_time.now - started <= TIMEOUT


# What is in doubt is not run again


@pytest.mark.parametrize(
    ("reason", "error"),
    [
        ("backendError", DependencyUnavailable),
        ("internalError", DependencyUnavailable),
        ("jobBackendError", DependencyUnavailable),
        ("jobInternalError", DependencyUnavailable),
        ("jobRateLimitExceeded", DependencyUnavailable),
        ("rateLimitExceeded", DependencyUnavailable),
        ("quotaExceeded", DependencyUnavailable),
        ("stopped", DependencyUnavailable),
        ("timeout", DependencyUnavailable),
        ("tableUnavailable", DependencyUnavailable),
        ("invalidQuery", DependencyRejected),
        ("accessDenied", DependencyRejected),
        ("notFound", DependencyRejected),
        ("resourcesExceeded", DependencyRejected),
        ("responseTooLarge", DependencyRejected),
    ],
)
def test_a_job_that_failed_is_told_and_not_run_again(warehouse, rest, reason, error):
    rest.answers("jobs.insert", job(state="RUNNING"))
    rest.answers("jobs.get", job(reason=reason, message="it did not work"))

    with pytest.raises(error, match=r"claim: .*it did not work") as caught:
        warehouse.execute(CLAIM, day=SLATE)

    assert caught.type is error
    assert len(rest.of("jobs.insert")) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(Fault(400, "invalidQuery"), DependencyRejected, id="a wrong statement"),
        pytest.param(Fault(403, "accessDenied"), DependencyRejected, id="not permitted"),
        pytest.param(Fault(404, "notFound"), DependencyRejected, id="no such project"),
        pytest.param(Fault(403, "quotaExceeded"), DependencyUnavailable, id="a quota used up"),
        pytest.param(RefreshError("no token"), DependencyUnavailable, id="no token to be had"),
    ],
)
def test_an_insertion_that_was_refused_is_not_sent_again(warehouse, rest, fault, error):
    rest.answers("jobs.insert", fault)

    with pytest.raises(error) as caught:
        warehouse.execute(CLAIM, day=SLATE)

    assert caught.type is error
    assert rest.methods == ["jobs.insert"]


def test_a_job_that_does_not_end_is_in_doubt_after_about_the_time(warehouse, rest, still_time):
    rest.answers("jobs.insert", job(state="RUNNING"))
    rest.answers("jobs.get", job(state="RUNNING"))
    rest.answers("jobs.getQueryResults", Slow(10, RUNNING))
    started = still_time.now

    with pytest.raises(DependencyUnavailable) as caught:
        warehouse.execute(CLAIM, day=SLATE)

    assert caught.type is DependencyUnavailable
    assert TIMEOUT <= still_time.now - started <= TIMEOUT + 10
    assert len(rest.of("jobs.insert")) == 1


def test_a_server_that_never_answers_leaves_it_in_doubt_after_about_the_time(warehouse, rest, still_time):
    rest.answers("jobs.insert", Slow(3600, job()))
    started = still_time.now

    with pytest.raises(DependencyUnavailable):
        warehouse.execute(CLAIM, day=SLATE)

    assert still_time.now - started <= TIMEOUT + 1
