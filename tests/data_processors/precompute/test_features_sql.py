"""The feature query, against a second computation in plain Python and against looking ahead."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
import sqlglot
from feature_query import PACKAGE, SLATE, days_before, features_of, player
from plain_features import PlainFeatures

from data_processors.precompute.ml_feature_store.quality import QualityPolicy, judge_features
from shared.features import FEATURE_NAMES
from shared.messages import PHASE4_PROCESSOR
from shared.statements import inline_statement, load_statement


def random_season(league: Any, seed: int = 7, reach: int = 260) -> list[dict[str, Any]]:
    """Fifty games of two teams of eight, on random days within `reach` before and the 5 after the slate."""
    dice = random.Random(seed)
    rows = []
    for days in sorted(dice.sample(range(-5, reach), 50)):
        for team, opponent in (("AAA", "BBB"), ("BBB", "AAA")):
            for number in dice.sample(range(8), 6):
                name = f"{team.lower()}{number}"
                rows.append(
                    league.line(days_before(days), name, team, opponent, **random_counts(dice, number))
                )
    return rows


def random_counts(dice: random.Random, number: int) -> dict[str, float]:
    """Return what a player did; the higher his number, the more he is a big man."""
    most = {
        "points": 40,
        "fgm": 12,
        "fg3m": 3,
        "fg3a": 9,
        "ftm": 4,
        "fta": 9,
        "oreb": number,
        "dreb": 2 * number,
        "assists": 2 * (8 - number),
        "blocks": number // 3,
        "turnovers": 5,
    }
    counts = {column: float(dice.randint(0, highest)) for column, highest in most.items()}
    return counts | {"minutes": dice.randint(10, 400) / 10, "fga": 9.0 + dice.randint(3, 16)}


def test_every_feature_is_what_a_plain_computation_says(store, league):
    games = random_season(league)
    league.add_games(games)
    statuses = {f"aaa{number}": "ACTIVE" for number in range(8)} | {"aaa2": "OUT", "aaa5": "DOUBTFUL"}
    league.add_slate([league.expect(name, status=status) for name, status in statuses.items()])
    plain = PlainFeatures(games, statuses, SLATE)

    rows = features_of(store)

    for name in statuses:
        expected = plain.of(name, "AAA", "BBB")
        assert {f: rows[SLATE, name][f] for f in FEATURE_NAMES} == pytest.approx(expected), name


def test_the_query_returns_exactly_the_features_of_the_contract_as_floats(store, league):
    league.add_games(random_season(league))
    league.slate("aaa0")

    row = player(store, "aaa0")

    facts = {"game_date", "player_lookup", "status", "projected_minutes"}
    guarded = {
        "is_listed_twice": bool,
        "games_counted_twice": int,
        "slates_since_box_scores": int,
        "league_days_since_team": int,
        "team_games_since_player": int,
    }
    types = {name: type(row[name]) for name in row.keys() - facts}
    assert types == dict.fromkeys(FEATURE_NAMES, float) | guarded


def test_an_older_game_weighs_half_as_much_after_each_half_life(store, league):
    for ago, points in enumerate([10.0, 0.0, 0.0, 20.0]):
        league.play(days_before(2 + ago), {"aaa0": {"points": points}})
    league.slate("aaa0")

    row = player(store, "aaa0")

    weights = [1, 0.7937005, 0.6299605, 0.5]
    assert row["points_ewm_3"] == pytest.approx((10 + 20 * 0.5) / sum(weights))


def test_usage_is_an_even_share_when_everyone_does_the_same(store, league):
    league.play(days_before(2))
    league.slate("aaa0")

    row = player(store, "aaa0")

    assert row["usage_avg_10"] == pytest.approx(0.2)
    assert row["points_share_10"] == pytest.approx(0.1)
    assert row["opponent_defence_10"] == pytest.approx(100 * 110 / 98.8)


@pytest.mark.parametrize(
    ("days", "rest", "back_to_back"),
    [
        pytest.param(1, 0, 1, id="played yesterday"),
        pytest.param(2, 1, 0, id="one day without a game"),
        pytest.param(400, 399, 0, id="the oldest game that counts"),
    ],
)
def test_rest_days_are_the_days_without_a_game(store, league, days, rest, back_to_back):
    league.play(days_before(days))
    league.slate("aaa0")

    row = player(store, "aaa0")

    assert (row["rest_days"], row["is_back_to_back"]) == (rest, back_to_back)


def test_back_to_back_is_about_the_team_even_if_the_player_rested(store, league):
    league.play(days_before(3))
    league.add_games([league.line(days_before(1), "aaa9", "AAA", "BBB")])
    league.slate("aaa0")

    row = player(store, "aaa0")

    assert (row["rest_days"], row["is_back_to_back"]) == (2, 1)


def test_a_traded_player_keeps_his_games_and_gets_the_new_team(store, league):
    league.play(days_before(9), {"aaa0": {"points": 30.0}})
    league.add_games([league.line(days_before(1), "aaa0", "CCC", "BBB", points=10.0)])
    league.add_slate([league.expect("aaa0", "CCC", "AAA")])

    row = player(store, "aaa0")

    assert (row["points_avg_5"], row["games_played"], row["is_back_to_back"]) == (20, 2, 1)


def test_games_outside_the_400_days_before_change_nothing(store, league):
    league.play(days_before(3))
    league.slate("aaa0", "bbb0")
    before = features_of(store)

    for days in (0, -1, -30, 401):
        league.play(days_before(days), {"aaa0": {"points": 70.0}})

    assert features_of(store) == before


@pytest.mark.parametrize(
    "spoiling",
    [
        pytest.param("UPDATE {} SET points = 60, minutes = 48, fga = 40, assists = 30", id="changed"),
        pytest.param("UPDATE {} SET points = 0, minutes = 0, fga = 0, assists = 0", id="zeroed"),
        pytest.param("UPDATE {} SET fga = NULL, fgm = NULL, assists = NULL", id="blanked"),
        pytest.param("DELETE FROM {}", id="deleted"),
    ],
)
def test_what_happened_on_the_day_itself_or_later_changes_nothing(store, league, spoiling):
    games = random_season(league)
    league.add_games(games)
    that_day = [game | {"game_date": SLATE, "game_id": "that day"} for game in games[-12:]]
    tomorrow = [game | {"game_date": days_before(-1), "game_id": "tomorrow"} for game in games[-12:]]
    league.add_games([*that_day, *tomorrow])
    league.slate("aaa0", "aaa1", "bbb0")
    before = features_of(store)

    sql = spoiling.format("nba_analytics.player_game_summary") + " WHERE game_date >= '2025-01-15'"
    spoilt = store.execute(inline_statement("spoil", sql))

    assert spoilt >= 24
    assert features_of(store) == before


def test_a_game_of_the_day_before_does_change_the_features(store, league):
    league.play(days_before(3))
    league.slate("aaa0")
    before = features_of(store)

    league.play(days_before(1))

    assert features_of(store) != before


def test_a_slate_alone_is_stored_as_it_is_among_others(store, league):
    edges = {
        (days_before(days), f"aaa{number}"): league.line(days_before(days), f"aaa{number}", "AAA", "BBB")
        for number, ages in enumerate([(199, 200, 201), (399, 400, 401), (200, 399, 599), (230, 401, 700)])
        for days in ages
    }
    games = {(game["game_date"], game["player_lookup"]): game for game in random_season(league, reach=800)}
    is_kept = {key: key[1] != "aaa1" or key[0] < days_before(60) for key in games}
    league.add_games([game for key, game in (games | edges).items() if is_kept.get(key, True)])
    days = [days_before(days) for days in (399, 230, 200, 30, 1, 0)]
    league.add_slate([league.expect(f"aaa{n}", game_date=day) for day in days for n in range(8)])

    together = stored(features_of(store, days[0], days[-1]))

    alone = {key: row for day in days for key, row in stored(features_of(store, day, day)).items()}
    assert len(together) == 48
    assert together == alone


def stored(rows):
    """Return features and score as the writer stores them, without the last digits that engines differ in."""
    judged = {key: judge_features(row, QualityPolicy()) for key, row in rows.items()}
    return {key: (row.features, row.quality_score) for key, row in judged.items()}


def test_of_two_observations_of_a_player_the_newest_counts(store, league):
    league.play(days_before(2))
    older = league.expect("aaa0")
    newer = older | {
        "status": "OUT",
        "is_home": False,
        "observed_at": older["observed_at"] + timedelta(hours=1),
    }
    league.add_slate([newer, older])

    rows = features_of(store)

    assert len(rows) == 1
    assert rows[SLATE, "aaa0"]["status"] == "OUT"
    assert rows[SLATE, "aaa0"]["is_home"] == 0


def test_a_corrected_box_score_replaces_the_first_one(store, league):
    league.play(days_before(2))
    first = league.line(days_before(2), "aaa0", "AAA", "BBB")
    league.add_games([first | {"points": 20.0, "loaded_at": first["loaded_at"] + timedelta(hours=1)}])
    league.slate("aaa0")

    row = player(store, "aaa0")

    assert (row["points_avg_5"], row["games_played"]) == (20, 1)
    assert row["points_share_10"] == pytest.approx(20 / 119)


def test_a_row_without_minutes_is_not_a_game(store, league):
    league.play(days_before(5))
    league.play(days_before(2), {"aaa0": {"minutes": 0.0, "points": 0.0}})
    league.slate("aaa0")

    row = player(store, "aaa0")

    assert (row["games_played"], row["points_avg_5"], row["rest_days"]) == (1, 11, 4)


def test_a_player_without_earlier_games_has_counts_of_zero_and_nulls(store, league):
    league.play(days_before(2))
    league.slate("aaanew")

    row = player(store, "aaanew")

    assert (row["games_played"], row["games_last_60_days"]) == (0, 0)
    assert (row["points_avg_5"], row["usage_ewm_5"], row["rest_days"]) == (None, None, None)
    assert (row["points_by_supply"], row["teammates_minutes"], row["games_since_absence"]) == (None,) * 3
    assert row["opponent_points_allowed_10"] == 110


def test_without_a_full_box_score_the_rates_are_null_and_the_points_are_there(store, league):
    counts = ("fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "assists", "blocks", "turnovers")
    names = [f"{team}{number}" for team in ("aaa", "bbb") for number in range(10)]
    for days in (4, 2):
        league.play(days_before(days), dict.fromkeys(names, dict.fromkeys(counts)))
    league.slate("aaa0", "aaa1")

    row = player(store, "aaa0")

    assert (row["points_avg_5"], row["points_last"], row["opponent_points_allowed_10"]) == (11, 11, 110)
    assert row["teammates_minutes"] > 0
    unknown = {name for name in FEATURE_NAMES if row[name] is None}
    assert unknown == {
        *("usage_avg_10", "usage_ewm_2", "usage_ewm_5", "usage_ewm_30", "true_shooting_10", "playing_style"),
        *("shots_per_minute_10", "shots_ewm_5", "shots_ewm_8", "free_throws_ewm_8", "points_by_attempts_8"),
        *("three_point_share_10", "three_point_accuracy", "two_point_accuracy", "opponent_threes_allowed"),
        *("opponent_defence_10", "opponent_defence_ewm", "opponent_pace_ewm"),
        *("game_pace", "team_points_expected"),
    }


def test_games_without_a_full_box_score_do_not_dilute_the_rates(store, league):
    league.play(days_before(4))
    league.play(days_before(2), {"aaa0": {"fga": None}})
    league.slate("aaa0")

    row = player(store, "aaa0")

    assert row["true_shooting_10"] == pytest.approx(11 / (2 * (9 + 0.44 * 2)))
    assert row["shots_per_minute_10"] == pytest.approx(9 / 24)
    assert row["usage_avg_10"] == pytest.approx(0.2)
    assert row["shots_ewm_8"] == pytest.approx(9)
    assert row["three_point_accuracy"] == pytest.approx((0.5 ** (1 / 60) + 21) / (3 * 0.5 ** (1 / 60) + 60))
    assert row["game_pace"] == pytest.approx(2 * 98.8)


def test_a_player_who_never_shot_has_no_shooting_shares(store, league):
    nothing = dict.fromkeys(("fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "points"), 0.0)
    league.play(days_before(2), {"aaa0": nothing})
    league.slate("aaa0")

    row = player(store, "aaa0")

    assert (row["three_point_share_10"], row["true_shooting_10"]) == (None, None)
    assert (row["shots_per_minute_10"], row["points_by_attempts_8"]) == (0, 0)
    assert (row["three_point_accuracy"], row["two_point_accuracy"]) == pytest.approx((0.35, 0.53))


def test_twenty_plain_games_are_all_that_the_features_need(store, league):
    for games_ago in range(20):
        league.play(days_before(2 + 2 * games_ago))
    league.slate("aaa0", "aaa1", "bbb0")

    judged = judge_features(player(store, "aaa0"), QualityPolicy())

    assert (judged.quality_score, judged.not_ready_reasons) == (100, ())


def test_after_one_game_of_everybody_only_what_needs_two_is_unknown(store, league):
    league.play(days_before(2))
    league.slate("aaa0", "aaa1")

    row = player(store, "aaa0")

    assert {name for name in FEATURE_NAMES if row[name] is None} == {
        *(
            "points_std_10",
            "minutes_std_10",
            "minutes_last_2",
            "opponent_allowed_ratio",
            "opponent_style_ratio",
        ),
        *("teammates_points_change_5", "teammates_points_change_15"),
        *("teammates_minutes_change_5", "similar_minutes_change_15"),
    }


@pytest.mark.parametrize(
    ("margins", "minutes"),
    [
        pytest.param((12, 13), 30.0, id="12 points are close and 13 are not"),
        pytest.param((40, -12), 20.0, id="a close defeat"),
        pytest.param((40, 40), 25.2, id="none of them, so all count"),
    ],
)
def test_minutes_of_close_games_leave_out_the_others_where_there_are_any(store, league, margins, minutes):
    for days, margin, played in ((2, margins[0], 30.0), (4, margins[1], 20.0)):
        changes = {"aaa0": {"minutes": played}, "aaa1": {"points": 11.0 + margin}}
        league.play(
            days_before(days), changes | ({"bbb1": {"points": 23.0}, "aaa1": {}} if margin < 0 else {})
        )
    league.slate("aaa0")

    row = player(store, "aaa0")

    assert row["minutes_close_8"] == pytest.approx(minutes, abs=0.03)
    assert row["margin_last"] == margins[0]


@pytest.mark.parametrize(
    ("day", "season_day"),
    [
        pytest.param(date(2024, 10, 1), 0, id="the first of October"),
        pytest.param(date(2024, 12, 25), 85, id="Christmas"),
        pytest.param(date(2024, 2, 29), 151, id="a leap day"),
        pytest.param(date(2025, 6, 22), 264, id="the last game of a final"),
        pytest.param(date(2020, 8, 15), 319, id="a summer in a bubble"),
        pytest.param(date(2025, 9, 30), 364, id="the last day"),
        pytest.param(date(2024, 9, 30), 365, id="the last day of a leap year"),
    ],
)
def test_a_season_is_counted_from_the_first_of_october(store, league, day, season_day):
    league.add_slate([league.expect("aaa0", game_date=day)])

    rows = features_of(store, day, day)

    assert rows[day, "aaa0"]["season_day"] == season_day


@pytest.mark.parametrize("name", ["features", "stored_features", "pending_events"])
def test_the_sql_files_are_googlesql(name):
    statement = load_statement(PACKAGE, name)

    (tree,) = sqlglot.parse(statement.sql, read="bigquery", error_level=sqlglot.ErrorLevel.RAISE)

    used = {parameter.name for parameter in tree.find_all(sqlglot.exp.Parameter)}
    assert used == set(statement.parameters)


def test_the_counted_runs_are_those_of_the_name_that_the_processor_writes():
    sql = load_statement(PACKAGE, "stored_features").sql

    assert f"processor_name = '{PHASE4_PROCESSOR}'" in sql


# What the guards are told


@pytest.mark.parametrize(
    ("changes", "is_twice"),
    [
        pytest.param({"line": 21.5}, False, id="another line in the same game"),
        pytest.param({"status": "OUT"}, False, id="another status in the same game"),
        pytest.param({"team": "BBB", "opponent": "AAA"}, True, id="both sides of a game"),
        pytest.param({"game_id": "another"}, True, id="two games of a day"),
        pytest.param({"team": "CCC", "minutes_later": 60}, False, id="traded since"),
    ],
)
def test_who_is_seen_in_two_places_at_once_is_listed_twice(store, league, changes, is_twice):
    league.play(days_before(2))
    row = league.expect("aaa0")
    later = timedelta(minutes=changes.pop("minutes_later", 0))
    league.add_slate([row, row | {"observed_at": row["observed_at"] + later} | changes])

    assert player(store, "aaa0")["is_listed_twice"] is is_twice


@pytest.mark.parametrize(
    ("name", "twice"),
    [
        pytest.param("aaa0", 3, id="he, his team and their opponent"),
        pytest.param("aaa9", 2, id="his team and their opponent"),
        pytest.param("ccc0", 1, id="their opponent alone"),
        pytest.param("ddd0", 0, id="nobody he has to do with"),
    ],
)
def test_a_game_that_stands_there_under_two_ids_counts_twice_for_all_it_reaches(store, league, name, twice):
    for days in (2, 4):
        league.play(days_before(days), players=9)
    league.add_games(
        [league.line(days_before(2), f"{team}0", team.upper(), "EEE") for team in ("ccc", "ddd")]
    )
    again = [league.line(days_before(2), "aaa0", "AAA", "BBB", game_id="again")]
    league.add_games([*again, league.line(days_before(2), "bbb0", "BBB", "AAA", game_id="again")])
    pairs = {"aaa0": ("AAA", "BBB"), "aaa9": ("AAA", "BBB"), "ccc0": ("CCC", "AAA"), "ddd0": ("DDD", "EEE")}
    league.add_slate([league.expect(who, *teams) for who, teams in pairs.items()])

    assert player(store, name)["games_counted_twice"] == twice


def test_a_corrected_box_score_counts_once(store, league):
    line = league.line(days_before(2), "aaa0", "AAA", "BBB")
    league.add_games([line, line | {"points": 30.0, "loaded_at": line["loaded_at"] + timedelta(hours=1)}])
    league.slate("aaa0")

    row = player(store, "aaa0")

    assert (row["games_counted_twice"], row["games_played"], row["points_avg_5"]) == (0, 1.0, 30.0)


def test_slates_without_one_box_score_since_are_counted_and_days_without_games_are_not(store, league):
    league.play(days_before(9))
    for days in (40, 9, 5, 3):
        league.add_slate([league.expect("aaa0", game_date=days_before(days))])
    league.slate("aaa0")

    assert player(store, "aaa0")["slates_since_box_scores"] == 2


def test_without_any_box_score_nobody_knows_how_stale_they_are(store, league):
    league.slate("aaa0")

    assert player(store, "aaa0")["slates_since_box_scores"] is None


def test_a_team_is_silent_for_the_days_of_the_last_thirty_on_which_others_played(store, league):
    league.play(days_before(60))
    for days in (50, 31, 30, 2, 1):
        league.add_games([league.line(days_before(days), "ccc0", "CCC", "DDD")])
    league.slate("aaa0")
    league.add_slate([league.expect("ccc0", "CCC", "DDD")])

    days = {name: player(store, name)["league_days_since_team"] for name in ("aaa0", "ccc0")}

    assert days == {"aaa0": 3, "ccc0": 0}


def test_a_player_is_absent_for_the_games_that_his_team_has_played_since_his_last(store, league):
    league.play(days_before(20))
    for days in (15, 10, 5):
        league.add_games([league.line(days_before(days), "aaa9", "AAA", "BBB")])
    league.add_games([league.line(days_before(12), "moved", "CCC", "AAA")])
    league.slate("aaa0", "aaa9", "aaanew")
    league.add_slate([league.expect("moved")])

    names = ("aaa0", "aaa9", "aaanew", "moved")
    games = {name: player(store, name)["team_games_since_player"] for name in names}

    assert games == {"aaa0": 3, "aaa9": 0, "aaanew": 0, "moved": 2}
