"""The key by which a player is known: his name in plain letters and digits."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from shared.ports import Row

SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
)
_OTHER = re.compile(r"[^a-z0-9]")


@lru_cache(maxsize=4096)
def player_lookup(name: str) -> str:
    """Return the name in ASCII lower-case letters and digits only: Luka Dončić is lukadoncic."""
    decomposed = unicodedata.normalize("NFKD", name.lower().translate(_UNDECOMPOSED))
    return _OTHER.sub("", decomposed.lower())


@lru_cache(maxsize=4096)
def lookup_without_suffix(name: str) -> str:
    """Return the lookup of a name without a generation suffix: Jaren Jackson Jr. is jarenjackson."""
    words = name.split()
    if len(words) > 1 and player_lookup(words[-1]) in SUFFIXES:
        return player_lookup(" ".join(words[:-1]))
    return player_lookup(name)


def name_players(rows: Iterable[Row], known: Mapping[str, str]) -> list[Row]:
    """Give each box-score row its player_lookup, in place, and return the rows.

    One player_id is one player, however often his name changes: `known` has the lookups of ids that
    the store holds already, and they stay. Of two new ids with one name the one whose first game is
    later is called lookup-id. A row without an id belongs to whoever has its name.
    """
    kept = list(rows)
    lookups = _lookups(kept, known)
    for row in kept:
        player_id = row["player_id"]
        row["player_lookup"] = lookups[player_id] if player_id else player_lookup(row["player_name"])
    return kept


def _lookups(rows: Iterable[Row], known: Mapping[str, str]) -> dict[str, str]:
    lookups = dict(known)
    owners = {lookup: player_id for player_id, lookup in known.items()}
    for _, player_id, name in sorted(_debuts(rows)):
        if player_id in lookups:
            continue
        plain = player_lookup(name)
        is_his = owners.setdefault(plain, player_id) == player_id
        lookups[player_id] = plain if is_his else f"{plain}-{player_id}"
    return lookups


def _debuts(rows: Iterable[Row]) -> Iterable[tuple[date, str, str]]:
    """Return (date, player_id, name) of the first game of each id."""
    first: dict[str, tuple[date, str, str]] = {}
    for row in rows:
        player_id = row["player_id"]
        if player_id and (player_id not in first or row["game_date"] < first[player_id][0]):
            first[player_id] = (row["game_date"], player_id, row["player_name"])
    return first.values()
