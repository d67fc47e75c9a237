"""The morning as six moments, and where they lie on the picture."""

from datetime import UTC, datetime, timedelta

import pytest

from predictions.coordinator.console.timeline import Happened, timeline
from predictions.coordinator.snapshot import State

DEADLINE = datetime(2025, 1, 15, 15, tzinfo=UTC)
RUN = DEADLINE - timedelta(hours=2)
MINUTE = timedelta(minutes=1)
FAN_OUT = [{"batch_id": "b1", "requested_at": RUN + 2 * MINUTE}]
CLAIMED = {
    "batch_id": "b1",
    "claimed_at": RUN + MINUTE,
    "batch_requested": 20,
    "feature_run_started_at": RUN - MINUTE,
}
FEATURES = {"feature_run_started_at": RUN - MINUTE, "feature_run_finished_at": RUN}
COMPLETE = {"state": State.COMPLETE, "open_inputs": 0, "finished_at": RUN + 5 * MINUTE}


@pytest.fixture
def moments(make_snapshot):
    def laid_out(batches=(), now=RUN + 3 * MINUTE, projected=None, first=None, **changes):
        found = timeline(make_snapshot(**(FEATURES | changes)), batches, now, DEADLINE, projected, first)
        return {moment.name: moment for moment in found.moments}

    return laid_out


def test_the_moments_are_in_the_order_in_which_they_are_due(moments):
    assert list(moments()) == ["Features", "Event", "Claim", "Fan-out", "Completion", "Deadline"]


def test_a_slate_that_nothing_has_happened_to_is_open_but_for_its_deadline(moments):
    nothing = {"feature_run_started_at": None, "feature_run_finished_at": None}

    found = moments(**nothing)

    assert {moment.happened for moment in found.values()} == {Happened.OPEN}
    assert found["Features"].detail == "Phase 4 has not finished"
    assert found["Deadline"].detail == "in 1 h 57 min"


def test_what_has_happened_says_how_long_it_took(moments):
    found = moments(FAN_OUT, **CLAIMED)

    assert found["Event"].detail == "the run took 1 min"
    assert found["Claim"].detail == "1 min after the event"
    assert (found["Fan-out"].at, found["Fan-out"].detail) == (RUN + 2 * MINUTE, "20 forecasts asked for")


def test_the_fan_out_of_an_older_batch_is_not_this_one(moments):
    assert moments([FAN_OUT[0] | {"batch_id": "b0"}], **CLAIMED)["Fan-out"].at is None


@pytest.mark.parametrize(
    ("happened", "case"),
    [
        (Happened.OPEN, {}),
        (Happened.FORESEEN, {"projected": DEADLINE}),
        (Happened.LATE, {"projected": DEADLINE + MINUTE}),
        (Happened.DONE, COMPLETE),
        (Happened.LATE, COMPLETE | {"finished_at": DEADLINE + MINUTE}),
        (Happened.DONE, COMPLETE | {"finished_at": DEADLINE + MINUTE, "first": RUN}),
    ],
    ids=["unknown", "projected", "projected late", "ended", "ended late", "renewed late"],
)
def test_completion_is_measured_by_the_first_end_or_foreseen(moments, happened, case):
    assert moments(**case)["Completion"].happened is happened


def test_a_slate_that_was_renewed_says_so(moments):
    assert "renewed 8:05 ET" in moments(**COMPLETE, first=RUN + MINUTE)["Completion"].detail


def test_marks_that_would_cover_each_other_are_drawn_as_one(make_snapshot):
    found = timeline(make_snapshot(**FEATURES | CLAIMED), FAN_OUT, RUN + 3 * MINUTE, DEADLINE, None)

    assert [mark.label for mark in found.marks] == ["1–4"]
    assert found.deadline_x == 96.0
    assert [tick.label for tick in found.ticks] == ["8:00", "9:00", "10:00"]


def test_of_a_slate_of_another_day_the_present_is_off_the_picture(make_snapshot):
    snapshot = make_snapshot(**FEATURES)

    assert timeline(snapshot, (), DEADLINE + timedelta(hours=13), DEADLINE, None).now_x is not None
    assert timeline(snapshot, (), DEADLINE + timedelta(hours=15), DEADLINE, None).now_x is None
