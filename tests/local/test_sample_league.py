from collections import Counter, defaultdict
from datetime import date, timedelta
from statistics import fmean, pstdev

import pytest

from local.sample_league import SAMPLE_REACH, default_games, generate_league, sample_leagues
from local.sample_names import team_codes
from shared.errors import InvalidInput
from shared.slate import morning

DAY = date(2025, 1, 15)
REAL_CODES = set(
    "ATL BKN BOS CHA CHI CLE DAL DEN DET GSW HOU IND LAC LAL MEM MIA MIL MIN NOP NYK "  # noqa: SIM905
    "OKC ORL PHI PHX POR SAC SAS TOR UTA WAS".split()
)


@pytest.fixture(scope="module")
def league():
    return generate_league(DAY, 450)


def is_expected(row):
    may_play = row["status"] not in ("OUT", "DOUBTFUL")
    return may_play and (row["projected_minutes"] is None or row["projected_minutes"] >= 15)


def by(rows, *columns):
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[column] for column in columns)].append(row)
    return groups


@pytest.mark.parametrize("players", [1, 2, 19, 20, 49, 50, 300, 449, 451, 1000])
def test_exactly_as_many_players_are_expected_as_were_asked_for(players):
    slate = generate_league(DAY, players, history_games=2).slate

    assert sum(map(is_expected, slate)) == players
    assert len({row["player_lookup"] for row in slate}) == len(slate)


@pytest.mark.parametrize(
    ("players", "newcomers"),
    [
        pytest.param(49, 0, id="none under 50"),
        pytest.param(50, 1, id="one from 50"),
        pytest.param(299, 1, id="one to 299"),
        pytest.param(450, 3, id="one in 150"),
        pytest.param(451, 3, id="none among a few more"),
    ],
)
def test_one_expected_player_in_150_is_a_newcomer_who_has_never_played(players, newcomers):
    league = generate_league(DAY, players, history_games=6)
    played = {row["player_lookup"] for row in league.box_scores}

    new = [row for row in league.slate if row["player_lookup"] not in played]

    assert len(new) == newcomers
    assert all(row["projected_minutes"] is None and row["line"] is None for row in new)
    assert all(row["projected_minutes"] is not None for row in league.slate if row not in new)


def test_the_same_arguments_give_the_same_league_and_another_seed_another():
    league = generate_league(DAY, 60, history_games=4)

    assert generate_league(DAY, 60, history_games=4) == league
    assert generate_league(DAY, 60, seed=8, history_games=4) != league


def test_a_slate_also_has_bench_players_and_some_who_are_out(league):
    counts = Counter(row["status"] for row in league.slate)
    bench = [row for row in league.slate if (row["projected_minutes"] or 99) < 15]

    assert {"ACTIVE", "PROBABLE", "QUESTIONABLE", "OUT", "DOUBTFUL"} == counts.keys()
    assert counts["OUT"] + counts["DOUBTFUL"] == 30
    assert len(bench) == 90


def test_every_team_is_on_the_slate_once_against_a_team_that_says_the_same(league):
    sides = {(r["team"], r["opponent"], r["is_home"], r["game_id"]) for r in league.slate}

    assert len(sides) == 30
    assert {(other, team, not home, game) for team, other, home, game in sides} == sides


def test_teams_and_people_are_fictional_and_unique(league):
    codes = {row["team"] for row in league.slate}
    names = {row["player_lookup"]: row["player_name"] for row in league.slate}

    assert not codes & REAL_CODES
    assert {len(code) for code in codes} == {3}
    assert len(set(names.values())) == len(names) == len({row["player_id"] for row in league.slate})


def test_codes_never_run_out_and_are_never_real():
    codes = team_codes(8000)

    assert len(set(codes)) == 8000
    assert not set(codes) & REAL_CODES


def test_history_ends_the_day_before_and_never_has_a_team_play_twice_a_day(league):
    days = by(league.box_scores, "team", "game_date")

    assert {day for _, day in days} <= {DAY - timedelta(days=ago) for ago in range(1, 67)}
    assert all(len({row["game_id"] for row in rows}) == 1 for rows in days.values())
    assert min(row["game_date"] for row in league.box_scores) >= DAY - SAMPLE_REACH


def test_both_teams_of_a_game_have_rows_that_agree(league):
    for rows in by(league.box_scores, "game_id").values():
        sides = {(row["team"], row["opponent"], row["is_home"]) for row in rows}

        assert sides == {(other, team, not home) for team, other, home in sides}
        assert len({row["game_date"] for row in rows}) == 1
        assert sum(row["points"] if row["is_home"] else -row["points"] for row in rows) != 0


