"""What doctor says of each thing on this machine, right and wrong."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from cli import checks
from cli.checks import MOST_SECONDS_APART
from local.client import StackClient
from shared.caller_identity import CallerIdentity, Source
from shared.config import Settings

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
AUDIENCE = "https://coordinator"


def identity(value):
    return CallerIdentity(AUDIENCE, (Source("NBA_PROPS_TOKEN", lambda audience: value),), lambda: NOW)


def token(**claims):
    said = {"email": "ann@example.com", "aud": AUDIENCE, "exp": int(NOW.timestamp()) + 3600} | claims
    return jwt.encode(said, "k" * 32, algorithm="HS256")


@pytest.mark.parametrize(
    ("value", "is_ok", "found"),
    [
        pytest.param(
            token(),
            True,
            "ann@example.com (from NBA_PROPS_TOKEN), for https://coordinator, until 2026-01-15 13:00:00Z",
            id="a token for us",
        ),
        pytest.param(token(exp=int(NOW.timestamp())), False, "it has ended: ann@", id="one that has ended"),
        pytest.param(token(aud="https://x"), False, "it is for somebody else: ann@", id="for another"),
        pytest.param("opaque", None, "the token from NBA_PROPS_TOKEN cannot be read", id="no OpenID token"),
        pytest.param(None, False, "nobody vouches for you", id="no token"),
    ],
)
def test_an_identity_is_told_by_name_audience_and_end_and_never_by_its_token(value, is_ok, found):
    check = checks.check_identity(identity(value), NOW)

    assert check.is_ok is is_ok
    assert check.found.startswith(found)
    assert not value or value not in str(check.as_dict())
    assert check.next_step or is_ok


def test_this_machine_asks_for_no_identity():
    assert checks.check_identity(None, NOW).is_ok is True


@pytest.mark.parametrize(
    ("seconds", "is_ok"),
    [(0, True), (MOST_SECONDS_APART, True), (-MOST_SECONDS_APART - 1, False), (3600, False), (None, None)],
)
def test_clocks_may_differ_by_as_much_as_a_token_forgives(seconds, is_ok):
    server = None if seconds is None else NOW + timedelta(seconds=seconds)

    assert checks.check_clocks(server, NOW).is_ok is is_ok


def test_the_model_of_the_settings_is_read_and_named_by_its_hash():
    assert checks.check_model(Settings()).found.startswith("model_hash ")


def test_a_model_that_is_not_the_pinned_one_is_wrong():
    check = checks.check_model(Settings(model_hash="f" * 64))

    assert (check.is_ok, "should be ffff" in check.found) == (False, True)


def test_a_folder_without_a_model_is_wrong(tmp_path):
    check = checks.check_model(Settings(model_dir=tmp_path))

    assert (check.is_ok, check.found) == (False, f"there is no model in {tmp_path}: card.json cannot be read")


def test_a_library_that_does_not_load_names_what_to_install(monkeypatch):
    def broken(name):
        raise OSError("libgomp.so.1: cannot open shared object file")

    monkeypatch.setattr("importlib.import_module", broken)

    check = checks.check_lightgbm()

    assert (check.is_ok, "libgomp.so.1" in check.found, "libgomp1" in check.next_step) == (False, True, True)


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("urls", "is_ok"), [("", None), ("json://localhost", True), ("slak://x", False)], ids=repr
)
def test_channels_are_read_and_not_called(urls, is_ok):
    check = checks.check_channels(Settings(alert_urls=urls, _env_file=None))

    assert check.is_ok is is_ok
    assert "nba-props alerts test" in check.next_step


def test_an_empty_data_directory_is_no_fault(tmp_path):
    check = checks.check_data_dir(tmp_path)

    assert (check.is_ok, check.next_step) == (None, "begin: nba-props demo")


@pytest.mark.parametrize("is_writable", [True, False])
def test_a_data_directory_must_be_writable(tmp_path, monkeypatch, is_writable):
    (tmp_path / "nba.duckdb").touch()
    monkeypatch.setattr("os.access", lambda path, mode: is_writable)

    assert checks.check_data_dir(tmp_path).is_ok is is_writable


@pytest.mark.parametrize(
    ("status", "is_ok", "found"),
    [(200, True, "is ready"), (503, False, "answers 503: the store is away"), (403, False, "(403)")],
)
def test_a_server_is_asked_whether_it_is_ready(server, status, is_ok, found):
    server.get("/ready", {"status": "error", "message": "the store is away"}, status)

    check = checks.check_answers(StackClient(server.url))

    assert (check.is_ok, found in check.found) == (is_ok, True)


def test_a_server_that_does_not_answer_is_wrong():
    assert checks.check_answers(StackClient("http://127.0.0.1:9")).is_ok is False
