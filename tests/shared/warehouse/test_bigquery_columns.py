"""What exists in BigQuery, and a store that was closed."""

from datetime import date

import pytest
import requests
from google.auth.exceptions import RefreshError
from rest_of_bigquery import Fault, Slow

from shared.errors import DependencyRejected, DependencyUnavailable
from shared.statements import inline_statement
from shared.warehouse.catalog import tables

ALERTS = "nba_reference.alerts"
TIMEOUT = 30.0


def resource(call):
    """Return a table of one column for each way to describe one."""
    dataset, table = call.path.split("/")[-3], call.path.split("/")[-1]
    fields = [
        {"name": "words", "type": "STRING", "mode": "REPEATED"},
        {"name": "count", "type": "INTEGER", "mode": "REQUIRED"},
        {"name": "mean", "type": "FLOAT"},
        {"name": "is_home", "type": "BOOLEAN", "mode": "NULLABLE"},
        {"name": "game_date", "type": "DATE"},
        {"name": "summary", "type": "JSON"},
        {"name": "at", "type": "TIMESTAMP"},
    ]
    return {
        "tableReference": {"projectId": "nba-test", "datasetId": dataset, "tableId": table},
        "schema": {"fields": fields},
    }


def only(name, otherwise):
    """Return what answers for one table with its columns, and for all others with something else."""
    ending = "/datasets/{}/tables/{}".format(*name.split("."))
    return lambda call: resource(call) if call.path.endswith(ending) else otherwise


def test_types_are_told_in_the_words_of_the_ddl(warehouse, rest):
    rest.answers("tables.get", resource)

    assert warehouse.columns()[ALERTS] == {
        "words": "ARRAY<STRING>",
        "count": "INT64",
        "mean": "FLOAT64",
        "is_home": "BOOL",
        "game_date": "DATE",
        "summary": "JSON",
        "at": "TIMESTAMP",
    }


def test_every_table_and_view_of_the_ddl_is_asked_for_once(warehouse, rest):
    rest.answers("tables.get", resource)

    assert warehouse.columns().keys() == tables().keys()
    assert len(rest.calls) == len(tables())


@pytest.mark.parametrize(
    "message",
    ["Not found: Table nba-test:nba_reference.alerts", "Not found: Dataset nba-test:nba_reference"],
)
def test_what_is_not_found_is_absent(warehouse, rest, message):
    rest.answers("tables.get", only(ALERTS, Fault(404, "notFound", message)))

    assert warehouse.columns().keys() == {ALERTS}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(Fault(403, "accessDenied"), DependencyRejected, id="not permitted"),
        pytest.param(Fault(401, "authError"), DependencyRejected, id="not known"),
        pytest.param(Fault(503, "backendError"), DependencyUnavailable, id="unavailable"),
        pytest.param(Fault(403, "quotaExceeded"), DependencyUnavailable, id="a quota used up"),
        pytest.param(requests.ConnectionError("reset"), DependencyUnavailable, id="a connection reset"),
        pytest.param(RefreshError("no token"), DependencyUnavailable, id="no token to be had"),
    ],
)
def test_one_table_that_cannot_be_read_is_an_error_and_no_absence(warehouse, rest, fault, error):
    rest.answers("tables.get", only(ALERTS, fault))

    with pytest.raises(error, match="columns"):
        warehouse.columns()


def test_all_tables_share_one_time(warehouse, rest, still_time):
    rest.answers("tables.get", lambda call: Slow(9, resource))
    started = still_time.now

    with pytest.raises(DependencyUnavailable):
        warehouse.columns()

    assert still_time.now - started <= TIMEOUT + 1


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda w: w.query(inline_statement("one", "SELECT 1")), id="query"),
        pytest.param(lambda w: w.execute(inline_statement("one", "DELETE FROM t")), id="execute"),
        pytest.param(lambda w: w.append(ALERTS, [{"kind": "gap"}]), id="append"),
        pytest.param(lambda w: w.append(ALERTS, []), id="append nothing"),
        pytest.param(
            lambda w: w.replace_partition(ALERTS, date(2025, 11, 28), [{"game_date": "2025-11-28"}]),
            id="replace_partition",
        ),
        pytest.param(lambda w: w.replace_partition(ALERTS, date(2025, 11, 28), []), id="empty a date"),
        pytest.param(lambda w: w.columns(), id="columns"),
    ],
)
def test_a_store_that_was_closed_refuses_every_verb_and_sends_nothing(warehouse, rest, write_api, call):
    warehouse.close()

    with pytest.raises(DependencyUnavailable, match="closed"):
        call(warehouse)

    assert rest.is_closed
    assert rest.calls == []
    assert write_api.attempts == []


def test_closing_twice_is_closing(warehouse, rest):
    warehouse.close()
    warehouse.close()

    assert rest.is_closed
