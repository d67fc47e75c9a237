"""The feature query, against a second computation in plain Python and against looking ahead."""

import random
import statistics
from datetime import date, timedelta
from typing import Any

import pytest
import sqlglot

from shared.features import FEATURE_NAMES
from shared.messages import PHASE4_PROCESSOR
from shared.statements import inline_statement, load_statement

PACKAGE = "data_processors.precompute.ml_feature_store"
SLATE = date(2025, 1, 15)


def days_before(days: int) -> date:
    return SLATE - timedelta(days=days)


def features_of(store: Any, first: date = SLATE, last: date = SLATE) -> dict[Any, dict[str, Any]]:
    rows = store.query(load_statement(PACKAGE, "features"), first_date=first, last_date=last)
    return {(row["game_date"], row["player_lookup"]): row for row in rows}


def player(store: Any, name: str) -> dict[str, Any]:
    return features_of(store)[SLATE, name]


def random_season(league: Any, seed: int = 7) -> list[dict[str, Any]]:
    """Thirty games of two teams of eight, on random days of the 90 before and the 5 after the slate."""
    dice = random.Random(seed)
    rows = []
    for days in sorted(dice.sample(range(-5, 90), 30)):
        for team, opponent in (("AAA", "BBB"), ("BBB", "AAA")):
            for number in dice.sample(range(8), 6):
                counts = {
                    "minutes": float(dice.randint(1, 40)),
                    "points": float(dice.randint(0, 40)),
                    "fga": float(dice.randint(0, 25)),
                    "fg3a": float(dice.randint(0, 9)),
                    "fta": float(dice.randint(0, 9)),
                    "oreb": float(dice.randint(0, 4)),
                    "turnovers": float(dice.randint(0, 5)),
                }
                name = f"{team.lower()}{number}"
                rows.append(league.line(days_before(days), name, team, opponent, **counts))
    return rows


