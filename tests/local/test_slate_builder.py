from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.slate_builder import build_slate

DAY = date(2025, 2, 7)
AT = datetime(2025, 2, 7, 13, tzinfo=UTC)


def box_score(player, days_ago, team="DAL", opponent="UTA", minutes=30.0, is_home=True, game_id=None):
    day = DAY - timedelta(days=days_ago)
    teams = "".join(sorted((team, opponent)))
    return {
        "game_date": day,
        "game_id": game_id or f"{day:%Y%m%d}{teams}",
        "player_lookup": player,
        "player_id": f"id-{player}",
        "player_name": player.title(),
        "team": team,
        "opponent": opponent,
        "is_home": is_home,
        "minutes": minutes,
        "points": 10.0,
    }


TONIGHT = [box_score("anybody", 0), box_score("visitor", 0, "UTA", "DAL", is_home=False)]


def players(rows):
    return {row["player_lookup"]: row["team"] for row in build_slate(rows, DAY, AT)}


def test_a_slate_row_has_the_schedule_of_the_day_and_the_minutes_of_the_days_before():
    rows = [
        *TONIGHT,
        box_score("luka", 2, "DAL", "CHI", 40.0, is_home=False),
        box_score("luka", 4, minutes=31),
    ]

    (row,) = build_slate(rows, DAY, AT)

    assert row == {
        "game_date": DAY,
        "game_id": "20250207DALUTA",
        "player_lookup": "luka",
        "player_id": "id-luka",
        "player_name": "Luka",
        "team": "DAL",
        "opponent": "UTA",
        "is_home": True,
        "status": "ACTIVE",
        "projected_minutes": 35.5,
        "line": None,
        "over_odds": None,
        "under_odds": None,
        "line_observed_at": None,
        "observed_at": AT,
    }


def test_a_date_without_games_has_no_slate():
    assert build_slate([box_score("luka", 1)], DAY, AT) == []


def test_a_player_stands_on_the_slate_whether_or_not_he_played_in_the_end():
    rows = [box_score("luka", 3), box_score("kyrie", 3), box_score("kyrie", 0)]

    assert players(rows) == {"luka": "DAL", "kyrie": "DAL"}


def test_whoever_first_plays_that_day_could_not_be_known():
    assert players([*TONIGHT, box_score("luka", 3)]) == {"luka": "DAL"}


@pytest.mark.parametrize(
    ("days_ago", "is_listed"),
    [
        pytest.param(1, True, id="the day before"),
        pytest.param(15, True, id="15 days before"),
        pytest.param(16, False, id="16 days before"),
    ],
)
def test_a_player_was_used_in_the_15_days_before(days_ago, is_listed):
    rows = [*TONIGHT, box_score("luka", days_ago), box_score("kyrie", 5)]

    assert ("luka" in players(rows)) is is_listed


def test_a_team_without_recent_games_is_taken_from_its_last_ten():
    rows = [*TONIGHT, *(box_score(f"man{game:02d}", 180 + game) for game in range(12))]

    assert sorted(players(rows)) == [f"man{game:02d}" for game in range(10)]


def test_one_recent_game_is_enough_to_leave_the_older_ones_out():
    rows = [*TONIGHT, box_score("old", 16), box_score("new", 15)]

    assert players(rows) == {"new": "DAL"}


@pytest.mark.parametrize(
    ("teams", "expected"),
    [
        pytest.param(["DAL", "CHI"], {}, id="to a team that does not play"),
        pytest.param(["CHI", "DAL"], {"luka": "DAL"}, id="from a team that does not play"),
        pytest.param(["UTA", "DAL"], {"luka": "DAL"}, id="between the teams of a game"),
    ],
)
def test_a_traded_player_stands_there_once_for_his_newest_team(teams, expected):
    rows = [box_score("luka", 9 - index, team, "BOS") for index, team in enumerate(teams)]

    assert players([*TONIGHT, *rows]) == expected


def test_projected_minutes_are_the_mean_of_the_last_ten_games_for_any_team():
    older = [
        box_score("luka", 30 - game, "CHI" if game < 6 else "DAL", "BOS", minutes=float(game))
        for game in range(12)
    ]

    (row,) = build_slate([*TONIGHT, *older, box_score("luka", 1, minutes=50.0)], DAY, AT)

    assert row["projected_minutes"] == (50 + sum(range(3, 12))) / 10


def test_a_row_without_minutes_is_no_game_of_his():
    rows = [
        *TONIGHT,
        box_score("luka", 2, minutes=0.0),
        box_score("kyrie", 2),
        box_score("kyrie", 1, minutes=0.0),
    ]

    assert players(rows) == {"kyrie": "DAL"}


def test_a_team_without_rows_of_the_day_is_the_other_side_of_its_opponents_game():
    rows = [TONIGHT[0], box_score("lauri", 2, "UTA", "CHI")]

    (row,) = build_slate(rows, DAY, AT)

    assert (row["team"], row["opponent"], row["is_home"]) == ("UTA", "DAL", False)
    assert row["game_id"] == TONIGHT[0]["game_id"]


def test_both_sides_are_away_on_a_neutral_floor_if_their_rows_say_so():
    tonight = [box_score("a", 0, is_home=False), box_score("b", 0, "UTA", "DAL", is_home=False)]

    rows = build_slate([*tonight, box_score("luka", 2), box_score("lauri", 2, "UTA", "CHI")], DAY, AT)

    assert [row["is_home"] for row in rows] == [False, False]


PAIRINGS = ({"A": "B", "C": "D"}, {"A": "C", "B": "D"}, {"A": "D", "B": "C"})


def side(player, days_ago, team, minutes=20):
    """One player's row in a league of four teams, who meet in turn; on the day A plays B and C plays D."""
    pairs = PAIRINGS[days_ago % 3]
    opponents = pairs | {away: home for home, away in pairs.items()}
    return box_score(player, days_ago, team, opponents[team], minutes, is_home=team in pairs)


PLAYED = st.lists(
    st.tuples(st.sampled_from("pqrstuvw"), st.integers(-3, 40), st.sampled_from("ABCD"), st.integers(0, 48)),
    max_size=30,
    unique_by=lambda played: played[:2],
)
SCHEDULE = [side(f"starter{team}", 0, team) for team in "ABCD"]


@settings(max_examples=100, deadline=None)
@given(played=PLAYED, also_played=PLAYED)
def test_nothing_that_happens_on_the_day_or_later_changes_the_slate(played, also_played):
    before = [side(*who) for who in played if who[1] > 0]
    after = [side(*who) for who in [*played, *also_played] if who[1] <= 0]

    slate = build_slate([*before, *SCHEDULE], DAY, AT)

    assert build_slate([*after, *before, *SCHEDULE], DAY, AT) == slate
    assert build_slate([*SCHEDULE[::-1], *before[::-1]], DAY, AT) == slate
    assert len({row["player_lookup"] for row in slate}) == len(slate)


@given(played=PLAYED)
def test_a_slate_is_of_those_who_played_before_each_for_his_newest_team(played):
    newest = {}
    for player, days_ago, team, minutes in played:
        if days_ago > 0 and minutes > 0 and days_ago < newest.get(player, (99,))[0]:
            newest[player] = (days_ago, team)

    slate = build_slate([*(side(*who) for who in played), *SCHEDULE], DAY, AT)

    assert {row["player_lookup"] for row in slate} <= newest.keys()
    assert all(row["team"] == newest[row["player_lookup"]][1] for row in slate)
