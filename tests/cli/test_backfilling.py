"""A backfill's pace, and what it does about slates that fail. Its server is what the test says."""

from datetime import UTC, datetime

import pytest

from cli.backfilling import MOST_SILENT, Backfill, open_backfill
from local.failures import ServerFailed
from shared.clock import FakeClock
from shared.errors import DependencyUnavailable, Forbidden

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
FOUND = {
    "slates": [
        {"game_date": "2025-01-01", "is_done": True},
        {"game_date": "2025-01-02", "is_done": False},
        {"game_date": "2025-01-04", "is_done": False},
    ]
}


class Phase4:
    """Notes what it is asked; each answer takes `seconds`; a slate in `errors` raises."""

    url = "http://phase4"

    def __init__(self, clock, seconds=0.0, errors=None):
        self.clock, self.seconds, self.errors = clock, seconds, errors or {}
        self.asked = []

    def post(self, path, body):
        self.asked.append((path, body))
        self.clock.advance(self.seconds)
        if error := self.errors.get(body["game_date"]):
            raise error
        return 200, {"status": "success"}

    def require(self, found):
        return found[1]


def run(work, seconds=0.0, errors=None, per_minute=30):
    clock = FakeClock(NOON)
    client, shown = Phase4(clock, seconds, errors), []
    work.run(client, per_minute, clock, shown.append)
    return client.asked, shown, (clock.now() - NOON).total_seconds()


@pytest.mark.parametrize(
    ("again", "slates", "skipped"),
    [(False, ["2025-01-02", "2025-01-04"], 1), (True, ["2025-01-01", "2025-01-02", "2025-01-04"], 0)],
)
def test_slates_that_are_done_are_left_out_unless_they_are_wanted_again(again, slates, skipped):
    work = open_backfill(FOUND, again)

    assert (work.slates, work.skipped) == (slates, skipped)


def test_each_slate_is_computed_without_an_event_in_order():
    work = open_backfill(FOUND, again=False)

    asked, shown, _ = run(work)

    assert asked == [
        ("/process", {"game_date": day, "backfill": True}) for day in ("2025-01-02", "2025-01-04")
    ]
    assert shown == ["2025-01-02", "2025-01-04"]
    assert work.as_dict() == {
        "slates": 3,
        "computed": ["2025-01-02", "2025-01-04"],
        "already_done": 1,
        "failed": [],
        "not_tried": 0,
    }


@pytest.mark.parametrize(
    ("seconds", "per_minute", "took"),
    [
        pytest.param(0.0, 30, 4.0, id="a start every two seconds, and no wait after the last"),
        pytest.param(0.5, 30, 4.5, id="the work counts"),
        pytest.param(3.0, 30, 9.0, id="slow work is not held up"),
        pytest.param(0.0, 600, 0.2, id="a faster pace"),
    ],
)
def test_no_more_slates_begin_in_a_minute_than_allowed(seconds, per_minute, took):
    work = Backfill(["2025-01-01", "2025-01-02", "2025-01-03"], skipped=0)

    assert run(work, seconds, per_minute=per_minute)[2] == pytest.approx(took)


def test_a_slate_that_fails_is_named_and_the_next_ones_are_computed():
    work = Backfill(["2025-01-01", "2025-01-02", "2025-01-03"], skipped=0)

    run(work, errors={"2025-01-02": ServerFailed("nobody is ready (e1)")})

    assert work.computed == ["2025-01-01", "2025-01-03"]
    assert work.as_dict()["failed"] == [{"game_date": "2025-01-02", "reason": "nobody is ready (e1)"}]
    assert not work.is_unanswered


def test_nobody_who_answers_for_some_slates_in_a_row_ends_it():
    days = [f"2025-01-{day:02}" for day in range(1, 9)]
    gone = DependencyUnavailable("gone")
    work = Backfill(days, skipped=0)

    run(work, errors=dict.fromkeys((days[0], *days[2:]), gone))

    assert work.computed == [days[1]]
    assert list(work.failed) == [days[0], *days[2 : 2 + MOST_SILENT]]
    assert (work.is_unanswered, work.untried) == (True, 3)


def test_an_identity_that_is_refused_ends_it_at_once():
    work = Backfill(["2025-01-01", "2025-01-02"], skipped=0)

    with pytest.raises(Forbidden):
        run(work, errors={"2025-01-01": Forbidden("no")})

    assert work.untried == 2
