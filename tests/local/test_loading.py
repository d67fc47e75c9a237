from datetime import UTC, date, datetime, timedelta

import pytest

from local.loading import load_lines, load_logs, load_sample, load_slate_from_logs
from local.sample_league import generate_league
from local.slate_builder import build_slate
from shared.clock import FakeClock
from shared.errors import DependencyUnavailable, InvalidInput
from shared.statements import inline_statement
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

DAY = date(2025, 1, 15)
GAMES = 2
NOW = datetime(2025, 1, 15, 13, tzinfo=UTC)
LOG_COLUMNS = "game_id,game_date,player_id,player_name,team,opponent,is_home,minutes,points"
LINE_COLUMNS = (
    "game_date,player_id,player_name,team,book_type,line,over_odds_best,under_odds_best,snapshot_last"
)
TABLES = ("nba_analytics.player_game_summary", "nba_analytics.upcoming_player_game_context")


@pytest.fixture(scope="module")
def warehouse():
    store = DuckDBWarehouse(None, FakeClock(NOW))
    store.create_schema()
    yield store
    store.close()


@pytest.fixture
def store(warehouse):
    for table in TABLES:
        warehouse.execute(inline_statement("empty", f"DELETE FROM {table} WHERE TRUE"))
    return warehouse


@pytest.fixture
def clock():
    return FakeClock(NOW)


@pytest.fixture
def file(tmp_path):
    def write(name, *lines):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def rows_of(store, table, order="game_date, player_lookup"):
    return store.query(inline_statement("rows", f"SELECT * FROM {table} ORDER BY {order}"))


def box_scores(store):
    return rows_of(store, "nba_analytics.player_game_summary")


def current(store):
    return rows_of(store, "nba_analytics.player_game_summary_current")


def slate(store):
    return {row["player_lookup"]: row for row in rows_of(store, "nba_analytics.upcoming_player_game_context")}


def log(player_id, name, days_ago, team="DAL", opponent="UTA", minutes=30, points=10):
    day = DAY - timedelta(days=days_ago)
    is_home = team < opponent
    return f"G{day:%m%d},{day},{player_id},{name},{team},{opponent},{is_home},{minutes},{points}"


def quote(player_id, name, line, team="DAL", day=DAY):
    return f"{day},{player_id},{name},{team},sportsbook,{line},-110,-105,{day} 09:00:00+00:00"


def test_box_scores_of_several_files_are_appended_and_counted(store, clock, file):
    first = file("a.csv", LOG_COLUMNS, log("1", "Luka Dončić", 5), log("2", "Idle Man", 5, minutes=0))
    second = file("b.csv", LOG_COLUMNS, log("1", "Luka Dončić", 3), log("3", "Lauri M", 3, "UTA", "DAL"))

    report = load_logs(store, [first, second], clock)

    assert report.as_dict() == {
        "rows": 4,
        "games": 2,
        "players": 3,
        "first_date": DAY - timedelta(days=5),
        "last_date": DAY - timedelta(days=3),
    }
    assert [row["player_lookup"] for row in current(store)] == [
        "idleman",
        "lukadoncic",
        "laurim",
        "lukadoncic",
    ]
    assert {row["loaded_at"] for row in current(store)} == {NOW}


def test_loading_again_appends_newer_versions_of_which_readers_see_one(store, clock, file):
    load_logs(store, [file("a.csv", LOG_COLUMNS, log("1", "Luka", 5, points=30))], clock)
    clock.advance(60)

    load_logs(store, [file("a.csv", LOG_COLUMNS, log("1", "Luka", 5, points=31))], clock)

    assert len(box_scores(store)) == 2
    assert [row["points"] for row in current(store)] == [31]


def test_box_scores_are_appended_in_chunks(store, clock, file, monkeypatch):
    monkeypatch.setattr("local.loading.ROWS_PER_APPEND", 2)
    rows = [log("1", "Luka", days_ago) for days_ago in range(1, 6)]

    load_logs(store, [file("a.csv", LOG_COLUMNS, *rows)], clock)

    assert len(current(store)) == 5


def test_nothing_is_appended_when_one_of_the_files_has_a_fault(store, clock, file):
    good = file("good.csv", LOG_COLUMNS, log("1", "Luka", 5))
    bad = file("bad.csv", LOG_COLUMNS, log("1", "Luka", 3, points="many"))

    with pytest.raises(InvalidInput, match=r"bad\.csv, line 2, column points"):
        load_logs(store, [good, bad], clock)

    assert box_scores(store) == []


def test_a_file_without_anybody_who_played_is_no_error(store, clock, file):
    report = load_logs(store, [file("a.csv", LOG_COLUMNS)], clock)

    assert (report.rows, report.first_date, report.last_date) == (0, None, None)


