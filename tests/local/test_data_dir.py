"""A data directory's clock: each slate's time goes on where it stood still."""

import os
from datetime import date, timedelta

import pytest

from local.data_dir import DataDir
from shared.slate import morning, slate_date

FIRST, SECOND = date(2025, 1, 15), date(2025, 1, 16)
MOMENT = timedelta(seconds=30)


@pytest.fixture
def folder(tmp_path):
    return DataDir(tmp_path)


def worked_until(folder, clock, after):
    """Leave the file that a stack wrote `after` its clock's beginning, then stop."""
    stood_still = clock.now() + after - clock.offset
    folder.database.touch()
    os.utime(folder.database, (stood_still.timestamp(), stood_still.timestamp()))
    os.utime(folder.path / "day.json", (stood_still.timestamp(), stood_still.timestamp()))


def test_a_replay_begins_at_five_in_the_morning_pacific(folder):
    clock = folder.clock(FIRST)

    assert morning(FIRST) <= clock.now() < morning(FIRST) + MOMENT


def test_without_a_slate_the_clock_is_the_machines(folder):
    assert folder.clock(None).offset == timedelta()


def test_a_restart_goes_on_from_the_last_write(folder):
    worked_until(folder, folder.clock(FIRST), timedelta(minutes=10))

    clock = folder.clock(None)

    ten_past = morning(FIRST) + timedelta(minutes=10)
    assert ten_past - MOMENT < clock.now() < ten_past + MOMENT


def test_a_slate_that_is_replayed_again_after_another_goes_on_too(folder):
    worked_until(folder, folder.clock(FIRST), timedelta(minutes=10))
    worked_until(folder, folder.clock(SECOND), timedelta(minutes=5))

    clock = folder.clock(FIRST)

    assert clock.now() >= morning(FIRST) + timedelta(minutes=10) - MOMENT
    assert slate_date(clock.now()) == FIRST


def test_a_slate_whose_day_has_gone_by_begins_its_morning_again(folder):
    worked_until(folder, folder.clock(FIRST), timedelta(hours=30))

    clock = folder.clock(FIRST)

    assert morning(FIRST) <= clock.now() < morning(FIRST) + MOMENT


def test_who_serves_is_written_down_and_taken_back(folder):
    folder.announce("http://127.0.0.1:1")
    while_serving = folder.served_at

    folder.retract()

    assert while_serving == "http://127.0.0.1:1"
    assert folder.served_at is None


def test_half_a_file_is_no_file(folder):
    folder.path.joinpath("serving.json").write_text('{"url": "http')

    assert folder.served_at is None


def test_a_file_that_cannot_be_written_leaves_no_half_of_it_behind(folder):
    (folder.path / "serving.json").mkdir()

    with pytest.raises(OSError, match=r"serving\.json"):
        folder.announce("http://127.0.0.1:1")

    assert [entry.name for entry in folder.path.iterdir()] == ["serving.json"]


def test_who_serves_is_taken_back_as_far_as_that_can_be_done(folder):
    (folder.path / "serving.json").mkdir()

    folder.retract()

    assert folder.path.joinpath("serving.json").exists()
