"""The picture of a forecast: where its quantiles and the line stand, on one scale for all beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from predictions.coordinator.console.distribution import distribution, scale_ticks, scale_top

POINTS = st.floats(min_value=-5, max_value=90)


def test_the_bar_goes_from_p10_to_p90_and_is_cut_at_the_line(make_forecast):
    drawn = distribution(make_forecast(p10=12.0, p90=36.0, line=22.5, p50=23.5, mean=24.0), top=50)

    assert (drawn.under, drawn.over) == ((24.0, 21.0), (45.0, 27.0))
    assert (drawn.p50, drawn.mean, drawn.line) == (47.0, 48.0, 45.0)


def test_without_a_line_nothing_is_over_it(make_forecast):
    drawn = distribution(make_forecast(p10=12.0, p90=36.0, line=None), top=50)

    assert (drawn.under, drawn.over, drawn.line) == ((24.0, 48.0), None, None)


@pytest.mark.parametrize(
    ("line", "under", "over"), [(2.5, 0.0, 48.0), (44.5, 48.0, 0.0)], ids=["under", "over"]
)
def test_a_line_beyond_the_bar_leaves_it_whole(make_forecast, line, under, over):
    drawn = distribution(make_forecast(p10=12.0, p90=36.0, line=line), top=50)

    assert drawn.over is not None
    assert (drawn.under[1], drawn.over[1]) == (under, over)


def test_the_picture_says_in_words_what_it_shows(make_forecast):
    assert distribution(make_forecast(), 50).alt == "12.0 to 36.0, median 23.5, line 22.5"
    assert distribution(make_forecast(line=None), 50).alt == "12.0 to 36.0, median 23.5, no line"


@given(quantiles=st.lists(POINTS, min_size=3, max_size=3).map(sorted), mean=POINTS, line=st.none() | POINTS)
def test_whatever_the_numbers_are_nothing_is_drawn_outside_the_picture(quantiles, mean, line):
    row = dict(zip(("p10", "p50", "p90"), quantiles, strict=True)) | {"mean": mean, "line": line}

    drawn = distribution(row, scale_top([row]))

    parts = [drawn.under, *([drawn.over] if drawn.over else [])]
    assert all(start >= 0 and width >= 0 and start + width <= 100.1 for start, width in parts)
    assert all(0 <= x <= 100 for x in (drawn.p50, drawn.mean, drawn.line or 0))


def test_all_rows_of_a_page_fit_on_one_scale_that_ends_at_a_round_number(make_forecast):
    assert scale_top([make_forecast(p90=36.0), make_forecast(p90=41.2)]) == 50
    assert scale_top([make_forecast(p90=36.0, line=61.5)]) == 70
    assert scale_top([make_forecast(p90=9.0, mean=4.0, line=None)]) == 30
    assert scale_top([]) == 30


def test_the_scale_is_marked_every_ten_points_and_a_long_one_every_twenty():
    assert scale_ticks(30) == [(0.0, 0), (33.33, 10), (66.67, 20), (100.0, 30)]
    assert [points for _, points in scale_ticks(80)] == [0, 20, 40, 60, 80]