def test_a_namesake_in_a_later_file_does_not_take_over_a_lookup_of_the_store(store, clock, file):
    load_logs(store, [file("new.csv", LOG_COLUMNS, log("10", "Jalen Wood", 3), log("", "No Id", 3))], clock)

    load_logs(store, [file("old.csv", LOG_COLUMNS, log("20", "Jalen Wood", 30), log("5", "No Id", 9))], clock)

    by_id = {row["player_id"]: row["player_lookup"] for row in current(store)}
    assert by_id == {"10": "jalenwood", "20": "jalenwood-20", None: "noid", "5": "noid"}


def test_a_slate_is_made_from_the_stored_box_scores_and_replaces_the_one_before(store, clock, file):
    tonight = [log("9", "First Timer", 0), log("8", "Visitor", 0, "UTA", "DAL")]
    load_logs(store, [file("a.csv", LOG_COLUMNS, *tonight, log("1", "Luka", 5), log("2", "Dirk", 4))], clock)
    load_slate_from_logs(store, DAY, clock)
    load_logs(store, [file("b.csv", LOG_COLUMNS, log("2", "Dirk", 2, "CHI", "BOS", minutes=20))], clock)

    players = load_slate_from_logs(store, DAY, clock)

    assert players == 1
    assert slate(store)["luka"]["projected_minutes"] == 30
    assert slate(store)["luka"]["observed_at"] == NOW


@pytest.mark.parametrize(
    "days_ago",
    [
        pytest.param(1, id="in mid-season"),
        pytest.param(15, id="early, when histories are short"),
        pytest.param(0, id="a date whose games are not there yet"),
    ],
)
def test_the_store_hands_over_all_that_a_slate_needs(store, clock, days_ago):
    league = generate_league(DAY, 60, history_games=12)
    day = DAY - timedelta(days=days_ago)
    store.append("nba_analytics.player_game_summary", league.box_scores)

    load_slate_from_logs(store, day, clock)

    expected = build_slate(league.box_scores, day, clock.now())
    assert list(slate(store).values()) == sorted(expected, key=lambda row: row["player_lookup"])
    assert bool(expected) is (days_ago > 0)


def test_opening_night_is_made_from_last_seasons_games(store, clock, file):
    tonight = [log("9", "First Timer", 0), log("8", "Visitor", 0, "UTA", "DAL")]
    last_season = [log("1", "Luka", 190), log("2", "Lauri", 191, "UTA", "CHI")]
    load_logs(store, [file("a.csv", LOG_COLUMNS, *tonight, *last_season)], clock)

    load_slate_from_logs(store, DAY, clock)

    assert slate(store).keys() == {"luka", "lauri"}


def test_a_date_without_games_gets_an_empty_slate(store, clock):
    load_sample(store, DAY, 20, clock, GAMES)

    assert load_slate_from_logs(store, DAY, clock) == 0
    assert slate(store) == {}


def test_the_sample_league_stays_out_of_a_real_slate(store, clock, file):
    day = DAY - timedelta(days=1)
    load_sample(store, DAY, 20, clock, GAMES)
    tonight = [log("9", "First Timer", 1), log("8", "Visitor", 1, "UTA", "DAL")]
    load_logs(store, [file("a.csv", LOG_COLUMNS, *tonight, log("1", "Luka", 5))], clock)

    load_slate_from_logs(store, day, clock)

    assert [name for name, row in slate(store).items() if row["game_date"] == day] == ["luka"]


@pytest.fixture
def loaded(store, clock, file):
    """A store with the slates of two days: Luka and Lauri play on both, Dirk on none of them."""
    games = [
        *(log("1", "Luka", days_ago) for days_ago in (0, 1, 5)),
        *(log("2", "Lauri", days_ago, "UTA", "DAL") for days_ago in (0, 1, 5)),
        log("3", "Dirk", 100),
        log("4", "Rookie", 1),
    ]
    load_logs(store, [file("logs.csv", LOG_COLUMNS, *games)], clock)
    for days_ago in (0, 1):
        load_slate_from_logs(store, DAY - timedelta(days=days_ago), clock)
    return store


def lines(store):
    rows = rows_of(store, "nba_analytics.upcoming_player_game_context")
    found = ((row["game_date"], row["player_lookup"], row["line"]) for row in rows)
    return {(day, name): line for day, name, line in found if line is not None}


def test_lines_of_one_date_go_on_its_slate_alone(loaded, clock, file):
    path = file(
        "lines.csv",
        LINE_COLUMNS,
        quote("1", "Luka", 30.5),
        quote("1", "Luka", 29.5, day=DAY - timedelta(days=1)),
    )

    report = load_lines(loaded, path, DAY, clock)

    assert lines(loaded) == {(DAY, "luka"): 30.5}
    assert report.as_dict() == {
        "quotes": 1,
        "slates": 1,
        "players_with_line": 1,
        "newcomers": 0,
        "unmatched": 0,
        "without_slate": 0,
    }


