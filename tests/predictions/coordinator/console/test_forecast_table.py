"""The table of forecasts shows what the address asks for, however odd that is."""

import pytest
from pydantic import ValidationError

from predictions.coordinator.console.forecasts_page import (
    PAGE_ROWS,
    TOP_ROWS,
    Wish,
    forecast_table,
    strongest,
)

DONCIC = {
    "player_lookup": "lukadoncic",
    "player_name": "Luka Dončić",
    "team": "DAL",
    "edge": 0.12,
    "recommendation": "UNDER",
}
UNLINED = {
    "player_lookup": "aaa",
    "player_name": "Zed Newcomer",
    "team": "DAL",
    "line": None,
    "p_over": None,
    "edge": None,
    "recommendation": "NO_LINE",
}


@pytest.fixture
def rows(make_forecast):
    return [make_forecast(), make_forecast(**DONCIC), make_forecast(**UNLINED)]


def names(table):
    return [forecast.row["player_lookup"] for forecast in table.forecasts]


def test_the_greatest_edge_comes_first_and_who_has_none_last(rows):
    assert names(forecast_table(rows, Wish())) == ["lukadoncic", "lebronjames", "aaa"]


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_what_has_no_value_comes_last_in_either_direction(rows, direction):
    assert names(forecast_table(rows, Wish(sort="line", dir=direction)))[-1] == "aaa"


def test_names_are_sorted_as_people_read_them(rows):
    assert names(forecast_table(rows, Wish(sort="player"))) == ["lebronjames", "lukadoncic", "aaa"]


def test_equal_values_are_in_the_order_of_names_whichever_way_the_column_is_sorted(make_forecast):
    rows = [make_forecast(player_lookup=name) for name in ("c", "a", "b")]

    assert names(forecast_table(rows, Wish(sort="mean", dir="desc"))) == ["a", "b", "c"]
    assert names(forecast_table(rows, Wish(sort="mean", dir="asc"))) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        (Wish(q="doncic"), ["lukadoncic"]),
        (Wish(q="DONČIĆ"), ["lukadoncic"]),
        (Wish(q="aaa"), ["aaa"]),
        (Wish(q="!!!"), []),
        (Wish(q="<script>"), []),
        (Wish(team="DAL"), ["lukadoncic", "aaa"]),
        (Wish(team="DAL", recommendation="UNDER"), ["lukadoncic"]),
        (Wish(recommendation="PASS"), []),
    ],
    ids=["name", "accents", "lookup", "no letters", "markup", "team", "team and call", "nobody"],
)
def test_filters_are_joined(rows, wish, found):
    table = forecast_table(rows, wish)

    assert names(table) == found
    assert (table.fitting, table.total, table.pages) == (len(found), 3, 1)


def test_a_page_has_a_hundred_rows_and_one_beyond_the_last_is_the_last(make_forecast):
    rows = [make_forecast(player_lookup=f"p{number:03}", edge=None) for number in range(PAGE_ROWS + 5)]

    assert len(forecast_table(rows, Wish()).forecasts) == PAGE_ROWS
    last = forecast_table(rows, Wish(page=7))
    assert (len(last.forecasts), last.first, last.wish.page, last.pages) == (5, 101, 2, 2)


def test_an_empty_slate_has_one_empty_page():
    table = forecast_table([], Wish(page=3))

    assert (table.forecasts, table.pages, table.wish.page, table.teams) == ((), 1, 1, ())


def test_the_header_of_the_sorted_column_turns_the_order_and_the_others_begin_as_is_usual(rows):
    wish = Wish(sort="edge", q="x", page=2)

    columns = {column.name: column for column in forecast_table(rows, wish).columns}

    assert (columns["edge"].order, columns["edge"].query) == ("descending", {"q": "x", "dir": "asc"})
    assert (columns["line"].order, columns["line"].query) == ("none", {"q": "x", "sort": "line"})


@pytest.mark.parametrize(
    "odd",
    [
        {"sort": "created_at"},
        {"dir": "up"},
        {"page": "0"},
        {"page": "9" * 30},
        {"q": "x" * 101},
        {"recommendation": "BET"},
        {"order": "edge"},
    ],
    ids=["column", "direction", "page 0", "page", "long text", "call", "parameter"],
)
def test_an_address_that_asks_for_what_there_is_not_is_refused(odd):
    with pytest.raises(ValidationError):
        Wish.model_validate(odd)


def test_the_top_of_the_table_has_the_greatest_edges(make_forecast):
    rows = [make_forecast(player_lookup=f"p{number:02}", edge=number / 100) for number in range(20)]

    table = strongest(rows)

    assert names(table) == [f"p{number:02}" for number in range(19, 19 - TOP_ROWS, -1)]
    assert table.total == 20
