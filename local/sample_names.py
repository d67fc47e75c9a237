"""Fictional teams and people, each named by a number: the same number is always the same name."""

from functools import cache
from itertools import permutations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_REAL_CODES = _words(
    "ATL BKN BOS CHA CHI CLE DAL DEN DET GSW HOU IND LAC LAL MEM MIA MIL MIN NOP NYK "
    "OKC ORL PHI PHX POR SAC SAS TOR UTA WAS"
)
_FIRST_CODES = _words(
    "ASH BAY BRY COV CRO DOV DUN ELK ELM FEN GLE HAW IVY JUN KES "
    "LIN MAR NOR OXB PEM QUI RAV STO THO ULM VAL WES YAR YEW ZEN"
)
_CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"

_GIVEN = _words(
    "Aaron Abel Adam Alan Albert Amos Andre Anton Arlo Arthur Barrett Basil Bennett Boris Bruno Caleb "
    "Calvin Carl Cedric Chester Clark Conrad Cyrus Damon Darius Dennis Desmond Dexter Dominic Edgar Edwin "
    "Elias Emmett Eric Ernest Ethan Felix Floyd Franklin Gerald Gideon Glenn Graham Gregor Gustav Harold "
    "Hector Henry Herbert Hugo Igor Isaac Ivan Jasper Jerome Joel Jonas Julian Justin Karl Keith Kenneth "
    "Kurt Lamar Leon Lewis Lionel Lorenz Luther Magnus Martin Maurice Miles Morris Nathan Neil Nigel "
    "Norman Oliver Orson Oscar Owen Percy Peter Quentin Ralph Raymond Rhys Roland Rufus Rupert Samuel "
    "Silas Simon Stefan Sylvan Thaddeus Theo Tobias Victor"
)
_STEMS = _words(
    "Alder Amber Arrow Beacon Birch Black Bramble Brick Bright Bronze Cedar Clover Cobble Copper Crane "
    "Dapple Ember Fallow Fern Flint Frost Garnet Gold Granite Gray Hazel Heather Heron Hollow Iron Juniper "
    "Kestrel Lark Laurel Linden Maple Marble Meadow Mist Moss Nettle North Onyx Otter Pepper Pine Quarry "
    "Raven Reed Rowan Rust Sable Silver Sorrel Spruce Stone Thistle Timber Walnut Willow"
)
_ENDINGS = _words(
    "acre bank beck bend bourne bridge brook burrow bury by cliff combe cote cross dale dell den down edge "
    "fell field firth ford gate glen grove ham haven hill holm holt hurst keld land lea lock low marsh mead "
    "mere moor mouth ness over path pool ridge rigg shaw side stead thorpe toft ton vale wade wick wold worth"
)
_SPREAD = 7_368_787  # a prime: neighbouring numbers get names that have nothing in common


@cache
def team_codes(count: int) -> list[str]:
    """Return the first `count` codes; none is a real team's. The first 6,800 have three letters."""
    codes = list(_FIRST_CODES)
    length = 3
    while len(codes) < count:
        made = ("".join(letters) for letters in permutations(_CONSONANTS, length))
        codes += [code for code in made if code not in _REAL_CODES]
        length += 1
    return codes[:count]


def person_name(number: int) -> str:
    """Return the name of a person; no two of the first nine million have one name."""
    names = len(_GIVEN) * len(_STEMS) * len(_ENDINGS)
    middle, place = divmod(number, names)
    surname, given = divmod(place * _SPREAD % names, len(_GIVEN))
    stem, ending = divmod(surname, len(_ENDINGS))
    initial = f" {chr(ord('A') + middle % 26)}." if middle else ""
    return f"{_GIVEN[given]}{initial} {_STEMS[stem]}{_ENDINGS[ending]}"
