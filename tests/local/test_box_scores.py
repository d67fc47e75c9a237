import gzip
from datetime import UTC, date, datetime

import pytest

from local.box_scores import read_box_scores
from shared.errors import InvalidInput

LOADED_AT = datetime(2025, 1, 2, 13, tzinfo=UTC)
TIDY = {
    "game_id": "0022400110",
    "game_date": "2024-10-28",
    "player_id": "1629655",
    "player_name": "Daniel Gafford",
    "team": "DAL",
    "opponent": "UTA",
    "is_home": "True",
    "minutes": "20.0",
    "points": "9",
    "fgm": "4",
    "fga": "8",
    "fg3m": "0",
    "fg3a": "0",
    "ftm": "1",
    "fta": "1",
    "oreb": "4",
    "dreb": "3",
    "assists": "0",
    "steals": "0",
    "blocks": "3",
    "turnovers": "0",
    "fouls": "2",
    "plus_minus": "-1",
    "usage_pct": "12.5",
}
NBA_API = {
    "SEASON_YEAR": "2024-25",
    "PLAYER_ID": "1629655",
    "PLAYER_NAME": "Daniel Gafford",
    "TEAM_ABBREVIATION": "DAL",
    "GAME_ID": "0022400110",
    "GAME_DATE": "2024-10-28T00:00:00",
    "MATCHUP": "DAL vs. UTA",
    "WL": "W",
    "MIN": "20",
    "PTS": "9",
    "FGM": "4",
    "FGA": "8",
    "FG3M": "0",
    "FG3A": "0",
    "FTM": "1",
    "FTA": "1",
    "OREB": "4",
    "DREB": "3",
    "AST": "0",
    "STL": "0",
    "BLK": "3",
    "TOV": "0",
    "PF": "2",
    "PLUS_MINUS": "-1",
}
READ = {
    "game_id": "0022400110",
    "game_date": date(2024, 10, 28),
    "player_lookup": "danielgafford",
    "player_id": "1629655",
    "player_name": "Daniel Gafford",
    "team": "DAL",
    "opponent": "UTA",
    "is_home": True,
    "minutes": 20.0,
    "points": 9.0,
    "fgm": 4.0,
    "fga": 8.0,
    "fg3m": 0.0,
    "fg3a": 0.0,
    "ftm": 1.0,
    "fta": 1.0,
    "oreb": 4.0,
    "dreb": 3.0,
    "assists": 0.0,
    "steals": 0.0,
    "blocks": 3.0,
    "turnovers": 0.0,
    "fouls": 2.0,
    "plus_minus": -1.0,
    "loaded_at": LOADED_AT,
}


def csv_text(*rows):
    quoted = [",".join(f'"{value}"' for value in row.values()) for row in rows]
    return "\n".join([",".join(rows[0]), *quoted]) + "\n"


@pytest.fixture
def read(tmp_path):
    def read_rows(*rows, content=None):
        path = tmp_path / "logs.csv"
        path.write_bytes(content if content is not None else csv_text(*rows).encode())
        return read_box_scores(path, LOADED_AT)

    return read_rows


@pytest.mark.parametrize("row", [pytest.param(TIDY, id="tidy"), pytest.param(NBA_API, id="nba_api")])
def test_both_styles_of_file_say_the_same(read, row):
    assert read(row) == [READ]


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(str.encode, id="plain"),
        pytest.param(lambda text: gzip.compress(text.encode()), id="gzip under a name that does not say so"),
        pytest.param(lambda text: text.encode("utf-8-sig"), id="with a byte order mark"),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="with Windows line ends"),
        pytest.param(lambda text: (text + "\n\n").encode(), id="with empty lines at the end"),
    ],
)
def test_a_file_is_read_however_it_is_wrapped(read, encode):
    assert read(content=encode(csv_text(TIDY))) == [READ]


@pytest.mark.parametrize(
    ("column", "written", "name", "value"),
    [
        pytest.param("GAME_DATE", "2024-10-28", "game_date", date(2024, 10, 28), id="a plain date"),
        pytest.param("GAME_DATE", "OCT 28, 2024", "game_date", date(2024, 10, 28), id="a worded date"),
        pytest.param("GAME_DATE", "Nov 1, 2024", "game_date", date(2024, 11, 1), id="a worded date, mixed"),
        pytest.param("MIN", "34.5", "minutes", 34.5, id="minutes with a fraction"),
        pytest.param("MIN", "34:12", "minutes", 34.2, id="minutes with seconds"),
        pytest.param("MIN", "34.000000:12", "minutes", 34.2, id="minutes with zeros and seconds"),
        pytest.param("PTS", "24.0", "points", 24.0, id="a count as a decimal"),
        pytest.param("PLAYER_ID", "203897.0", "player_id", "203897", id="an id as a decimal"),
        pytest.param("GAME_ID", "22400110", "game_id", "0022400110", id="a game id that lost its zeros"),
        pytest.param("PLAYER_ID", "", "player_id", None, id="no player id"),
        pytest.param("FTA", "", "fta", None, id="an optional count is missing"),
        pytest.param("FTA", "nan", "fta", None, id="an optional count is missing in words"),
        pytest.param("PLUS_MINUS", "-23", "plus_minus", -23.0, id="plus-minus may be negative"),
        pytest.param("PLAYER_NAME", "Luka Dončić", "player_lookup", "lukadoncic", id="accents"),
    ],
)
def test_values_are_read_in_every_way_they_are_written(read, column, written, name, value):
    (row,) = read(NBA_API | {column: written})

    assert row[name] == value


