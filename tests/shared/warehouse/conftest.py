"""The adapter for BigQuery with Google's own clients, on transports that answer as they are told."""

import sys
import time
from pathlib import Path

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

sys.path.insert(0, str(Path(__file__).parent))  # the scripted ends stand beside the tests

from rest_of_bigquery import ScriptedBigQuery, StillTime
from write_api import ScriptedWriteAPI

from shared.warehouse.bigquery_warehouse import BigQueryWarehouse


@pytest.fixture
def still_time(monkeypatch):
    """A pause between attempts takes no time, and is counted all the same."""
    still = StillTime()
    monkeypatch.setattr(time, "sleep", still.sleep)
    monkeypatch.setattr(time, "monotonic", still.monotonic)
    return still


@pytest.fixture
def rest(still_time):
    return ScriptedBigQuery(still_time)


@pytest.fixture(scope="session")
def write_server():
    server = ScriptedWriteAPI()
    yield server
    server.stop()


@pytest.fixture
def write_api(write_server):
    write_server.forget()
    return write_server


@pytest.fixture
def make_warehouse(rest, write_api):
    """Return a maker of warehouses; they are closed afterwards."""
    made = []

    def make(service="coordinator", **timeouts):
        client = bigquery.Client("nba-test", AnonymousCredentials(), _http=rest, location="us-west2")
        made.append(BigQueryWarehouse(client, write_api.client(), service, **timeouts))
        return made[-1]

    yield make
    for warehouse in made:
        warehouse.close()


@pytest.fixture
def warehouse(make_warehouse):
    return make_warehouse()
