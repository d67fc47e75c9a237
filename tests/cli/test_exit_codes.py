"""How a command ends: a code for what went wrong, a sentence on standard error, nothing on the output."""

import pytest
from statuses import finished, status_body

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

RANGE = ("--from", "2025-01-01", "--to", "2025-01-31")
ASKING = [
    *(("status",), ("plan",), ("start",), ("retry",), ("refresh",)),
    *(("explain", "x"), ("predict-player", "x"), ("pause",), ("resume",), ("cancel",), ("accuracy",)),
    *(("phase4",), ("phase4", "--republish"), ("backfill", *RANGE), ("news", "x", "--line", "9")),
    *(("dead-letters", "list"), ("dead-letters", "show", "m1"), ("dead-letters", "replay", "m1")),
    *(("dead-letters", "discard", "--all", "--yes"), ("export", "--date", "2025-01-15", "--out", "out")),
    ("replay", "--date", "2025-01-15"),
]
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
        pytest.param(400, ERROR | {"message": "\x1b[2J\n"}, 2, "\\x1b[2J\\n; see", id="a reason that steers"),
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


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(200, b"", id="nothing"),
        pytest.param(204, b"", id="nothing, and it says so"),
        pytest.param(302, b"", id="a way to somewhere else"),
        pytest.param(302, finished() | REFUSED, id="a way to somewhere else, with an object"),
        pytest.param(200, ["a"], id="a list"),
        pytest.param(200, {}, id="an empty object"),
        pytest.param(200, {"hello": "world"}, id="an object of another service"),
        pytest.param(503, {"hello": "world"}, id="a refusal of another service"),
    ],
)
@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_what_is_no_answer_of_ours_becomes_a_sentence_and_ends_with_3(nba_props, server, words, status, body):
    server.otherwise = (status, body)

    told = nba_props(*words, "--url", server.url)
    printed = nba_props(*words, "--url", server.url, "--json")

    for code, out, err in (told, printed):
        assert (code, out) == (3, "")
        assert err.startswith("nba-props: ")
        assert err.count("\n") == 1
        assert server.url in err
        assert "; " in err


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"expected": None}, id="nothing for a number"),
        pytest.param({"gap": 3}, id="a number for an object"),
        pytest.param({"batches": [[]]}, id="a list for an object"),
        pytest.param({"deadline": "soon"}, id="no moment"),
        pytest.param({"deadline": "0001-01-01T00:00:00+00:00"}, id="a moment before all clocks"),
        pytest.param({"seconds_left": 1e300}, id="more seconds than there are"),
    ],
)
def test_a_status_whose_fields_are_of_another_shape_is_none_of_ours(nba_props, server, changes):
    server.get("/status", status_body(**changes))

    for words in (("status",), ("status", "--json"), ("status", "--watch", "--json")):
        code, out, err = nba_props(*words, "--url", server.url)
        assert (code, out) == (3, "")
        assert f"the answer of {server.url} is not one of a coordinator" in err


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


NO_TEXT = "\udcff"  # what Python makes of a byte that is not UTF-8


@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["for people", "for programs"])
@pytest.mark.parametrize(
    "words",
    [
        ("pause", "--reason", NO_TEXT),
        ("explain", NO_TEXT),
        ("predict-player", NO_TEXT),
        ("news", NO_TEXT, "--line", "9"),
        ("dead-letters", "show", NO_TEXT),
        ("dead-letters", "replay", NO_TEXT),
    ],
    ids=lambda words: " ".join(words[:2]).removesuffix(NO_TEXT),
)
def test_what_is_not_text_is_refused_and_not_sent(nba_props, server, words, as_json):
    code, out, err = nba_props(*words, "--url", server.url, *as_json)

    said = "nba-props: what was typed is not text in UTF-8, so it cannot be sent; type it again\n"
    assert (code, out, err) == (2, "", said)
    assert server.asked == []


def test_a_url_that_is_not_text_is_refused(nba_props):
    code, out, err = nba_props("status", "--url", f"https://host/{NO_TEXT}")

    assert (code, out, err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("token", ["s3cret\r\nx", "s3cret x", f"s3cret{NO_TEXT}", "s3crét"])
def test_a_token_that_cannot_be_sent_is_refused_and_not_shown(nba_props, monkeypatch, server, token):
    monkeypatch.setenv("NBA_PROPS_TOKEN", token)

    code, out, err = nba_props("status", "--url", server.url)

    assert (code, out, server.asked) == (4, "", [])
    assert err.startswith("nba-props: what NBA_PROPS_TOKEN gives has characters that no token has")
    assert err.count("\n") == 1
    assert "s3cr" not in err


@pytest.mark.parametrize(
    "url",
    [
        "https://user:s3cret@host",
        "http://s3cret@host",
        "https://user:s3cret@host:port",
        "https://user:s3cret@[::1",
        "user:s3cret@host",
    ],
)
@pytest.mark.parametrize(
    "words",
    [("status",), ("phase4",), ("replay", "--date", "2025-01-15"), ("doctor", "--json")],
    ids=" ".join,
)
def test_a_password_in_a_url_is_refused_and_not_repeated(nba_props, words, url):
    code, out, err = nba_props(*words, "--url", url)

    assert code == (1 if "doctor" in words else 2)
    assert "a URL with a user or a password in it is refused" in out + err
    assert "s3cret" not in out + err


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
