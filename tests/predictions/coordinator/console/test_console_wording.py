"""How the console writes moments, spans and numbers, and what it says after an action."""

from datetime import UTC, date, datetime, timedelta

import pytest

from predictions.coordinator.console import wording
from predictions.coordinator.console.told import NOTICES, notice

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (90, "1 min 30 s"),
        (599, "9 min 59 s"),
        (630, "10 min"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (-7500, "2 h 5 min"),
        (86_400, "1 day"),
        (90_000, "1 day 1 h"),
        (864_000, "10 days"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(seconds, text):
    assert wording.span(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (0.0, "+0.0"), (1.25, "+1.2"), (-0.8, f"{MINUS}0.8")]
)
def test_a_signed_number_has_a_true_minus(value, text):
    assert wording.signed(value) == text


def test_what_is_unknown_is_a_dash_and_no_zero():
    assert {
        wording.figure(None), wording.line(None), wording.percent(None), wording.signed_percent(None),
        wording.eastern(None),
    } == {"–"}  # fmt: skip


def test_numbers_are_written_as_they_are_in_the_field():
    assert (wording.line(22.5), wording.line(22.0)) == ("22.5", "22")
    assert (wording.percent(0.544), wording.signed_percent(-0.0312)) == ("54%", f"{MINUS}3.1%")
    assert (wording.counted(1, "player"), wording.counted(1200, "player")) == ("1 player", "1,200 players")


def test_a_moment_is_told_by_new_yorks_clock_and_with_its_day_only_where_that_is_another():
    moment = datetime(2025, 1, 15, 13, 5, 9, tzinfo=UTC)

    assert wording.eastern(moment, date(2025, 1, 15)) == "8:05 ET"
    assert wording.eastern(moment, date(2025, 1, 16)) == "Jan 15, 8:05 ET"
    assert wording.eastern(moment, seconds=True) == "8:05:09 ET"


def test_a_deadline_is_passed_or_to_come_or_now():
    due = datetime(2025, 1, 15, 15, tzinfo=UTC)

    assert wording.against(due - timedelta(minutes=48), due) == "48 min before the deadline"
    assert wording.against(due + timedelta(minutes=5), due) == "5 min after the deadline"
    assert wording.against(due, due) == "at the deadline"


@pytest.mark.parametrize("code", NOTICES)
def test_every_notice_is_a_sentence(code):
    tone, text = notice(code, 2) or ("", "")

    assert tone in ("good", "quiet", "risk", "held", "bad")
    assert text.endswith(".")
    assert "{" not in text


@pytest.mark.parametrize("code", ["", "<script>alert(1)</script>", "started "])
def test_an_address_cannot_put_words_of_its_own_on_a_page(code):
    assert notice(code, 1) is None
