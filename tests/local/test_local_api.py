"""What only the embedded stack offers: bodies, queries and answers."""

import pytest
from conformance import described_client

import local.api
from local.loading import load_sample
from shared.clock import FakeClock
from shared.slate import morning, parse_game_date
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

DAY = "2025-01-15"


@pytest.fixture(scope="module")
def client():
    clock = FakeClock(morning(parse_game_date(DAY)))
    store = DuckDBWarehouse(None, clock, threads=1)
    store.create_schema()
    load_sample(store, parse_game_date(DAY), 20, clock, history_games=1)
    yield described_client(local.api.create_app(store, clock, 7, lambda: {"a": 1}))
    store.close()


def test_a_slate_is_loaded_and_its_rows_are_shown(client):
    loaded = client.post("/slate", json={"game_date": DAY}).get_json()

    shown = client.get(f"/forecasts?game_date={DAY}").get_json()

    assert loaded["game_date"] == DAY
    assert shown == {"forecasts": [], "duplicate_keys": 0}
    assert client.get("/bus").get_json() == {"pending": {"a": 1}}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        pytest.param("/logs", {"paths": ["a\0b"]}, "paths.0", id="a NUL in a name of box scores"),
        pytest.param("/lines", {"path": "a\0b"}, "path", id="a NUL in a name of lines"),
        pytest.param("/logs", {"paths": [""]}, "paths.0", id="no name"),
        pytest.param("/logs", {}, "paths", id="no paths"),
        pytest.param("/slate", {"game_date": "2025-02-30"}, "game_date", id="no date"),
        pytest.param("/slate", {"game_date": DAY, "players": 0}, "players", id="nobody"),
    ],
)
def test_a_wrong_body_is_refused_by_its_field(client, path, body, field):
    response = client.post(path, json=body)

    assert (response.status_code, response.get_json()["field"]) == (400, field)


@pytest.mark.parametrize("path", ["/logs", "/lines"])
@pytest.mark.parametrize("name", ["nowhere.csv", ".", "/dev/null", "x" * 300, "\n"], ids=repr)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(client, path, name):
    body = {"paths": [name]} if path == "/logs" else {"path": name}

    response = client.post(path, json=body)

    assert response.status_code == 400
    assert response.get_json()["message"]


@pytest.mark.parametrize("query", ["", "game_date=", f"game_date={DAY}&" * 2, f"game_date={DAY}&x=1"])
def test_a_wrong_query_is_refused(client, query):
    assert client.get(f"/forecasts?{query}").status_code == 400
