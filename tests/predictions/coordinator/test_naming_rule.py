"""Whom a person means: by lookup or name, whatever the case and accents; else near names."""

import pytest

from local.player_lookup import player_lookup
from predictions.coordinator.naming import find_player, plain
from shared.errors import InvalidRequest, NotFound


def player(name, team="DAL", lookup=None):
    return {"player_name": name, "player_lookup": lookup or player_lookup(name), "team": team}


ROWS = [
    player("Luka Dončić"),
    player("Jalen Williams", "OKC"),
    player("Jaylin Williams", "OKC"),
    player("Jalen Williams", "PHX", "jalenwilliams-1631114"),
    player("Nikola Jokić", "DEN"),
]


@pytest.mark.parametrize(
    ("text", "lookup"),
    [
        ("lukadoncic", "lukadoncic"),
        ("Luka Dončić", "lukadoncic"),
        ("luka doncic", "lukadoncic"),
        ("LUKA  DONČIĆ!", "lukadoncic"),
        ("dončić", "lukadoncic"),
        ("jalenwilliams", "jalenwilliams"),
        ("jalenwilliams-1631114", "jalenwilliams-1631114"),
        ("jokic", "nikolajokic"),
    ],
)
def test_a_player_is_found_by_lookup_by_name_or_by_a_part_of_it(text, lookup):
    assert find_player(ROWS, text)["player_lookup"] == lookup


def test_a_name_of_several_players_names_them_by_their_lookups():
    with pytest.raises(InvalidRequest) as refused:
        find_player(ROWS, "Williams")

    assert str(refused.value) == (
        "player: Williams may be Jalen Williams (jalenwilliams, OKC), Jaylin Williams (jaylinwilliams, OKC), "
        "Jalen Williams (jalenwilliams-1631114, PHX); name one by his lookup"
    )


def test_of_many_players_five_are_named():
    rows = [player(f"Jones {letter}") for letter in "abcdefg"]

    with pytest.raises(InvalidRequest, match=r"Jones e \(jonese, DAL\) and 2 more; name one"):
        find_player(rows, "jones")


@pytest.mark.parametrize("text", ["Jokitch", "nikola yokic", "Joкić"])
def test_an_unknown_name_names_those_that_are_near(text):
    with pytest.raises(
        NotFound, match=r"^nobody on the slate is called .*; near are Nikola Jokić \(nikolajokic, DEN\)"
    ):
        find_player(ROWS, text)


def test_a_name_that_is_like_no_other_names_nobody():
    with pytest.raises(NotFound) as refused:
        find_player(ROWS, "Zzyzx")

    assert str(refused.value) == "nobody on the slate is called Zzyzx"


@pytest.mark.parametrize("text", ["", "   ", "!?", "李"])
def test_a_text_without_letters_or_digits_names_nobody(text):
    with pytest.raises(InvalidRequest, match="must be a name"):
        find_player(ROWS, text)


@pytest.mark.parametrize(
    "name", ["Luka Dončić", "Kristaps Porziņģis", "Jaren Jackson Jr.", "Dennis Schröder", "Ömer Aşık"]
)
def test_names_are_made_plain_as_the_importers_make_lookups(name):
    assert plain(name) == player_lookup(name)