def test_each_box_score_adds_up(league):
    for row in league.box_scores:
        assert row["points"] == 2 * (row["fgm"] - row["fg3m"]) + 3 * row["fg3m"] + row["ftm"]
        assert 0 <= row["fg3m"] <= row["fg3a"] <= row["fga"]
        assert row["fg3m"] <= row["fgm"] <= row["fga"] - (row["fg3a"] - row["fg3m"])
        assert 0 <= row["ftm"] <= row["fta"]
        assert 0 < row["minutes"] <= 48
        assert row["fouls"] <= 6


def test_the_numbers_resemble_those_of_real_box_scores(league):
    rows = league.box_scores
    teams = by(rows, "game_id", "team").values()
    totals = [sum(row["points"] for row in team) for team in teams]
    plays = [sum(r["fga"] + 0.44 * r["fta"] + r["turnovers"] - r["oreb"] for r in team) for team in teams]
    games = Counter(row["player_lookup"] for row in rows)

    assert fmean(totals) == pytest.approx(114, abs=2)
    assert pstdev(totals) == pytest.approx(13, abs=1.5)
    assert fmean(plays) == pytest.approx(100, abs=2)
    assert fmean(row["points"] for row in rows) == pytest.approx(10.7, abs=0.5)
    assert pstdev(row["points"] for row in rows) == pytest.approx(8.8, abs=0.8)
    assert fmean(row["minutes"] for row in rows) == pytest.approx(22.7, abs=1)
    assert 15 <= fmean(games.values()) <= 25


def test_projected_minutes_are_the_mean_of_the_last_ten_games(league):
    played = by(sorted(league.box_scores, key=lambda row: row["game_date"]), "player_lookup")
    regulars = [row for row in league.slate if (row["projected_minutes"] or 0) > 15]

    for row in regulars:
        last = [game["minutes"] for game in played[row["player_lookup"],][-10:]]

        assert row["projected_minutes"] == pytest.approx(fmean(last), abs=0.01)


def test_most_regulars_have_a_line_near_their_level_at_american_odds(league):
    played = by(league.box_scores, "player_lookup")
    lined = [row for row in league.slate if row["line"] is not None]
    errors = [row["line"] - fmean(game["points"] for game in played[row["player_lookup"],]) for row in lined]

    assert 0.5 <= len(lined) / 450 <= 0.7
    assert all(is_expected(row) for row in lined)
    assert abs(fmean(errors)) < 0.5
    assert pstdev(errors) < 2
    assert {row["line"] % 1 for row in lined} == {0.0, 0.5}
    for row in lined:
        assert all(100 <= abs(row[side]) < 160 for side in ("over_odds", "under_odds"))
        assert timedelta(hours=2) <= morning(DAY) - row["line_observed_at"] <= timedelta(hours=7)


@pytest.mark.parametrize(
    ("day", "players"),
    [
        pytest.param(DAY + timedelta(days=1), 450, id="the next day"),
        pytest.param(DAY + timedelta(days=2), 100, id="two days on, fewer players"),
        pytest.param(DAY, 900, id="more players"),
    ],
)
def test_samples_of_other_days_and_sizes_tell_the_same_story(league, day, players):
    other = generate_league(day, players, history_games=6)
    key = ("game_date", "game_id", "player_lookup")
    known = {tuple(row[name] for name in key): row for row in league.box_scores}
    before = [row for row in other.box_scores if row["game_date"] < DAY and row["player_id"] < "S0000600"]

    assert len(before) > 1000
    assert all(known[tuple(row[name] for name in key)]["points"] == row["points"] for row in before)


@pytest.mark.parametrize(
    ("players", "games"),
    [(1, 32), (450, 32), (3750, 32), (10_000, 12), (20_000, 6), (1_000_000, 6)],
)
def test_histories_are_shorter_for_very_many_players(players, games):
    assert default_games(players) == games


def test_a_large_sample_comes_thirty_teams_at_a_time():
    parts = sample_leagues(DAY, 1_000_000, morning(DAY))

    first, second = next(parts), next(parts)

    assert [len({row["team"] for row in part.slate}) for part in (first, second)] == [30, 30]
    assert not {row["player_lookup"] for row in first.slate} & {row["player_lookup"] for row in second.slate}


def test_a_sample_without_players_is_refused():
    with pytest.raises(InvalidInput, match="at least one player"):
        generate_league(DAY, 0)
