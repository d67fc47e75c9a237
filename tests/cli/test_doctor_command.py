"""`nba-props doctor`: its own checks, then the server's, and an exit code for both."""

import json

import jwt
import pytest

from local.data_dir import DataDir
from shared.clock import SystemClock
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

ENDED = jwt.encode({"email": "ann@example.com", "exp": 1}, "k" * 32, algorithm="HS256")
SOUND = {"name": "write_right", "is_ok": True, "found": "slates may be changed", "next_step": ""}
WRONG = {"name": "topology", "is_ok": False, "found": "nba-dlq is missing", "next_step": "bin/deploy_all.sh"}
OPEN = {"name": "alert_channels", "is_ok": None, "found": "none", "next_step": "set ALERT_URLS"}


@pytest.fixture
def sound(server):
    """A server that finds nothing wrong with itself."""
    server.get("/ready", {"status": "ready"})
    server.get("/doctor", {"checks": [SOUND, OPEN], "is_ok": True})
    return server


def names(printed, **wanted):
    found = json.loads(printed)["checks"]
    return [check["name"] for check in found if all(check[name] == value for name, value in wanted.items())]


def test_with_a_url_it_looks_here_and_then_at_the_server(nba_props, sound):
    code, out, err = nba_props("doctor", "--url", sound.url, "--json")

    printed = json.loads(out)
    assert (code, err, printed["is_ok"]) == (0, "", True)
    assert names(out, place="here") == [
        *("settings", "lightgbm", "model", "alert channels", "identity", "server", "clock")
    ]
    assert names(out, place="server") == ["write_right", "alert_channels"]
    assert names(out, is_ok=None) == ["alert channels", "alert_channels"]


def test_one_thing_that_is_wrong_ends_with_1_and_has_its_line_with_what_to_type(nba_props, sound):
    sound.get("/doctor", {"checks": [SOUND, WRONG], "is_ok": False})

    code, out, err = nba_props("doctor", "--url", sound.url)

    assert (code, err) == (1, "")
    (at,) = [n for n, line in enumerate(out.splitlines()) if "topology" in line]
    assert out.splitlines()[at].split()[0] == "wrong"
    assert "-> bin/deploy_all.sh" in out.splitlines()[at + 1]
    assert out.splitlines()[-1] == "1 thing wrong."


def test_settings_that_do_not_load_are_named_and_the_rest_is_looked_at(nba_props, sound, monkeypatch):
    monkeypatch.setenv("MIN_MINUTES", "-3")
    monkeypatch.setenv("READY_PERCENT", "many")

    code, out, _ = nba_props("doctor", "--url", sound.url, "--json")

    (wrong,) = [check for check in json.loads(out)["checks"] if check["is_ok"] is False]
    assert (code, wrong["name"]) == (1, "settings")
    assert "MIN_MINUTES" in wrong["found"]
    assert "READY_PERCENT" in wrong["found"]
    assert "server" in names(out, is_ok=True)


def test_nobody_at_the_url_is_one_wrong_thing(nba_props):
    code, out, _ = nba_props("doctor", "--url", "http://127.0.0.1:9", "--json")

    assert (code, names(out, is_ok=False)) == (1, ["server"])
    assert "clock" in names(out, is_ok=None)


def test_a_url_that_is_none_is_one_wrong_thing(nba_props):
    code, out, _ = nba_props("doctor", "--url", "http://example.com", "--json")

    assert (code, names(out, is_ok=False)) == (1, ["url"])


def test_a_token_that_no_server_would_take_is_not_sent(nba_props, sound, monkeypatch):
    monkeypatch.setenv("NBA_PROPS_TOKEN", ENDED)

    code, out, _ = nba_props("doctor", "--url", sound.url, "--json")

    assert (code, names(out, is_ok=False), sound.asked) == (1, ["identity"], [])
    assert ENDED not in out


def test_an_identity_that_the_server_refuses_is_wrong(nba_props, sound):
    sound.get("/doctor", b"<html>", 403)

    code, out, _ = nba_props("doctor", "--url", sound.url, "--json")

    assert (code, names(out, is_ok=False)) == (1, ["doctor"])


def test_a_clock_far_from_the_servers_is_wrong(nba_props, sound):
    sound.date = "Mon, 01 Jan 2024 00:00:00 GMT"

    code, out, _ = nba_props("doctor", "--url", sound.url, "--json")

    assert (code, names(out, is_ok=False)) == (1, ["clock"])


@pytest.mark.parametrize(
    "date",
    [
        pytest.param("Fri, 27 Nov 2026 20:00:00 +99999999999999999999", id="a zone beyond all"),
        pytest.param("Fri, 27 Nov 99999999999999999999 20:00:00 GMT", id="a year beyond all"),
        pytest.param("Fri, 27 Nov 2026 20:00:00 -0000", id="no zone"),
        pytest.param("soon", id="no date"),
    ],
)
def test_a_date_that_cannot_be_read_is_none_and_the_server_is_asked_all_the_same(nba_props, sound, date):
    sound.date = date

    code, out, err = nba_props("doctor", "--url", sound.url, "--json")

    assert (code, err) == (0, "")
    assert "clock" in names(out, is_ok=None)
    assert "write_right" in names(out, place="server")


@pytest.mark.parametrize(
    "body",
    [
        {"hello": "world"},
        ["a"],
        b"",
        {"checks": [{}]},
        {"checks": 3},
        {"checks": [SOUND | {"is_ok": "yes"}]},
        {"checks": [SOUND | {"is_ok": []}]},
    ],
    ids=str,
)
def test_checks_of_another_service_are_one_wrong_thing(nba_props, sound, body):
    sound.get("/doctor", body)

    code, out, err = nba_props("doctor", "--url", sound.url, "--json")

    assert (code, err) == (1, "")
    assert names(out, is_ok=False) == ["doctor"]


@pytest.mark.parametrize(("status", "body"), [(200, b""), (200, ["a"]), (204, b""), (302, b"")])
def test_a_server_that_says_nothing_is_not_ready(nba_props, sound, status, body):
    sound.get("/ready", body, status)

    code, out, _ = nba_props("doctor", "--url", sound.url, "--json")

    assert (code, names(out, is_ok=False)) == (1, ["server"])


def test_an_empty_data_directory_is_nothing_wrong(nba_props, tmp_path):
    code, out, _ = nba_props("doctor", "--json")

    assert (code, names(out, name="data directory", is_ok=None)) == (0, ["data directory"])
    assert not (tmp_path / ".nba-props").exists()


def test_a_directory_that_nobody_serves_is_opened_and_looked_at(nba_props, tmp_path):
    folder = DataDir(tmp_path / ".nba-props")
    folder.path.mkdir()
    store = DuckDBWarehouse(folder.database, SystemClock())
    store.create_schema()
    store.close()

    _, out, _ = nba_props("doctor", "--json")

    assert "server" in names(out, is_ok=None, place="here")
    assert "schema" in names(out, is_ok=True, place="server")


def test_a_store_that_cannot_be_opened_is_wrong(nba_props, tmp_path):
    folder = DataDir(tmp_path / ".nba-props")
    folder.path.mkdir()
    folder.database.write_bytes(b"no database")

    code, out, _ = nba_props("doctor", "--json")

    assert (code, names(out, is_ok=False)) == (1, ["store"])
