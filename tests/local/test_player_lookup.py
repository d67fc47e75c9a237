from datetime import date

import pytest

from local.player_lookup import lookup_without_suffix, name_players, player_lookup


@pytest.mark.parametrize(
    ("name", "lookup"),
    [
        pytest.param("Luka Dončić", "lukadoncic", id="accents are stripped"),
        pytest.param("Shai Gilgeous-Alexander", "shaigilgeousalexander", id="hyphens are dropped"),
        pytest.param("De'Aaron Fox", "deaaronfox", id="apostrophes are dropped"),
        pytest.param("P.J. Washington Jr.", "pjwashingtonjr", id="dots are dropped, suffixes stay"),
        pytest.param("Nikola Đurišić", "nikoladurisic", id="a stroke is no accent, and is stripped too"),
        pytest.param("Ömer AŞIK", "omerasik", id="capitals with accents"),
        pytest.param("  Nene ", "nene", id="one name"),
        pytest.param("田中", "", id="other scripts leave nothing"),
    ],
)
def test_a_lookup_is_the_name_in_plain_letters_and_digits(name, lookup):
    assert player_lookup(name) == lookup


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        pytest.param("Jaren Jackson Jr.", "jarenjackson", id="jr"),
        pytest.param("Gary Payton II", "garypayton", id="ii"),
        pytest.param("Trey Murphy III", "treymurphy", id="iii"),
        pytest.param("Lonnie Walker IV", "lonniewalker", id="iv"),
        pytest.param("Larry Nance Sr", "larrynance", id="sr"),
        pytest.param("Isaac Levi", "isaaclevi", id="letters at the end of a name are no suffix"),
        pytest.param("Jr.", "jr", id="a suffix alone is a name"),
    ],
)
def test_a_generation_suffix_can_be_left_out(name, stem):
    assert lookup_without_suffix(name) == stem


def played(player_id, name, day):
    return {"player_id": player_id, "player_name": name, "game_date": date(2025, 1, day)}


def lookups(rows, known=None):
    return [row["player_lookup"] for row in name_players(rows, known or {})]


def test_of_two_ids_with_one_name_the_later_debut_carries_its_id():
    rows = [played("20", "Jalen Wood", 5), played("10", "Jalen Wood", 2), played("20", "Jalen Wood", 9)]

    assert lookups(rows) == ["jalenwood-20", "jalenwood", "jalenwood-20"]


def test_namesakes_who_debut_on_one_day_are_told_apart_the_same_way_in_any_order():
    rows = [played("20", "Jalen Wood", 5), played("10", "Jalen Wood", 5)]

    assert lookups(rows) == ["jalenwood-20", "jalenwood"]
    assert lookups(rows[::-1]) == ["jalenwood", "jalenwood-20"]


def test_a_player_who_changes_his_name_stays_one_player():
    rows = [played("7", "Enes Two", 9), played("7", "Enes One", 2)]

    assert lookups(rows) == ["enesone", "enesone"]


def test_an_id_that_is_known_keeps_its_lookup_and_nobody_else_gets_it():
    rows = [played("20", "Jalen Wood", 1), played("10", "Jalen Wood", 9)]

    assert lookups(rows, known={"10": "jalenwood"}) == ["jalenwood-20", "jalenwood"]


def test_a_row_without_an_id_belongs_to_whoever_has_its_name():
    rows = [played(None, "Jalen Wood", 1), played("10", "Jalen Wood", 9)]

    assert lookups(rows) == ["jalenwood", "jalenwood"]
