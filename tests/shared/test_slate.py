from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.slate import (
    FIRST_SLATE,
    LAST_SLATE,
    deadline,
    is_open_for_events,
    is_over,
    morning,
    parse_game_date,
    slate_date,
)

SLATES = st.dates(FIRST_SLATE, LAST_SLATE)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2025-11-28T15:00:00+00:00", date(2025, 11, 28), id="10:00 Eastern"),
        pytest.param("2025-11-29T00:30:00+00:00", date(2025, 11, 28), id="16:30 Pacific is still tonight"),
        pytest.param("2025-11-29T04:59:59+00:00", date(2025, 11, 28), id="a second before midnight, winter"),
        pytest.param("2025-11-29T05:00:00+00:00", date(2025, 11, 29), id="midnight in winter is 05:00 UTC"),
        pytest.param("2025-07-01T03:59:59+00:00", date(2025, 6, 30), id="a second before midnight, summer"),
        pytest.param("2025-07-01T04:00:00+00:00", date(2025, 7, 1), id="midnight in summer is 04:00 UTC"),
        pytest.param("2025-03-09T04:59:59+00:00", date(2025, 3, 8), id="the night clocks go forward, before"),
        pytest.param("2025-03-10T04:00:00+00:00", date(2025, 3, 10), id="the night after, an hour earlier"),
        pytest.param("2025-11-02T04:00:00+00:00", date(2025, 11, 2), id="the night clocks go back, before"),
        pytest.param("2025-11-03T04:59:59+00:00", date(2025, 11, 2), id="the night after, an hour later"),
        pytest.param("2025-11-28T23:30:00-08:00", date(2025, 11, 29), id="late in Los Angeles is tomorrow"),
    ],
)
def test_a_slate_is_the_date_in_new_york(now, expected):
    assert slate_date(datetime.fromisoformat(now)) == expected


def test_a_naive_time_belongs_to_no_slate():
    with pytest.raises(ValueError, match="aware"):
        slate_date(datetime(2025, 11, 28, 12))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("game_date", "expected"),
    [
        pytest.param(date(2025, 11, 28), datetime(2025, 11, 28, 15, tzinfo=UTC), id="winter"),
        pytest.param(date(2025, 7, 1), datetime(2025, 7, 1, 14, tzinfo=UTC), id="summer"),
        pytest.param(date(2025, 3, 9), datetime(2025, 3, 9, 14, tzinfo=UTC), id="the day clocks go forward"),
        pytest.param(date(2025, 11, 2), datetime(2025, 11, 2, 15, tzinfo=UTC), id="the day clocks go back"),
    ],
)
def test_forecasts_are_due_at_ten_eastern(game_date, expected):
    assert deadline(game_date) == expected


def test_the_deadline_can_be_moved():
    assert deadline(date(2025, 11, 28), time(9, 30)) == datetime(2025, 11, 28, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("game_date", "is_open"),
    [
        pytest.param(date(2025, 11, 27), False, id="yesterday"),
        pytest.param(date(2025, 11, 28), True, id="today"),
        pytest.param(date(2025, 11, 29), True, id="tomorrow"),
        pytest.param(date(2025, 11, 30), False, id="the day after tomorrow"),
    ],
)
def test_events_are_accepted_for_today_and_tomorrow(game_date, is_open):
    seven_in_the_evening = datetime(2025, 11, 29, 0, tzinfo=UTC)  # already tomorrow in UTC

    assert is_open_for_events(game_date, seven_in_the_evening) is is_open


@pytest.mark.parametrize(
    ("now", "is_past"),
    [
        pytest.param("2025-11-29T04:59:59+00:00", False, id="a second before midnight in New York"),
        pytest.param("2025-11-29T05:00:00+00:00", True, id="midnight"),
        pytest.param("2025-11-27T15:00:00+00:00", False, id="the day before"),
    ],
)
def test_a_slate_is_over_when_its_day_is_in_new_york(now, is_past):
    assert is_over(date(2025, 11, 28), datetime.fromisoformat(now)) is is_past


@pytest.mark.parametrize("text", ["2025-11-28", "2020-01-01", "2040-12-31", "2024-02-29"])
def test_a_written_date_is_read(text):
    assert parse_game_date(text) == date.fromisoformat(text)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param("20251128", "written", id="no dashes"),
        pytest.param("2025-W48-5", "written", id="a week date of the same length"),
        pytest.param("2025-11-31", "written", id="a day that does not exist"),
        pytest.param("2025-02-29", "written", id="no leap year"),
        pytest.param("2025-1-28", "written", id="one digit"),
        pytest.param("2025-11-28T00:00", "written", id="with a time"),
        pytest.param(" 2025-11-28", "written", id="with a space"),
        pytest.param("２０２５-11-28", "written", id="digits of another script"),
        pytest.param("", "written", id="empty"),
        pytest.param(None, "written", id="nothing"),
        pytest.param(20251128, "written", id="a number"),
        pytest.param(["2025-11-28"], "written", id="a list"),
        pytest.param("2019-12-31", "between", id="before the first slate"),
        pytest.param("2041-01-01", "between", id="after the last slate"),
    ],
)
def test_anything_else_is_refused_with_a_reason(value, reason):
    with pytest.raises(ValueError, match=reason):
        parse_game_date(value)


@given(SLATES)
def test_morning_and_deadline_belong_to_their_slate(game_date):
    due = deadline(game_date)

    assert slate_date(morning(game_date)) == slate_date(due) == game_date
    assert due - morning(game_date) == timedelta(hours=2)


@given(SLATES)
def test_writing_a_slate_date_and_reading_it_changes_nothing(game_date):
    assert parse_game_date(game_date.isoformat()) == game_date
