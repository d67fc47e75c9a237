"""The season as a calendar: every slate has the letter of how it ended."""

from datetime import UTC, date, datetime, time

import pytest

from predictions.coordinator.console.season import Ended, season, season_dates, season_of
from shared.errors import InvalidRequest

DUE = time(10, 0)
DAY, TODAY = date(2026, 1, 15), date(2026, 1, 20)
IN_TIME, TOO_LATE = datetime(2026, 1, 15, 14, 59, tzinfo=UTC), datetime(2026, 1, 15, 15, 1, tzinfo=UTC)
ALARM = ";{}@2026-01-15T15:00:00+00:00"


def slate(game_date=DAY, **changes):
    row = {
        "game_date": game_date,
        "state": "complete",
        "hold": None,
        "expected": 200,
        "alerts_raised": "",
        "newest_run_status": "success",
        "first_finished_at": IN_TIME,
    }
    return row | changes


def ended(today=TODAY, **changes):
    found = season("2025-26", [slate(**changes)], today, DUE)
    return next(day.ended for month in found.months for week in month.weeks for day in week if day)


UNTOUCHED = {"state": "waiting", "expected": None, "newest_run_status": None, "first_finished_at": None}
NO_BATCH = {"state": "waiting", "first_finished_at": None}


@pytest.mark.parametrize(
    ("how", "changes"),
    [
        (Ended.COMPLETE, {}),
        (Ended.COMPLETE, {"alerts_raised": ALARM.format("gap")}),
        (Ended.LATE, {"first_finished_at": TOO_LATE}),
        (Ended.LATE, {"alerts_raised": ALARM.format("sla_missed")}),
        (Ended.LATE, {"alerts_raised": ALARM.format("sla_missed:resolved")}),
        (Ended.LATE, {"alerts_raised": ALARM.format("no_predictions")}),
        (Ended.PARTIAL, {"state": "partial"}),
        (Ended.FAILED, {"state": "failed"}),
        (Ended.FAILED, NO_BATCH),
        (Ended.FAILED, UNTOUCHED | {"alerts_raised": ALARM.format("no_predictions")}),
        (Ended.CANCELLED, {"hold": "cancelled"}),
        (Ended.PAUSED, {"hold": "paused"}),
        (Ended.UNDER_WAY, {"state": "predicting"}),
        (Ended.UNDER_WAY, {"state": "claimed"}),
        (Ended.NO_GAMES, {"expected": 0, "newest_run_status": "no_games"}),
        (Ended.NO_GAMES, UNTOUCHED | {"newest_run_status": "no_games"}),
        (Ended.NOTHING, UNTOUCHED),
    ],
    ids=lambda value: value.name.lower() if isinstance(value, Ended) else "",
)
def test_a_slate_has_one_ending(how, changes):
    assert ended(**changes) is how


def test_a_slate_without_a_batch_waits_until_its_day_is_over():
    assert ended(today=DAY, **NO_BATCH) is Ended.WAITING


def test_a_hold_outweighs_how_the_batch_ended():
    assert ended(hold="cancelled", state="failed") is Ended.CANCELLED


def test_what_can_be_told_apart_by_colour_can_be_told_apart_by_letter():
    letters = [ending.letter for ending in Ended if ending is not Ended.NOTHING]

    assert len(set(letters)) == len(letters)


def test_weeks_have_seven_days_and_the_days_of_other_months_are_left_out():
    found = season("2025-26", [slate(DAY), slate(date(2025, 10, 31))], TODAY, DUE)

    october, january = found.months[0], found.months[3]
    assert (october.title, january.title) == ("October 2025", "January 2026")
    assert {len(week) for month in found.months for week in month.weeks} == {7}
    assert [day.game_date for week in october.weeks for day in week if day] == [date(2025, 10, 31)]


def test_months_of_summer_are_shown_only_if_something_happened_in_them():
    quiet = season("2025-26", [slate(date(2025, 7, 4), **UNTOUCHED)], TODAY, DUE)
    played = season("2025-26", [slate(date(2025, 7, 4))], TODAY, DUE)

    assert (quiet.months[0].title, len(quiet.months)) == ("October 2025", 9)
    assert (played.months[0].title, len(played.months)) == ("July 2025", 10)


def test_today_is_marked_and_days_to_come_count_nowhere():
    found = season("2025-26", [slate(DAY), slate(TODAY), slate(date(2026, 2, 1), hold="paused")], TODAY, DUE)

    marked = [
        day.game_date
        for month in found.months
        for week in month.weeks
        for day in week
        if day and day.is_today
    ]
    assert marked == [TODAY]
    assert found.counts == ((Ended.COMPLETE, 2),)


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2025, 7, 1), "2025-26"), (date(2026, 6, 30), "2025-26"), (date(2030, 1, 1), "2029-30")],
)
def test_a_season_begins_in_july(day, name):
    assert season_of(day) == name
    first, last = season_dates(name)
    assert first <= day <= last


def test_the_first_and_the_last_season_end_where_the_slates_do():
    assert season_dates("2019-20")[0] == date(2020, 1, 1)
    assert season_dates("2040-41")[1] == date(2040, 12, 31)
    assert season("2019-20", [], TODAY, DUE).previous is None
    assert season("2040-41", [], TODAY, DUE).following is None
    assert (season("2025-26", [], TODAY, DUE).previous, season("2025-26", [], TODAY, DUE).following) == (
        "2024-25",
        "2026-27",
    )


@pytest.mark.parametrize(
    "name", ["", "2025", "2025-27", "2025-2026", "1925-26", "2041-42", "٢٠٢٥-26", "2025-26<b>", "-"]
)
def test_a_season_that_there_is_not_is_refused(name):
    with pytest.raises(InvalidRequest):
        season_dates(name)
