"""Files of box scores, tidy or with nba_api's columns, read as rows of player_game_summary."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from local.box_score_values import (
    parse_flag,
    parse_game_day,
    parse_game_id,
    parse_matchup,
    parse_minutes,
    parse_name,
)
from local.csv_file import CsvRow, open_csv, parse_count, parse_id, parse_whole
from local.player_lookup import name_players
from shared.errors import InvalidInput
from shared.ports import Row


@dataclass(frozen=True)
class Dialect:
    """A style of file: what it calls our columns, and which of those every row must have."""

    required: tuple[str, ...]
    columns: Mapping[str, str]

    def missing(self, header: Sequence[str]) -> list[str]:
        """Return the required columns, as this style calls them, that a header lacks."""
        return [self.columns[name] for name in self.required if self.columns[name] not in header]


_NBA_API = {
    "game_id": "GAME_ID",
    "game_date": "GAME_DATE",
    "player_id": "PLAYER_ID",
    "player_name": "PLAYER_NAME",
    "team": "TEAM_ABBREVIATION",
    "matchup": "MATCHUP",
    "minutes": "MIN",
    "points": "PTS",
    "fgm": "FGM",
    "fga": "FGA",
    "fg3m": "FG3M",
    "fg3a": "FG3A",
    "ftm": "FTM",
    "fta": "FTA",
    "oreb": "OREB",
    "dreb": "DREB",
    "assists": "AST",
    "steals": "STL",
    "blocks": "BLK",
    "turnovers": "TOV",
    "fouls": "PF",
    "plus_minus": "PLUS_MINUS",
}
COUNTS = (
    *("fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb"),
    *("assists", "steals", "blocks", "turnovers", "fouls"),
)
_ALWAYS = ("game_id", "game_date", "player_name", "team", "minutes", "points")

NBA_API = Dialect((*_ALWAYS, "matchup"), _NBA_API)
TIDY = Dialect(
    (*_ALWAYS, "opponent", "is_home"),
    {name: name for name in (*_NBA_API, "opponent", "is_home") if name != "matchup"},
)


def read_box_scores(path: Path, loaded_at: datetime) -> list[Row]:
    """Read a file's rows; one of 0 minutes says that the game was played, not that the player did.

    Raises InvalidInput naming file, line, column and value: a required value that is missing, any
    value that cannot be read or is negative. An optional value that is missing is None.
    """
    return name_players(parse_box_scores(path, loaded_at), {})


def parse_box_scores(path: Path, loaded_at: datetime) -> Iterator[Row]:
    """Yield the same rows before `player_lookup` is known, which may depend on other files."""
    with open_csv(path) as (header, lines):
        dialect = _dialect(path, header)
        for line in lines:
            yield _row(line, dialect, loaded_at)


def _dialect(path: Path, header: Sequence[str]) -> Dialect:
    dialect = min((TIDY, NBA_API), key=lambda style: len(style.missing(header)) / len(style.required))
    missing = dialect.missing(header)
    if missing:
        raise InvalidInput(f"{path} is no file of box scores; it lacks the columns {', '.join(missing)}")
    return dialect


def _row(line: CsvRow, dialect: Dialect, loaded_at: datetime) -> Row:
    names = dialect.columns
    row: Row = {
        "game_date": line.required(names["game_date"], parse_game_day),
        "game_id": line.required(names["game_id"], parse_game_id),
        "player_id": line.optional(names["player_id"], parse_id),
        "player_name": line.required(names["player_name"], parse_name),
        "minutes": line.required(names["minutes"], parse_minutes),
        "points": line.required(names["points"], parse_count),
        "plus_minus": line.optional(names["plus_minus"], parse_whole),
        "loaded_at": loaded_at,
    }
    row |= _sides(line, names)
    for name in COUNTS:
        row[name] = line.optional(names[name], parse_count)
    return row


def _sides(line: CsvRow, names: Mapping[str, str]) -> Row:
    team = line.required(names["team"], str.upper)
    if "matchup" in names:
        return _sides_of_matchup(line, names["matchup"], team)
    opponent = line.required(names["opponent"], str.upper)
    if opponent == team:
        raise line.fault(names["opponent"], "is the row's own team")
    is_home = line.required(names["is_home"], parse_flag)
    return {"team": team, "opponent": opponent, "is_home": is_home}


def _sides_of_matchup(line: CsvRow, column: str, team: str) -> Row:
    """Read a match-up as it stands: on a neutral floor the rows of both teams say CHI @ MEM."""
    home, away = line.required(column, parse_matchup)
    if home == away or team not in (home, away):
        raise line.fault(column, f"is no game of {team}")
    return {"team": team, "opponent": away if team == home else home, "is_home": team == home}
