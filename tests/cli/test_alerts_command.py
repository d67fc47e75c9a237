"""`nba-props alerts test` as an operator meets it before he relies on the channels."""

import json
import sys

import pytest
from alert_receivers import PASSWORD, TOKEN, mail_server, nobody, webhook

from cli.main import main

FOR_ALL = ["critical alerts go to ALERT_URLS", "warning alerts go to ALERT_URLS"]
# Apprise imports the module for its mail signatures, until Python 3.13 has none.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def run(monkeypatch, capfd, tmp_path):
    """Run the command in an empty folder; return its exit code, what it printed and what it said."""
    monkeypatch.chdir(tmp_path)
    for route in ("", "_CRITICAL", "_WARNING"):
        monkeypatch.delenv(f"ALERT_URLS{route}", raising=False)

    def command(*options):
        monkeypatch.setattr(sys, "argv", ["nba-props", "alerts", "test", *options])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        return ended.value.code, out, err

    return command


def test_every_channel_gets_a_marked_alert_and_has_its_line(run, monkeypatch):
    with webhook() as (bodies, hook), mail_server() as (box, mail):
        monkeypatch.setenv("ALERT_URLS", f"{hook} {mail}")
        code, out, err = run()

    assert (code, err) == (0, "")
    assert out.splitlines() == ["ALERT_URLS 1 JSON: ok", "ALERT_URLS 2 E-Mail: ok", *FOR_ALL]
    assert bodies[0]["title"].startswith("[INFO] TEST of the alert channels")
    assert box.mails[0]["Subject"] == bodies[0]["title"]


def test_one_channel_that_fails_ends_with_1_and_says_why(run, monkeypatch):
    with webhook() as (_, hook), mail_server(password="wrong") as (_, mail), webhook(500) as (_, broken):
        monkeypatch.setenv("ALERT_URLS", f"{mail} {hook} {broken}")
        code, out, err = run()

    lines = ["1 E-Mail: the mail server answered 535", "2 JSON: ok", "3 JSON: it answered HTTP 500"]
    assert (code, out.splitlines(), err) == (1, [*(f"ALERT_URLS {line}" for line in lines), *FOR_ALL], "")


def test_every_route_is_tried_and_named_for_what_goes_there(run, monkeypatch):
    with webhook() as (all_, a), webhook() as (critical, c), webhook() as (warning, w):
        monkeypatch.setenv("ALERT_URLS", a)
        monkeypatch.setenv("ALERT_URLS_CRITICAL", c)
        monkeypatch.setenv("ALERT_URLS_WARNING", w)
        code, out, _ = run()

    assert (code, len(all_), len(critical), len(warning)) == (0, 1, 1, 1)
    assert out.splitlines() == [
        "ALERT_URLS 1 JSON: ok",
        "ALERT_URLS_CRITICAL 1 JSON: ok",
        "ALERT_URLS_WARNING 1 JSON: ok",
        "critical alerts go to ALERT_URLS_CRITICAL",
        "warning alerts go to ALERT_URLS_WARNING",
    ]


def test_a_severity_that_reaches_nobody_ends_with_1_and_says_what_to_set(run, monkeypatch):
    with webhook() as (_, hook):
        monkeypatch.setenv("ALERT_URLS_WARNING", hook)
        code, out, _ = run()

    assert code == 1
    assert out.splitlines()[1:] == [
        "critical alerts reach nobody; set ALERT_URLS or ALERT_URLS_CRITICAL",
        "warning alerts go to ALERT_URLS_WARNING",
    ]


def test_json_prints_one_object_and_nothing_else(run, monkeypatch):
    with webhook() as (_, hook):
        monkeypatch.setenv("ALERT_URLS", f"{hook} json://{nobody()}/{TOKEN}")
        code, out, err = run("--json")

    assert (code, err) == (1, "")
    assert json.loads(out) == {
        "ok": False,
        "routes": {"critical": "ALERT_URLS", "warning": "ALERT_URLS"},
        "channels": [
            {"route": "ALERT_URLS", "position": 1, "channel": "JSON", "fault": None},
            {"route": "ALERT_URLS", "position": 2, "channel": "JSON", "fault": "connection refused"},
        ],
    }


def test_the_channels_may_stand_in_the_file_beside_the_command(run, tmp_path):
    with webhook() as (bodies, hook):
        (tmp_path / ".env").write_text(f"ALERT_URLS={hook}\n", encoding="utf-8")
        code, _, _ = run()

    assert (code, len(bodies)) == (0, 1)


def test_without_a_channel_it_ends_with_2_and_says_what_to_set(run):
    code, out, err = run()

    assert (code, out) == (2, "")
    assert "there is no alert channel; set ALERT_URLS" in err


def test_an_unreadable_url_ends_with_2_and_is_not_shown(run, monkeypatch):
    monkeypatch.setenv("ALERT_URLS", f"json://localhost slak://{TOKEN}:{PASSWORD}@x")

    code, out, err = run("--json")

    assert (code, out) == (2, "")
    assert "number 2 (slak://)" in err
    assert TOKEN not in err
    assert PASSWORD not in err
