"""Bookmakers' points lines: reading a file of them, and putting them on a slate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from local.csv_file import open_csv, parse_day, parse_id, parse_moment, parse_number
from local.known_players import KnownPlayers
from local.player_lookup import player_lookup
from shared.errors import InvalidInput
from shared.ports import Row

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_PREFERRED = "sportsbook"


MOST_POINTS = 200


@dataclass(frozen=True)
class LineQuote:
    """The points line of one player-game at one moment; odds are American, the best on offer.

    The player is known by id, by name, or (as some sources have it) not at all.
    """

    game_date: date
    line: float
    player_id: str | None = None
    player_name: str | None = None
    team: str | None = None
    book_type: str | None = None
    over_odds: float | None = None
    under_odds: float | None = None
    observed_at: datetime | None = None

    @property
    def rank(self) -> tuple[bool, datetime]:
        """Return what makes one quote count before another: a sportsbook's, then the newest."""
        return self.book_type == _PREFERRED, self.observed_at or _EARLIEST


@dataclass(frozen=True)
class AttachedLines:
    """A slate with its lines; `unmatched` quotes belong to nobody who is, or could be, on it."""

    rows: list[Row]
    with_line: int
    newcomers: int
    unmatched: int


def read_lines(path: Path) -> list[LineQuote]:
    """Read a file of lines; raise InvalidInput naming the line and column of what cannot be read."""
    with open_csv(path) as (header, lines):
        missing = [name for name in ("game_date", "line") if name not in header]
        if missing or not {"player_id", "player_name"} & set(header):
            wanted = ", ".join(missing) or "player_id or player_name"
            raise InvalidInput(f"{path} is no file of lines; it lacks the columns {wanted}")
        return [
            LineQuote(
                game_date=line.required("game_date", parse_day),
                line=line.required("line", _points),
                player_id=line.optional("player_id", parse_id),
                player_name=line.optional("player_name", str),
                team=line.optional("team", str.upper),
                book_type=line.optional("book_type", str.lower),
                over_odds=line.optional("over_odds_best", _american),
                under_odds=line.optional("under_odds_best", _american),
                observed_at=line.optional("snapshot_last", parse_moment),
            )
            for line in lines
        ]


def attach_lines(
    slate_rows: Sequence[Row],
    quotes: Iterable[LineQuote],
    veterans: KnownPlayers,
    observed_at: datetime,
) -> AttachedLines:
    """Return new rows of one slate with the lines of its date's quotes, the best of each player. Pure.

    Someone who is not on the slate, has never played (`veterans` are those who had before it) and whose
    team plays is added as a newcomer without projected minutes.
    """
    on_slate = KnownPlayers.of(slate_rows)
    sides = {row["team"]: row for row in slate_rows}
    best: dict[str, LineQuote] = {}
    added: list[Row] = []
    unmatched = 0
    for quote in sorted(quotes, key=lambda quote: quote.rank, reverse=True):
        lookup = on_slate.find(quote.player_id, quote.player_name, quote.team)
        if lookup is None and quote.team in sides and _is_newcomer(quote, on_slate, veterans):
            row = _newcomer_row(quote, sides[quote.team], observed_at)
            lookup = row["player_lookup"]
            on_slate.add(row)
            added.append(row)
        if lookup is None:
            unmatched += 1
        else:
            best.setdefault(lookup, quote)
    rows = [_with_line(row, best.get(row["player_lookup"]), observed_at) for row in [*slate_rows, *added]]
    return AttachedLines(rows, with_line=len(best), newcomers=len(added), unmatched=unmatched)


def _is_newcomer(quote: LineQuote, on_slate: KnownPlayers, veterans: KnownPlayers) -> bool:
    name = quote.player_name
    if not name or not player_lookup(name):
        return False
    return not any(known.may_hold(quote.player_id, name) for known in (on_slate, veterans))


def _newcomer_row(quote: LineQuote, team_mate: Row, observed_at: datetime) -> Row:
    return team_mate | {
        "player_lookup": player_lookup(quote.player_name or ""),
        "player_id": quote.player_id,
        "player_name": quote.player_name,
        "status": "ACTIVE",
        "projected_minutes": None,
        "observed_at": observed_at,
    }


def _with_line(row: Row, quote: LineQuote | None, observed_at: datetime) -> Row:
    if quote is None:
        return dict(row)
    return row | {
        "line": quote.line,
        "over_odds": quote.over_odds,
        "under_odds": quote.under_odds,
        "line_observed_at": quote.observed_at,
        "observed_at": observed_at,
    }


def _points(text: str) -> float:
    points = parse_number(text)
    if not 0 < points <= MOST_POINTS:
        raise ValueError(f"is no line; a line is above 0 and at most {MOST_POINTS}")
    return points


def _american(text: str) -> float:
    odds = parse_number(text)
    if abs(odds) < 100:
        raise ValueError("are no American odds; they are at most -100 or at least 100")
    return odds
