"""Following a slate until it has ended."""

import json
from datetime import UTC, datetime

import pytest
from statuses import finished, status_body

from cli.watching import INTERVAL_SECONDS, changes, follow
from local.failures import OddAnswer, RefusedCall
from shared.clock import FakeClock
from shared.errors import DependencyUnavailable, Forbidden

NOON = datetime(2025, 1, 15, 12, tzinfo=UTC)


class Scripted:
    """A client that gives its answers one by one; an error is raised."""

    url = "http://coordinator"

    def __init__(self, *answers):
        self.answers = list(answers)

    def get(self, path, **query):
        assert (path, query) == ("/status", {"game_date": "2025-01-15"})
        found = self.answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return 200, found

    def require(self, found):
        return found[1]


def watched(connect):
    shown, clock = [], FakeClock(NOON)
    follow(connect, {"game_date": "2025-01-15"}, lambda body, trouble: shown.append((body, trouble)), clock)
    return shown, (clock.now() - NOON).total_seconds()


def test_it_ends_with_the_slate_and_waits_between_looks():
    going = [status_body(), status_body(state="predicting"), finished()]
    client = Scripted(*going)

    shown, seconds = watched(lambda: client)

    assert shown == [(body, "") for body in going]
    assert seconds == 2 * INTERVAL_SECONDS


@pytest.mark.parametrize("state", ["complete", "partial", "failed", "cancelled"])
def test_a_slate_that_has_ended_is_shown_once(state):
    shown, seconds = watched(lambda: Scripted(finished(state=state)))

    assert (len(shown), seconds) == (1, 0)


def test_a_server_that_goes_away_is_told_of_and_looked_for_again():
    clients = [Scripted(status_body(), DependencyUnavailable("gone")), None, Scripted(finished())]

    shown, _ = watched(lambda: clients.pop(0))

    trouble = "no answer since 12:00:02Z; trying again"
    assert shown == [
        (status_body(), ""),
        (status_body(), trouble),
        (status_body(), trouble),
        (finished(), ""),
    ]


@pytest.mark.parametrize("error", [Forbidden("no"), RefusedCall("no"), OddAnswer("no")])
def test_an_answer_that_will_stay_the_same_ends_it(error):
    with pytest.raises(type(error)):
        watched(lambda: Scripted(error))


def test_time_alone_is_no_change():
    shown = []
    only_changes = changes(lambda body, trouble: shown.append((body["state"], trouble)))

    only_changes(status_body(), "")
    only_changes(status_body(now="later", seconds_left=1.0, projected_completion="then"), "")
    only_changes(status_body(), "no answer")
    only_changes(status_body(wanted=59), "")

    assert shown == [("waiting", ""), ("waiting", "no answer"), ("waiting", "")]


def test_for_programs_each_change_is_a_line(nba_props, server):
    server.get("/status", finished())

    code, out, err = nba_props("status", "--watch", "--json", "--url", server.url)

    assert (code, err) == (0, "")
    assert [json.loads(line)["state"] for line in out.splitlines()] == ["complete"]


@pytest.mark.parametrize(
    ("status", "body"), [(200, b""), (204, b""), (302, b""), (200, ["a"]), (200, {"hello": "world"})]
)
@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["for people", "for programs"])
def test_what_is_no_answer_of_ours_is_not_waited_for(nba_props, server, status, body, as_json):
    server.get("/status", body, status)

    code, out, err = nba_props("status", "--watch", "--url", server.url, *as_json)

    assert (code, out, err.count("\n")) == (3, "", 1)
    assert server.url in err


def test_for_people_it_draws_the_overview(nba_props, server):
    server.get("/status", finished())

    code, out, err = nba_props("status", "--watch", "--url", server.url)

    assert (code, err) == (0, "")
    assert "2025-01-15  complete: all 60 expected players are done" in out


def test_a_directory_that_nobody_serves_is_not_watched(nba_props):
    code, out, err = nba_props("status", "--watch")

    assert (code, out) == (3, "")
    assert "nobody serves .nba-props" in err
    assert "start with `nba-props serve`" in err