def by_hand(games: list[dict[str, Any]], name: str, team: str, opponent: str) -> dict[str, float]:
    """Compute every feature of one player at home on SLATE from lists, the slow way."""
    earlier = [game for game in games if game["game_date"] < SLATE]
    mine = [game for game in earlier if game["player_lookup"] == name]
    mine.sort(key=lambda game: game["game_date"], reverse=True)
    last_10 = mine[:10]
    points = [game["points"] for game in mine]
    minutes = [game["minutes"] for game in mine]
    days = [(SLATE - game["game_date"]).days for game in mine]

    def plays(game: dict[str, Any]) -> float:
        return float(game["fga"] + 0.44 * game["fta"] + game["turnovers"])

    def side(day: date, side_team: str) -> list[dict[str, Any]]:
        return [game for game in earlier if game["game_date"] == day and game["team"] == side_team]

    def meanwhile(game: dict[str, Any]) -> float:
        mates = side(game["game_date"], game["team"])
        pace = sum(map(plays, mates)) / (sum(mate["minutes"] for mate in mates) / 5)
        return pace * game["minutes"]

    def weighted(values: list[float], half_life: float) -> float:
        return sum(value * 0.5 ** (ago / half_life) for ago, value in enumerate(values))

    def share(over: list[float], under: list[float]) -> float:
        return sum(over) / sum(under)

    def team_games(side_team: str) -> list[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
        played = sorted({game["game_date"] for game in earlier if game["team"] == side_team}, reverse=True)
        other = "BBB" if side_team == "AAA" else "AAA"
        return [(side(day, side_team), side(day, other)) for day in played[:10]]

    def total(rows: list[dict[str, Any]], column: str) -> float:
        return float(sum(row[column] for row in rows))

    def possessions(rows: list[dict[str, Any]]) -> float:
        return sum(map(plays, rows)) - total(rows, "oreb")

    own, theirs = team_games(team), team_games(opponent)
    team_points = [total(side(game["game_date"], game["team"]), "points") for game in last_10]
    tries = [game["fga"] for game in last_10]
    return {
        "points_avg_5": statistics.mean(points[:5]),
        "points_avg_10": statistics.mean(points[:10]),
        "points_avg_20": statistics.mean(points[:20]),
        "points_ewm_3": weighted(points, 3) / weighted([1.0] * len(points), 3),
        "points_ewm_8": weighted(points, 8) / weighted([1.0] * len(points), 8),
        "points_ewm_15": weighted(points, 15) / weighted([1.0] * len(points), 15),
        "points_std_10": statistics.stdev(points[:10]),
        "points_max_10": max(points[:10]),
        "minutes_avg_5": statistics.mean(minutes[:5]),
        "minutes_avg_10": statistics.mean(minutes[:10]),
        "minutes_ewm_3": weighted(minutes, 3) / weighted([1.0] * len(minutes), 3),
        "minutes_std_10": statistics.stdev(minutes[:10]),
        "minutes_trend": statistics.mean(minutes[:3]) - statistics.mean(minutes[:10]),
        "points_per_minute_10": share(points[:10], minutes[:10]),
        "points_per_minute_ewm_15": weighted(points, 15) / weighted(minutes, 15),
        "usage_avg_10": share([plays(game) for game in last_10], [meanwhile(game) for game in last_10]),
        "usage_ewm_5": weighted([plays(game) for game in mine], 5)
        / weighted([meanwhile(game) for game in mine], 5),
        "shots_per_minute_10": share(tries, minutes[:10]),
        "three_point_share_10": share([game["fg3a"] for game in last_10], tries),
        "free_throw_rate_10": share([game["fta"] for game in last_10], tries),
        "true_shooting_10": sum(points[:10])
        / (2 * sum(game["fga"] + 0.44 * game["fta"] for game in last_10)),
        "points_share_10": share(points[:10], team_points),
        "games_played": len(mine),
        "rest_days": days[0] - 1,
        "games_last_7_days": sum(day <= 7 for day in days),
        "games_last_14_days": sum(day <= 14 for day in days),
        "is_back_to_back": float(own[0][0][0]["game_date"] == days_before(1)),
        "is_home": 1.0,
        "opponent_points_allowed_10": statistics.mean(total(other, "points") for _, other in theirs),
        "opponent_defence_10": 100
        * share([total(o, "points") for _, o in theirs], [possessions(o) for _, o in theirs]),
        "opponent_pace_10": statistics.mean(possessions(rows) for rows, _ in theirs),
        "team_points_10": statistics.mean(total(rows, "points") for rows, _ in own),
        "team_pace_10": statistics.mean(possessions(rows) for rows, _ in own),
        "games_with_team_20": len(mine[:20]),
    }


def test_every_feature_is_what_a_plain_computation_says(store, league):
    games = random_season(league)
    league.add_games(games)
    names = [f"aaa{number}" for number in range(8)]
    league.slate(*names)

    rows = features_of(store)

    for name in names:
        expected = by_hand(games, name, "AAA", "BBB")
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
    league.add_games([league.line(days_before(4), "aaa0", "CCC", "BBB", points=10.0)])
    league.add_slate([league.expect("aaa0", "CCC", "AAA")])

    row = player(store, "aaa0")

    assert (row["points_avg_5"], row["games_played"], row["games_with_team_20"]) == (20, 2, 1)
    assert row["team_points_10"] == 10


def test_games_outside_the_400_days_before_change_nothing(store, league):
    league.play(days_before(3))
    league.slate("aaa0", "bbb0")
    before = features_of(store)

    for days in (0, -1, -30, 401):
        league.play(days_before(days), {"aaa0": {"points": 70.0}})

    assert features_of(store) == before


def test_changing_and_deleting_what_happened_from_that_day_on_changes_nothing(store, league):
    games = random_season(league)
    league.add_games(games)
    later = [game | {"game_date": SLATE, "game_id": "that day"} for game in games[:20]]
    league.add_games(later)
    league.slate("aaa0", "aaa1", "bbb0")
    before = features_of(store)

    fix = "UPDATE nba_analytics.player_game_summary SET points = 60 WHERE game_date >= '2025-01-15'"
    assert store.execute(inline_statement("fix", fix)) > 20
    after_change = features_of(store)
    gone = "DELETE FROM nba_analytics.player_game_summary WHERE game_date >= '2025-01-15'"
    store.execute(inline_statement("gone", gone))

    assert after_change == before
    assert features_of(store) == before


def test_a_game_of_the_day_before_does_change_the_features(store, league):
    league.play(days_before(3))
    league.slate("aaa0")
    before = features_of(store)

    league.play(days_before(1))

    assert features_of(store) != before


def test_a_range_of_slates_gives_what_each_slate_gives_alone(store, league):
    league.add_games(random_season(league))
    league.add_games([league.line(days_before(410), "ccc0", "CCC", "DDD")])  # too old but for the first
    days = [days_before(days) for days in (30, 1, 0)]
    for day in days:
        league.add_slate([league.expect(f"aaa{n}", game_date=day) for n in range(3)])
        league.add_slate([league.expect("ccc0", "CCC", "DDD", game_date=day)])

    together = features_of(store, days[0], days[-1])

    alone: dict[Any, Any] = {}
    for day in days:
        alone |= features_of(store, day, day)
    assert len(together) == 12
    for key, row in together.items():
        assert row == pytest.approx(alone[key]), key


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

    assert (row["points_avg_5"], row["games_played"], row["team_points_10"]) == (20, 1, 119)


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

    assert (row["games_played"], row["games_last_7_days"], row["games_with_team_20"]) == (0, 0, 0)
    assert (row["points_avg_5"], row["usage_ewm_5"], row["rest_days"]) == (None, None, None)
    assert row["team_points_10"] == 110


def test_without_a_full_box_score_the_rates_are_null_and_the_points_are_there(store, league):
    bare = {"fga": None, "fg3a": None, "fta": None, "oreb": None, "turnovers": None}
    names = [f"{team}{number}" for team in ("aaa", "bbb") for number in range(10)]
    league.play(days_before(2), dict.fromkeys(names, bare))
    league.slate("aaa0")

    row = player(store, "aaa0")

    assert (row["points_avg_5"], row["team_points_10"], row["opponent_points_allowed_10"]) == (11, 110, 110)
    rates = ("usage_avg_10", "shots_per_minute_10", "true_shooting_10", "team_pace_10", "opponent_defence_10")
    assert [row[rate] for rate in rates] == [None] * 5


def test_games_without_a_full_box_score_do_not_dilute_the_rates(store, league):
    league.play(days_before(4))
    league.play(days_before(2), {"aaa0": {"fga": None}})
    league.slate("aaa0")

    row = player(store, "aaa0")

    assert row["true_shooting_10"] == pytest.approx(11 / (2 * (9 + 0.44 * 2)))
    assert row["shots_per_minute_10"] == pytest.approx(9 / 24)
    assert row["usage_avg_10"] == pytest.approx(0.2)
    assert row["team_pace_10"] == pytest.approx(98.8)


def test_a_player_who_never_shot_has_no_shooting_shares(store, league):
    league.play(days_before(2), {"aaa0": {"fga": 0.0, "fg3a": 0.0, "fta": 0.0, "points": 0.0}})
    league.slate("aaa0")

    row = player(store, "aaa0")

    shares = ("three_point_share_10", "free_throw_rate_10", "true_shooting_10")
    assert [row[name] for name in shares] == [None] * 3
    assert row["shots_per_minute_10"] == 0


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
