"""Whom the feature query expects beside a player: by status and attendance, and what they leave him."""

from datetime import timedelta

import pytest
from feature_query import SLATE, days_before, features_of, player

TEN = tuple(f"aaa{number}" for number in range(10))
MINUTES = 24.0
RATE = (3 * 11 + 0.43 * 60) / (3 * 24 + 60)
REGULAR = 0.30 + 0.022 * 20 + 0.022 * 3
"""The chance of a player of 24 minutes who was in all of his team's three games."""


@pytest.fixture
def three_games(league):
    """Ten players a team, each in three games with 24 minutes and 11 points."""
    for days in (2, 4, 6):
        league.play(days_before(days))


def of_slate(store, league, **statuses):
    """Put the ten on the slate with these statuses and return the first one's features."""
    league.add_slate([league.expect(name, status=statuses.get(name, "ACTIVE")) for name in TEN])
    return player(store, "aaa0")


def test_supply_is_what_is_usual_of_team_mates_times_the_chance_that_they_play(store, league, three_games):
    row = of_slate(store, league)

    assert row["teammates_minutes"] == pytest.approx(9 * REGULAR * MINUTES)
    assert row["teammates_points"] == pytest.approx(9 * REGULAR * MINUTES * RATE)
    assert row["similar_minutes"] == pytest.approx(row["teammates_minutes"])
    assert row["minutes_by_supply"] == pytest.approx(240 / (1 + 9 * REGULAR))
    assert row["points_by_supply"] == pytest.approx(112 / (1 + 9 * REGULAR))
    assert row["regulars_absent"] == pytest.approx(9 * (1 - REGULAR))


def test_a_team_mate_who_is_out_gives_away_his_minutes_and_points(store, league, three_games):
    row = of_slate(store, league, aaa3="OUT", aaa4="DOUBTFUL")

    playing = 7 * REGULAR + 0.1
    assert row["minutes_by_supply"] == pytest.approx(240 / (1 + playing))
    assert row["points_by_supply"] == pytest.approx(112 / (1 + playing))
    assert row["star_absent_points"] == pytest.approx(MINUTES * RATE)
    assert row["regulars_absent"] == pytest.approx(9 - playing)
    assert row["minutes_by_supply"] > 240 / (1 + 9 * REGULAR)


def test_the_change_of_supply_is_tonight_less_the_games_behind_his_averages(store, league, three_games):
    row = of_slate(store, league, aaa3="OUT")

    first, second = (11 + 25.8) / (24 + 60), (22 + 25.8) / (48 + 60)  # of whom nothing is known at first
    last, before = 1, 0.5 ** (1 / 5)
    points = 9 * MINUTES * (last * second + before * first) / (last + before)
    assert row["teammates_minutes_change_5"] == pytest.approx((8 * REGULAR - 9) * MINUTES)
    assert row["similar_minutes_change_15"] == pytest.approx((8 * REGULAR - 9) * MINUTES)
    assert row["teammates_points_change_5"] == pytest.approx(8 * REGULAR * MINUTES * RATE - points)


@pytest.mark.parametrize("status", ["OUT", "DOUBTFUL", "QUESTIONABLE", "PROBABLE"])
def test_his_own_status_says_nothing_about_a_player(store, league, three_games, status):
    usual = of_slate(store, league)
    known = league.expect("aaa0", status=status)

    league.add_slate([known | {"observed_at": known["observed_at"] + timedelta(hours=1)}])

    assert player(store, "aaa0") == usual | {"status": status}


def test_a_player_who_is_alone_has_no_supply_and_all_of_what_there_is(store, league):
    for days in (2, 4):
        league.add_games([league.line(days_before(days), "aaa0", "AAA", "BBB")])
    league.slate("aaa0")

    row = player(store, "aaa0")

    assert (row["points_by_supply"], row["minutes_by_supply"]) == (112, 240)
    names = ("teammates_points", "teammates_minutes", "similar_minutes", "scoring_rank", "minutes_rank")
    assert [row[name] for name in names] == [0] * 5
    names = ("star_absent_points", "regulars_absent", "newly_absent_minutes", "returned_minutes")
    assert [row[name] for name in names] == [0] * 4
    assert (row["teammates_points_change_5"], row["teammates_minutes_change_5"]) == (0, 0)


