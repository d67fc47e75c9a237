"""Whom does a person mean? By lookup or name, whatever case and accents; near names where nobody. Pure."""

import difflib
import re
import unicodedata
from collections.abc import Sequence

from shared.errors import InvalidRequest, NotFound
from shared.ports import Row

MOST_NEAR = 5
_ALIKE = 0.6
_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ß": "ss", "æ": "ae"})
_OTHER = re.compile(r"[^a-z0-9]")


def plain(name: str) -> str:
    """Return a name in ASCII lower-case letters and digits only: Luka Dončić is lukadoncic."""
    decomposed = unicodedata.normalize("NFKD", name.lower().translate(_UNDECOMPOSED))
    return _OTHER.sub("", decomposed)


def find_player(rows: Sequence[Row], text: str) -> Row:
    """Return the row whose player_lookup is `text`, or the one whose name is, or whose name alone has it.

    Raises InvalidRequest if several fit equally well, NotFound if nobody does; both name up to five.
    """
    asked = plain(text)
    if not asked:
        raise InvalidRequest("player", "must be a name or a player_lookup")
    for fits in (
        lambda row: row["player_lookup"] == text,
        lambda row: asked in (plain(row["player_lookup"]), plain(row["player_name"])),
        lambda row: asked in plain(row["player_name"]),
    ):
        found = [row for row in rows if fits(row)]
        if len(found) == 1:
            return found[0]
        if found:
            raise InvalidRequest("player", f"{text} may be {_named(found)}; name one by his lookup")
    raise NotFound(f"nobody on the slate is called {text}{_near(rows, asked)}")


def _near(rows: Sequence[Row], asked: str) -> str:
    """Compare with whole names and with the last words of them, since that is how people call players."""
    by_name: dict[str, Row] = {}
    for row in rows:
        words = row["player_name"].split() or [row["player_lookup"]]
        for name in (row["player_name"], *words[1:]):
            by_name.setdefault(plain(name), row)
    close = difflib.get_close_matches(asked, by_name, n=2 * MOST_NEAR, cutoff=_ALIKE)
    found = list({row["player_lookup"]: row for row in (by_name[name] for name in close)}.values())
    return f"; near are {_named(found)}" if found else ""


def _named(rows: Sequence[Row]) -> str:
    told = [f"{row['player_name']} ({row['player_lookup']}, {row['team']})" for row in rows[:MOST_NEAR]]
    more = len(rows) - len(told)
    return ", ".join(told) + (f" and {more} more" if more > 0 else "")