def test_without_a_date_lines_go_on_every_slate_that_is_loaded(loaded, clock, file):
    yesterday, earlier = DAY - timedelta(days=1), DAY - timedelta(days=9)
    path = file(
        "lines.csv",
        LINE_COLUMNS,
        quote("1", "Luka", 30.5),
        quote("1", "Luka", 29.5, day=yesterday),
        quote("1", "Luka", 28.5, day=earlier),
        quote("3", "Dirk", 20.5),
        quote("", "", 11.5, team=""),
    )

    report = load_lines(loaded, path, None, clock)

    assert lines(loaded) == {(DAY, "luka"): 30.5, (yesterday, "luka"): 29.5}
    assert report.as_dict() == {
        "quotes": 5,
        "slates": 2,
        "players_with_line": 2,
        "newcomers": 0,
        "unmatched": 2,
        "without_slate": 1,
    }


def test_who_has_a_line_before_his_first_game_is_a_newcomer_and_later_a_veteran(loaded, clock, file):
    yesterday = DAY - timedelta(days=1)
    path = file(
        "lines.csv", LINE_COLUMNS, quote("4", "Rookie", 9.5, day=yesterday), quote("4", "Rookie", 10.5)
    )

    report = load_lines(loaded, path, None, clock)

    rows = rows_of(loaded, "nba_analytics.upcoming_player_game_context")
    minutes = {row["game_date"]: row["projected_minutes"] for row in rows if row["player_lookup"] == "rookie"}
    assert minutes == {yesterday: None, DAY: 30}
    assert report.newcomers == 1
    assert lines(loaded) == {(yesterday, "rookie"): 9.5, (DAY, "rookie"): 10.5}


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(DAY, id="a date that the file does not have"),
        pytest.param(None, id="a file without quotes"),
    ],
)
def test_a_file_that_says_nothing_of_a_date_changes_nothing(loaded, clock, file, day):
    other = [quote("1", "Luka", 30.5, day=DAY + timedelta(days=9))] if day else []

    report = load_lines(loaded, file("lines.csv", LINE_COLUMNS, *other), day, clock)

    assert (report.quotes, report.slates) == (0, 0)
    assert lines(loaded) == {}


def test_a_file_of_lines_with_a_fault_changes_no_slate(loaded, clock, file):
    path = file("lines.csv", LINE_COLUMNS, quote("1", "Luka", 30.5), quote("2", "Lauri", "high"))

    with pytest.raises(InvalidInput, match=r"lines\.csv, line 3, column line"):
        load_lines(loaded, path, None, clock)

    assert lines(loaded) == {}


def test_a_sample_puts_its_games_and_its_slate_into_the_store(store, clock):
    players = load_sample(store, DAY, 60, clock, GAMES)

    league = generate_league(DAY, 60, history_games=GAMES)
    assert len(box_scores(store)) == len(league.box_scores)
    assert players == len(slate(store)) == len(league.slate)
    assert {row["loaded_at"] for row in box_scores(store)} == {NOW}
    assert {row["observed_at"] for row in slate(store).values()} == {NOW}


def test_a_sample_that_is_there_already_is_not_appended_again(store, clock):
    load_sample(store, DAY, 60, clock, GAMES)
    before = box_scores(store)

    load_sample(store, DAY, 60, clock, GAMES)

    assert box_scores(store) == before


def test_a_game_that_is_there_in_part_is_made_whole(store, clock):
    load_sample(store, DAY, 60, clock, GAMES)
    before = [(row["game_id"], row["player_lookup"], row["points"]) for row in current(store)]
    game_id = before[0][0]
    lose = "DELETE FROM nba_analytics.player_game_summary WHERE game_id = @game_id AND is_home"
    store.execute(inline_statement("lose", lose, game_id="STRING"), game_id=game_id)

    load_sample(store, DAY, 60, clock, GAMES)

    assert [(row["game_id"], row["player_lookup"], row["points"]) for row in current(store)] == before


def test_the_next_days_sample_adds_a_day_to_the_same_story(store, clock):
    load_sample(store, DAY, 60, clock, GAMES)
    before = len(box_scores(store))

    load_sample(store, DAY + timedelta(days=1), 60, clock, GAMES)

    added = [row for row in box_scores(store) if row["game_date"] == DAY]
    assert 0 < len(added) == len(box_scores(store)) - before
    assert len(box_scores(store)) == len(current(store))


class UnavailableStore:
    """A store that is away."""

    def query(self, statement, **parameters):
        raise DependencyUnavailable("no answer")


@pytest.mark.parametrize(
    "load",
    [
        pytest.param(lambda store, clock, path: load_logs(store, [], clock), id="logs"),
        pytest.param(lambda store, clock, path: load_slate_from_logs(store, DAY, clock), id="slate"),
        pytest.param(lambda store, clock, path: load_lines(store, path, DAY, clock), id="lines"),
        pytest.param(lambda store, clock, path: load_sample(store, DAY, 5, clock), id="sample"),
    ],
)
def test_a_store_that_does_not_answer_is_never_taken_for_an_empty_one(load, clock, file):
    with pytest.raises(DependencyUnavailable):
        load(UnavailableStore(), clock, file("lines.csv", LINE_COLUMNS, quote("1", "Luka", 30.5)))
