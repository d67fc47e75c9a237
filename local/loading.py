"""Loading box scores, slates and lines into the store: read everything, decide, write."""

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain
from pathlib import Path

from local.box_scores import parse_box_scores
from local.known_players import KnownPlayers
from local.lines import AttachedLines, LineQuote, attach_lines, read_lines
from local.load_reports import LinesReport, LoadReport
from local.player_lookup import name_players
from local.sample_league import SAMPLE_GAMES, SAMPLE_REACH, sample_leagues
from local.slate_builder import build_slate
from shared.clock import Clock
from shared.ports import Row, Warehouse
from shared.slate import LAST_SLATE
from shared.statements import load_statement

BOX_SCORES = "nba_analytics.player_game_summary"
SLATES = "nba_analytics.upcoming_player_game_context"
ROWS_PER_APPEND = 20_000


def load_logs(warehouse: Warehouse, paths: Sequence[Path], clock: Clock) -> LoadReport:
    """Append the box scores of all files, once all of them have been read without a fault.

    Loading a file again appends newer versions of its rows; readers see one. Raises InvalidInput.
    """
    loaded_at = clock.now()
    players = warehouse.query(load_statement("local", "known_players"), last_date=LAST_SLATE)
    with_id = [player for player in players if player["player_id"]]
    known = {player["player_id"]: player["player_lookup"] for player in reversed(with_id)}
    rows = name_players(chain.from_iterable(parse_box_scores(path, loaded_at) for path in paths), known)
    for start in range(0, len(rows), ROWS_PER_APPEND):
        warehouse.append(BOX_SCORES, rows[start : start + ROWS_PER_APPEND])
    dates = [row["game_date"] for row in rows]
    return LoadReport(
        rows=len(rows),
        games=len({row["game_id"] for row in rows}),
        players=len({row["player_lookup"] for row in rows}),
        first_date=min(dates, default=None),
        last_date=max(dates, default=None),
    )


def load_slate_from_logs(warehouse: Warehouse, game_date: date, clock: Clock) -> int:
    """Replace a date's slate by what the stored box scores say of it; return how many players it has."""
    rows = warehouse.query(load_statement("local", "slate_box_scores"), game_date=game_date)
    slate = build_slate(_of_one_league(rows, game_date), game_date, clock.now())
    warehouse.replace_partition(SLATES, game_date, slate)
    return len(slate)


def _of_one_league(rows: Sequence[Row], game_date: date) -> Sequence[Row]:
    """Leave the sample league out where real games are played: both may stand in one store."""
    real = [row for row in rows if not row["game_id"].startswith(SAMPLE_GAMES)]
    return real if any(row["game_date"] == game_date for row in real) else rows


def load_lines(warehouse: Warehouse, path: Path, game_date: date | None, clock: Clock) -> LinesReport:
    """Put a file's lines on the slate of a date, or on every slate that is loaded; raise InvalidInput."""
    quotes: defaultdict[date, list[LineQuote]] = defaultdict(list)
    for quote in read_lines(path):
        if game_date in (None, quote.game_date):
            quotes[quote.game_date].append(quote)
    attached = _attach_to_slates(warehouse, quotes, clock) if quotes else {}
    for day, slate in attached.items():
        if slate.with_line:
            warehouse.replace_partition(SLATES, day, slate.rows)
    return LinesReport(
        quotes=sum(len(of_day) for of_day in quotes.values()),
        slates=len(attached),
        players_with_line=sum(slate.with_line for slate in attached.values()),
        newcomers=sum(slate.newcomers for slate in attached.values()),
        unmatched=sum(slate.unmatched for slate in attached.values()),
        without_slate=sum(len(of_day) for day, of_day in quotes.items() if day not in attached),
    )


def load_phase3(
    warehouse: Warehouse, game_date: date, box_scores: Sequence[Row], slate: Sequence[Row]
) -> None:
    """Put rows of Phase 3 as they were read elsewhere, over HTTP, into a store that has none."""
    for start in range(0, len(box_scores), ROWS_PER_APPEND):
        warehouse.append(BOX_SCORES, box_scores[start : start + ROWS_PER_APPEND])
    warehouse.replace_partition(SLATES, game_date, [row | {"game_date": game_date} for row in slate])


def load_sample(
    warehouse: Warehouse, game_date: date, players: int, clock: Clock, history_games: int | None = None
) -> int:
    """Load the sample league and its slate of a date; return how many players the slate has.

    Games that are in the store with all their rows are not appended again. `history_games` is how many
    each team has played, by default enough for every feature.
    """
    stored = _stored_sample(warehouse, game_date)
    slate: list[Row] = []
    for league in sample_leagues(game_date, players, clock.now(), history_games=history_games):
        rows_of = Counter(row["game_id"] for row in league.box_scores)
        lacking = {game_id for game_id, rows in rows_of.items() if stored.get(game_id) != rows}
        warehouse.append(BOX_SCORES, [row for row in league.box_scores if row["game_id"] in lacking])
        slate += league.slate
    warehouse.replace_partition(SLATES, game_date, slate)
    return len(slate)


def _stored_sample(warehouse: Warehouse, game_date: date) -> dict[str, int]:
    """Return how many rows each game of the sample league before a date has in the store."""
    games = warehouse.query(
        load_statement("local", "sample_games"),
        first_date=game_date - SAMPLE_REACH,
        last_date=game_date,
        game_id_prefix=SAMPLE_GAMES,
    )
    return {game["game_id"]: game["box_scores"] for game in games}


def _attach_to_slates(
    warehouse: Warehouse, quotes: Mapping[date, Sequence[LineQuote]], clock: Clock
) -> dict[date, AttachedLines]:
    """Return each slate that is loaded for one of the dates, with its lines."""
    first, last = min(quotes), max(quotes)
    slates: defaultdict[date, list[Row]] = defaultdict(list)
    for row in warehouse.query(load_statement("local", "slate_rows"), first_date=first, last_date=last):
        slates[row["game_date"]].append(row)
    debuts = deque(warehouse.query(load_statement("local", "known_players"), last_date=last))
    veterans = KnownPlayers()
    attached: dict[date, AttachedLines] = {}
    for day in sorted(quotes.keys() & slates.keys()):
        while debuts and debuts[0]["first_game"] < day:
            veterans.add(debuts.popleft())
        attached[day] = attach_lines(slates[day], quotes[day], veterans, clock.now())
    return attached
