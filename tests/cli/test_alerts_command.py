"""`nba-props alerts test` as an operator meets it before he relies on the channels."""

import json
import sys

import pytest
from alert_receivers import PASSWORD, TOKEN, mail_server, nobody, webhook

from cli.main import main

# Apprise imports the module for its mail signatures, until Python 3.13 has none.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def run(monkeypatch, capfd, tmp_path):
    """Run the command in an empty folder; return its exit code, what it printed and what it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ALERT_URLS", raising=False)

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

    assert (code, out, err) == (0, "1 JSON: ok\n2 E-Mail: ok\n", "")
    assert bodies[0]["title"].startswith("[INFO] TEST of the alert channels")
    assert box.mails[0]["Subject"] == bodies[0]["title"]


def test_one_channel_that_fails_ends_with_1_and_says_why(run, monkeypatch):
    with webhook() as (_, hook), mail_server(password="wrong") as (_, mail), webhook(500) as (_, broken):
        monkeypatch.setenv("ALERT_URLS", f"{mail} {hook} {broken}")
        code, out, err = run()

    lines = ["1 E-Mail: the mail server answered 535", "2 JSON: ok", "3 JSON: it answered HTTP 500"]
    assert (code, out.splitlines(), err) == (1, lines, "")


def test_json_prints_one_object_and_nothing_else(run, monkeypatch):
    with webhook() as (_, hook):
        monkeypatch.setenv("ALERT_URLS", f"{hook} json://{nobody()}/{TOKEN}")
        code, out, err = run("--json")

    assert (code, err) == (1, "")
    assert json.loads(out) == {
        "ok": False,
        "channels": [
            {"position": 1, "channel": "JSON", "fault": None},
            {"position": 2, "channel": "JSON", "fault": "connection refused"},
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
