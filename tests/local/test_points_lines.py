import gzip
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from local.known_players import KnownPlayers
from local.lines import LineQuote, attach_lines, read_lines
from shared.errors import InvalidInput

DAY = date(2024, 1, 30)
MORNING = datetime(2024, 1, 30, 13, tzinfo=UTC)
EARLY = datetime(2024, 1, 30, 18, 48, 37, tzinfo=UTC)
LATE = datetime(2024, 1, 30, 21, 13, 42, tzinfo=UTC)
HEADER = (
    "season,season_type,game_date,game_id,player_id,player_name,team,opponent,is_home,book_type,n_books,line,"
    "line_min,line_max,p_over_novig,over_odds_best,under_odds_best,snapshot_last"
)
NESMITH = (
    "2023-24,Regular Season,2024-01-30,0022300670,1630174,Aaron Nesmith,IND,BOS,False,sportsbook,4,12.5,"
    "11.5,12.5,0.467,104,-128,2024-01-30 21:13:42+00:00"
)
NOBODY = "2023-24,,2024-01-30,,,,,,,sportsbook,4,25.5,25.5,25.5,0.49,-105,-108,2024-01-30 18:48:37+00:00"


@pytest.fixture
def read(tmp_path):
    def read_text(*lines):
        path = tmp_path / "lines.csv"
        path.write_bytes(gzip.compress("\n".join(lines).encode()))
        return read_lines(path)

    return read_text


def test_a_quote_is_the_line_and_best_odds_of_one_player_at_one_moment(read):
    assert read(HEADER, NESMITH) == [
        LineQuote(
            game_date=DAY,
            line=12.5,
            player_id="1630174",
            player_name="Aaron Nesmith",
            team="IND",
            book_type="sportsbook",
            over_odds=104.0,
            under_odds=-128.0,
            observed_at=LATE,
        )
    ]


def test_a_quote_of_nobody_is_read_so_that_it_can_be_counted(read):
    (quote,) = read(HEADER, NOBODY)

    assert (quote.player_id, quote.player_name, quote.line) == (None, None, 25.5)


def test_a_time_without_an_offset_is_utc(read):
    (quote,) = read(HEADER, NESMITH.replace("+00:00", ""))

    assert quote.observed_at == LATE


@pytest.mark.parametrize(
    ("found", "written", "fault"),
    [
        pytest.param(",12.5,11.5", ",x,11.5", "column line: 'x' is not a number", id="line in words"),
        pytest.param(",12.5,11.5", ",,11.5", "column line: '' is missing", id="no line"),
        pytest.param(",12.5,11.5", ",0,11.5", "column line: '0' is no line", id="a line of nothing"),
        pytest.param(",12.5,11.5", ",-3,11.5", "column line: '-3' is no line", id="a negative line"),
        pytest.param(",104,", ",1.9,", "column over_odds_best: '1.9' are no American", id="European odds"),
        pytest.param(
            ",-128,", ",even,", "column under_odds_best: 'even' is not a number", id="odds in words"
        ),
        pytest.param("2024-01-30,0", "30.01.2024,0", "column game_date: '30.01.2024'", id="a bad date"),
        pytest.param("2024-01-30 21", "noon", "column snapshot_last: 'noon:13:42", id="a bad time"),
    ],
)
def test_a_bad_number_or_date_is_named_with_line_and_column(read, found, written, fault):
    with pytest.raises(InvalidInput) as raised:
        read(HEADER, NOBODY, NESMITH.replace(found, written))

    assert f"lines.csv, line 3, {fault}" in str(raised.value)


@pytest.mark.parametrize(
    ("header", "lacks"),
    [
        pytest.param("player_id,player_name", "game_date, line", id="neither date nor line"),
        pytest.param("game_date,line", "player_id or player_name", id="nobody"),
    ],
)
def test_a_file_without_the_needed_columns_is_refused_with_their_names(read, header, lacks):
    with pytest.raises(InvalidInput, match=f"lacks the columns {lacks}"):
        read(header)


def slate_row(name, player_id=None, lookup=None, team="IND"):
    return {
        "game_date": DAY,
        "game_id": "0022300670",
        "player_lookup": lookup or name.lower().replace(" ", "").replace(".", ""),
        "player_id": player_id,
        "player_name": name,
        "team": team,
        "opponent": "BOS" if team == "IND" else "IND",
        "is_home": team != "IND",
        "status": "QUESTIONABLE",
        "projected_minutes": 27.5,
        "line": None,
        "over_odds": None,
        "under_odds": None,
        "line_observed_at": None,
        "observed_at": MORNING,
    }


SLATE = [
    slate_row("Aaron Nesmith", "1630174"),
    slate_row("Jalen Wood", "10"),
    slate_row("Jalen Wood", "20", lookup="jalenwood-20", team="BOS"),
    slate_row("Tim Oak Jr.", "30", team="BOS"),
]
QUOTE = LineQuote(
    game_date=DAY, line=12.5, book_type="sportsbook", over_odds=104.0, under_odds=-128.0, observed_at=LATE
)


def attach(*quotes, veterans=()):
    return attach_lines(SLATE, quotes, KnownPlayers.of([*SLATE, *veterans]), LATE)


def lines(attached):
    return {row["player_lookup"]: row["line"] for row in attached.rows if row["line"] is not None}