@pytest.mark.parametrize(
    ("played", "chance"),
    [
        pytest.param([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 0.96, id="all of ten games"),
        pytest.param(
            [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 0.30 + 0.44 + 0.022, id="one of ten: back since the last"
        ),
        pytest.param([0, 1, 1, 1, 1, 1, 1, 1, 1, 1], 0.46, id="missed the last one"),
        pytest.param([0, 0, 1, 1, 1, 1, 1, 1, 1, 1], 0.30, id="missed two"),
        pytest.param([0, 0, 0, 1, 1, 1, 1, 1, 1, 1], 0.14, id="missed three"),
        pytest.param([0, 0, 0, 0, 1, 1, 1, 1, 1, 1], 0.11, id="missed four"),
        pytest.param([0, 0, 0, 0, 0, 0, 1, 1, 1, 1], 0.08, id="missed six, and never less than this"),
    ],
)
def test_without_a_word_of_his_status_attendance_says_how_likely_a_team_mate_plays(
    store, league, played, chance
):
    for ago, is_there in enumerate(played):
        names = ("aaa0", "aaa1") if is_there else ("aaa0",)
        league.add_games([league.line(days_before(1 + 2 * ago), name, "AAA", "BBB") for name in names])
    league.slate("aaa0", "aaa1")

    row = player(store, "aaa0")

    assert row["teammates_minutes"] == pytest.approx(chance * MINUTES)


@pytest.mark.parametrize(
    ("played", "since", "newly_absent", "returned"),
    [
        pytest.param([1, 1, 1, 1, 1, 1], 15, 0, 0, id="never absent"),
        pytest.param([0, 1, 1, 1, 1, 1], 0, 24, 0, id="absent last time"),
        pytest.param([0, 0, 1, 1, 1, 1], 0, 24, 0, id="absent twice"),
        pytest.param([0, 0, 0, 1, 1, 1], 0, 0, 0, id="absent for longer"),
        pytest.param([1, 1, 1, 1, 0, 1], 4, 0, 24, id="back within five games"),
        pytest.param([1, 1, 1, 1, 1, 0, 1], 5, 0, 0, id="back for longer"),
        pytest.param([*[1] * 15, 0, 1], 15, 0, 0, id="absence is forgotten after fifteen games"),
    ],
)
def test_absences_are_counted_in_games_of_the_team(store, league, played, since, newly_absent, returned):
    for ago, is_there in enumerate(played):
        names = ("aaa0", "aaa1") if is_there else ("aaa0",)
        league.add_games([league.line(days_before(1 + ago), name, "AAA", "BBB") for name in names])
    league.slate("aaa0", "aaa1")

    rows = features_of(store)

    assert rows[SLATE, "aaa1"]["games_since_absence"] == since
    mate = rows[SLATE, "aaa0"]
    assert (mate["newly_absent_minutes"], mate["returned_minutes"]) == (newly_absent, returned)
    assert mate["games_since_absence"] == 15


def test_team_mates_of_another_style_take_fewer_of_his_minutes(store, league):
    guard, big = (
        {"oreb": 0.0, "dreb": 1.0, "assists": 9.0},
        {"oreb": 4.0, "dreb": 8.0, "assists": 0.0, "blocks": 2.0},
    )
    for days in (2, 4, 6):
        league.play(days_before(days), {"aaa0": guard, "aaa1": guard, "aaa2": big}, players=3)
    league.slate("aaa0", "aaa1", "aaa2")

    rows = features_of(store)

    styles = [rows[SLATE, name]["playing_style"] for name in ("aaa0", "aaa2")]
    minutes = [rows[SLATE, name]["similar_minutes"] for name in ("aaa0", "aaa2")]
    expected = [
        36 * (3 * bulk + 60 * 0.03362) / 132 - 1.30476 for bulk in (1 / 3 - 9 / 2.5, 12 / 3 + 2 / 1.4)
    ]
    assert styles == pytest.approx(expected)
    assert minutes[0] == pytest.approx(REGULAR * MINUTES, rel=0.01)
    assert minutes[1] < 0.1


def test_who_has_not_played_for_200_days_is_known_by_older_games_and_to_no_one_by_style(
    store, league, three_games
):
    league.add_games([league.line(days_before(250), "old", "AAA", "BBB", minutes=12.0)])
    league.add_slate([league.expect("old"), league.expect("aaa0")])

    old, mate = player(store, "old"), player(store, "aaa0")

    assert mate["teammates_minutes"] == pytest.approx(0.14 * 12)
    assert mate["teammates_points"] == pytest.approx(0.14 * 12 * 0.43)
    assert old["minutes_by_supply"] == pytest.approx(240 * 12 / (12 + REGULAR * MINUTES))
    changes = ("teammates_points_change_5", "teammates_points_change_15", "teammates_minutes_change_5")
    unknown = (*changes, "similar_minutes_change_15", "playing_style")
    assert [old[name] for name in unknown] == [None] * 5