@pytest.mark.parametrize(
    ("team", "matchup", "opponent", "is_home"),
    [
        pytest.param("DAL", "DAL vs. UTA", "UTA", True, id="at home"),
        pytest.param("CHI", "CHI @ MEM", "MEM", False, id="away"),
        pytest.param("MIA", "MIA @ WAS", "WAS", False, id="neutral floor, the visitor's row"),
        pytest.param("WAS", "MIA @ WAS", "MIA", True, id="neutral floor, the host's row says the same"),
    ],
)
def test_a_match_up_says_who_is_at_home(read, team, matchup, opponent, is_home):
    (row,) = read(NBA_API | {"TEAM_ABBREVIATION": team, "MATCHUP": matchup})

    assert (row["team"], row["opponent"], row["is_home"]) == (team, opponent, is_home)


@pytest.mark.parametrize("minutes", ["0", "0.0", "0:00"])
def test_a_row_of_no_minutes_stays_since_it_says_that_the_game_is_played(read, minutes):
    (row,) = read(NBA_API | {"MIN": minutes})

    assert row["minutes"] == 0


def test_an_optional_column_that_is_absent_is_none_in_every_row(read):
    (row,) = read({name: value for name, value in TIDY.items() if name not in ("fta", "player_id")})

    assert row["fta"] is None
    assert row["player_id"] is None


@pytest.mark.parametrize(
    ("column", "written", "reason"),
    [
        pytest.param("points", "", "is missing", id="missing points"),
        pytest.param("points", "NaN", "is missing", id="points that are not a number"),
        pytest.param("points", "-2", "is negative", id="negative points"),
        pytest.param("points", "24.5", "is not a whole number", id="half a point"),
        pytest.param("points", "many", "is not a number", id="points in words"),
        pytest.param("points", "1e3", "is not a number", id="points in exponents"),
        pytest.param("points", "inf", "is not a number", id="infinite points"),
        pytest.param("fga", "-1", "is negative", id="a negative optional count"),
        pytest.param("fga", "x", "is not a number", id="an unreadable optional count"),
        pytest.param("minutes", "", "is missing", id="missing minutes"),
        pytest.param("minutes", "-1.5", "is negative", id="negative minutes"),
        pytest.param("minutes", "34:75", "is not a number", id="75 seconds"),
        pytest.param("game_date", "28/10/2024", "is not a date", id="another order of day and month"),
        pytest.param("game_date", "2024-13-01", "is not a day of the calendar", id="a thirteenth month"),
        pytest.param("game_date", "OCT 32, 2024", "is not a day of the calendar", id="a 32nd"),
        pytest.param("game_date", "XYZ 12, 2024", "is not a date", id="no month"),
        pytest.param("game_id", "", "is missing", id="missing game"),
        pytest.param("player_name", " ", "is missing", id="missing player"),
        pytest.param("player_name", "?", "is not a name", id="a name without letters"),
        pytest.param("team", "", "is missing", id="missing team"),
        pytest.param("opponent", "", "is missing", id="missing opponent"),
        pytest.param("opponent", "DAL", "is the row's own team", id="a team against itself"),
        pytest.param("is_home", "maybe", "is neither true nor false", id="neither home nor away"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_file_line_column_and_value(read, column, written, reason):
    with pytest.raises(InvalidInput) as raised:
        read(TIDY, TIDY | {column: written})

    text = str(raised.value)
    assert "logs.csv, line 3" in text
    assert f"column {column}: {written!r} {reason}" in text


@pytest.mark.parametrize(
    ("matchup", "reason"),
    [
        pytest.param("DAL UTA", "is not a match-up", id="no sign between the teams"),
        pytest.param("CHI @ MEM", "is no game of DAL", id="a game of others"),
        pytest.param("DAL @ DAL", "is no game of DAL", id="a team against itself"),
    ],
)
def test_a_match_up_must_be_a_game_of_the_rows_team(read, matchup, reason):
    with pytest.raises(InvalidInput, match=f"line 2, column MATCHUP: '{matchup}' {reason}"):
        read(NBA_API | {"MATCHUP": matchup})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "is empty", id="nothing"),
        pytest.param(b"\n\n", "is empty", id="empty lines"),
        pytest.param(gzip.compress(b""), "is empty", id="nothing, gzipped"),
        pytest.param(gzip.compress(csv_text(TIDY).encode())[:-20], "cannot be read", id="a torn gzip"),
        pytest.param(b"\x1f\x8brubbish", "cannot be read", id="no gzip behind its first bytes"),
        pytest.param(b"\xff\xfe\x00name", "cannot be read", id="not UTF-8"),
        pytest.param(csv_text(TIDY).encode() + b'"open', "cannot be read", id="a quote that never ends"),
        pytest.param(csv_text(TIDY).encode() + b"1,2\n", "line 3: it has 2 values for 24", id="a short line"),
    ],
)
def test_a_file_that_is_not_a_whole_csv_file_is_refused(read, content, reason):
    with pytest.raises(InvalidInput, match=reason):
        read(content=content)


@pytest.mark.parametrize(
    ("header", "lacks"),
    [
        pytest.param("a,b", "game_id, game_date, player_name", id="neither style"),
        pytest.param(",".join(set(TIDY) - {"minutes"}), "lacks the columns minutes", id="tidy but for one"),
        pytest.param(",".join(set(NBA_API) - {"MIN"}), "lacks the columns MIN", id="nba_api but for one"),
    ],
)
def test_a_file_of_neither_style_is_refused_with_the_columns_it_lacks(read, header, lacks):
    with pytest.raises(InvalidInput, match=lacks):
        read(content=header.encode())


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path):
    with pytest.raises(InvalidInput, match=r"nowhere\.csv cannot be read"):
        read_box_scores(tmp_path / "nowhere.csv", LOADED_AT)