def test_a_quote_sets_line_odds_and_times_and_nothing_else():
    attached = attach(replace(QUOTE, player_id="1630174"))

    assert attached.rows[0] == SLATE[0] | {
        "line": 12.5,
        "over_odds": 104.0,
        "under_odds": -128.0,
        "line_observed_at": LATE,
        "observed_at": LATE,
    }
    assert attached.rows[1:] == SLATE[1:]
    assert SLATE[0]["line"] is None


@pytest.mark.parametrize(
    ("quote", "lookup"),
    [
        pytest.param({"player_id": "20", "player_name": "Jalen Wood"}, "jalenwood-20", id="id before name"),
        pytest.param(
            {"player_id": "20", "player_name": "J. Wood"}, "jalenwood-20", id="id, whatever the name"
        ),
        pytest.param({"player_name": "Aaron NESMITH"}, "aaronnesmith", id="name, without id"),
        pytest.param({"player_id": "x9", "player_name": "Aaron Nesmith"}, "aaronnesmith", id="another's ids"),
        pytest.param({"player_name": "Aaron Nesmith III"}, "aaronnesmith", id="a suffix too many"),
        pytest.param({"player_name": "Tim Oak"}, "timoakjr", id="a suffix too few"),
    ],
)
def test_a_player_is_matched_by_id_then_by_name_then_without_a_suffix(quote, lookup):
    assert lines(attach(replace(QUOTE, **quote))) == {lookup: 12.5}


@pytest.mark.parametrize(
    ("quote", "veteran"),
    [
        pytest.param({}, None, id="neither id nor name"),
        pytest.param({"player_id": "99"}, None, id="an id that nobody has, without a name"),
        pytest.param({"player_name": "Jalen Wood Sr.", "team": "IND"}, None, id="two could be meant"),
        pytest.param(
            {"player_id": "99", "player_name": "Aaron Nesmith", "team": "DAL"},
            None,
            id="a namesake elsewhere",
        ),
        pytest.param({"player_name": "Old Hand", "team": "IND"}, "Old Hand", id="a veteran who is left out"),
        pytest.param(
            {"player_name": "Old Hand", "team": "IND"}, "Old Hand Jr.", id="a veteran with a suffix"
        ),
        pytest.param({"player_name": "New Man", "team": "DAL"}, None, id="a newcomer whose team is off"),
        pytest.param({"player_name": "New Man"}, None, id="a newcomer of no known team"),
        pytest.param({"player_name": "??", "team": "IND"}, None, id="a newcomer without a name"),
    ],
)
def test_a_quote_that_matches_nobody_is_counted(quote, veteran):
    veterans = [slate_row(veteran)] if veteran else []

    attached = attach(replace(QUOTE, **quote), veterans=veterans)

    assert attached.rows == SLATE
    assert (attached.with_line, attached.newcomers, attached.unmatched) == (0, 0, 1)


def test_a_newcomer_of_a_team_that_plays_is_added_without_projected_minutes():
    attached = attach(
        replace(QUOTE, player_id="77", player_name="New Man", team="BOS", line=9.5),
        replace(QUOTE, player_id="77", player_name="New Man", team="BOS", line=8.5, observed_at=EARLY),
    )

    assert (attached.with_line, attached.newcomers, attached.unmatched) == (1, 1, 0)
    assert attached.rows[-1] == slate_row("New Man", "77", team="BOS") | {
        "status": "ACTIVE",
        "projected_minutes": None,
        "line": 9.5,
        "over_odds": 104.0,
        "under_odds": -128.0,
        "line_observed_at": LATE,
        "observed_at": LATE,
    }


def test_lines_can_be_attached_again_without_adding_a_newcomer_twice():
    quote = replace(QUOTE, player_id="77", player_name="New Man", team="BOS")
    once = attach(quote)

    again = attach_lines(once.rows, [quote], KnownPlayers.of(SLATE), LATE)

    assert again.rows == once.rows
    assert again.newcomers == 0


@pytest.mark.parametrize(
    ("first", "second", "line"),
    [
        pytest.param(("dfs", LATE), ("sportsbook", EARLY), 2.5, id="a sportsbook before a newer dfs line"),
        pytest.param(("sportsbook", EARLY), ("sportsbook", LATE), 2.5, id="the newer snapshot"),
        pytest.param(("dfs", LATE), ("dfs", EARLY), 1.5, id="the newer snapshot, first in the file"),
        pytest.param(("dfs", None), ("dfs", EARLY), 2.5, id="any time before none"),
        pytest.param(("sportsbook", LATE), ("sportsbook", LATE), 1.5, id="the first of equals"),
        pytest.param((None, LATE), ("dfs", LATE), 1.5, id="an unknown book is as good as dfs"),
    ],
)
def test_of_two_quotes_for_a_player_the_better_one_counts(first, second, line):
    quotes = [
        replace(QUOTE, player_id="10", line=number, book_type=book, observed_at=at)
        for number, (book, at) in ((1.5, first), (2.5, second))
    ]

    attached = attach(*quotes)

    assert lines(attached) == {"jalenwood": line}
    assert attached.with_line == 1


def test_a_line_stays_where_no_quote_speaks_of_the_player():
    once = attach(replace(QUOTE, player_id="10"))

    again = attach_lines(once.rows, [replace(QUOTE, player_id="30", line=3.5)], KnownPlayers.of(SLATE), LATE)

    assert lines(again) == {"jalenwood": 12.5, "timoakjr": 3.5}
