"""How a command ends: a code for what went wrong, a sentence on standard error, nothing on the output."""

import pytest

from cli.main import COMMANDS, exit_code
from shared.errors import (
    DataContractViolation,
    DependencyRejected,
    DependencyUnavailable,
    Forbidden,
    InvalidInput,
    InvalidRequest,
    NotFound,
    SlateBusy,
    Unauthenticated,
    WriteConflict,
)

ERROR = {"status": "error", "message": "the reason"}
REFUSED = {"game_date": "2025-01-15", "trigger_source": "manual", "status": "insufficient_data"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidInput("x"), 2),
        (InvalidRequest("field", "x"), 2),
        (NotFound("x"), 2),
        (DependencyUnavailable("x"), 3),
        (WriteConflict("x"), 3),
        (SlateBusy("x"), 3),
        (Unauthenticated("x"), 4),
        (Forbidden("x"), 4),
        (DependencyRejected("x"), 1),
        (DataContractViolation("x"), 1),
    ],
)
def test_an_error_has_its_exit_code(error, code):
    assert exit_code(error) == code


@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["for people", "for programs"])
@pytest.mark.parametrize(
    ("status", "body", "code", "words"),
    [
        pytest.param(400, ERROR, 2, "the reason; see `nba-props start --help`", id="wrong input"),
        pytest.param(404, {}, 2, "has no /start: it is older than this command", id="an older server"),
        pytest.param(401, b"<html>", 4, "does not know who is calling (401)", id="nobody vouches"),
        pytest.param(403, b"<html>", 4, "does not let this identity do this (403)", id="not allowed"),
        pytest.param(429, {}, 3, "answered 429; `nba-props doctor`", id="too many calls"),
        pytest.param(502, b"<html>", 3, "answered 502; `nba-props doctor`", id="a proxy without a server"),
        pytest.param(503, ERROR, 3, "the reason; `nba-props doctor`", id="not now"),
        pytest.param(500, ERROR | {"error_id": "e1"}, 1, "the reason (e1)", id="a fault with its id"),
        pytest.param(500, b"<html>", 1, "answered 500", id="a fault without a word"),
        pytest.param(200, b"<html>", 3, "answered 200 without JSON", id="another site"),
    ],
)
def test_an_answer_that_is_an_error_becomes_a_sentence_and_a_code(
    nba_props, server, status, body, code, words, as_json
):
    server.post("/start", body, status)

    ended, out, err = nba_props("start", "--url", server.url, *as_json)

    assert (ended, out) == (code, "")
    assert err.startswith("nba-props: ")
    assert err.count("\n") == 1
    assert words in err


def test_an_answer_that_says_not_now_is_printed_and_ends_with_3(nba_props, server):
    server.post("/start", REFUSED | {"message": "12 of 300 ready"}, 503)

    code, out, err = nba_props("start", "--url", server.url)

    assert (code, err) == (3, "")
    assert out.splitlines() == [
        "2025-01-15: 12 of 300 ready.",
        "Run Phase 4 (nba-props phase4), or see who is not ready: nba-props status",
    ]


def test_nobody_at_the_url_ends_with_3_and_says_how_to_start_one(nba_props):
    code, out, err = nba_props("status", "--url", "http://127.0.0.1:9", "--json")

    assert (code, out) == (3, "")
    assert "http://127.0.0.1:9 does not answer (nobody is there)" in err
    assert "start a server with `nba-props serve`" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("status", "--url", "ftp://host"), "is no URL of a server", id="another protocol"),
        pytest.param(("status", "--url", "host"), "is no URL of a server", id="no protocol"),
        pytest.param(("status", "--url", "https://[::1"), "is no URL of a server", id="half an address"),
        pytest.param(("status", "--url", "https://h/?a=b"), "is no URL of a server", id="a query"),
        pytest.param(
            ("status", "--url", "http://example.com"), "must begin with https://", id="a token in the clear"
        ),
        pytest.param(("status", "--url", "https://h", "--data-dir", "d"), "name two places", id="two places"),
        pytest.param(("phase4", "--url", "https://h"), "name it with --precompute-url", id="no Phase 4"),
        pytest.param(("status", "--watch", "--check", "sla"), "give one of them", id="watched and judged"),
        pytest.param(("status",), "begin with demo, serve or load-logs", id="an empty data directory"),
        pytest.param(("nonsense",), "No such command 'nonsense'", id="no such command"),
        pytest.param(("backfill", "--from", "2025-01-02", "--to", "2025-01-01"), "is later", id="a range"),
    ],
)
def test_wrong_input_ends_with_2_before_anybody_is_asked(nba_props, words, said):
    code, out, err = nba_props(*words)

    assert (code, out) == (2, "")
    assert said in err


def test_ctrl_c_ends_with_130(nba_props, server, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("local.client.StackClient.get", interrupted)

    assert nba_props("plan", "--url", server.url)[0] == 130


def test_a_data_directory_on_the_command_line_goes_before_a_url_of_the_environment(
    nba_props, server, monkeypatch
):
    monkeypatch.setenv("NBA_PROPS_URL", server.url)

    code, _, err = nba_props("plan", "--data-dir", "elsewhere")

    assert (code, server.asked) == (2, [])
    assert "elsewhere holds nothing yet" in err


def test_with_a_url_the_data_directory_is_not_touched(nba_props, server, monkeypatch, tmp_path):
    monkeypatch.setenv("NBA_PROPS_URL", server.url + "/")
    server.get("/plan", {"game_date": "2025-01-15", "status": "complete", "message": "done"})

    code, out, _ = nba_props("plan", "--date", "2025-01-15")

    assert (code, out) == (0, "2025-01-15: done.\n")
    assert server.asked == [("GET", "/plan", {"game_date": "2025-01-15"})]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_loaded_under_its_name(name):
    assert COMMANDS[name].load().name == name
