"""`GET /phase3`: what a slate is computed from, and the forecasts that stand on it."""

from datetime import timedelta

import pytest

BOX_SCORES = "nba_analytics.player_game_summary"
SLATES = "nba_analytics.upcoming_player_game_context"


def played(day, player="p000", **changes):
    """Return a box score."""
    row = {
        "game_date": day,
        "game_id": f"g-{day}",
        "player_lookup": player,
        "player_name": player,
        "team": "AAA",
        "opponent": "BBB",
        "is_home": True,
        "minutes": 24.0,
        "points": 11.0,
        "loaded_at": f"{day}T23:00:00Z",
    }
    return row | changes


@pytest.fixture
def phase5(make_phase5):
    return make_phase5()


def rows(phase5, day):
    return phase5.client.get(f"/phase3?game_date={day}").get_json()


def test_games_before_the_slate_are_read_as_last_loaded_and_no_later_ones(phase5, slate, session_store):
    day = slate.game_date
    before, last_year = day - timedelta(days=1), day - timedelta(days=401)
    games = [played(before), played(day), played(day + timedelta(days=1)), played(last_year)]
    corrected = played(before, points=12.0, loaded_at=f"{day}T01:00:00Z")
    session_store.append(BOX_SCORES, [*games, corrected])
    slate.expect(1)

    found = rows(phase5, day)["box_scores"]

    ours = [row for row in found if row["game_id"].startswith("g-")]
    assert [(row["game_date"], row["points"]) for row in ours] == [(before.isoformat(), 12.0)]


def test_a_player_is_read_once_as_last_observed(phase5, slate, session_store):
    slate.expect(2)
    (first, _) = rows(phase5, slate.game_date)["slate"]
    later = first | {"game_date": slate.game_date, "status": "OUT"}
    session_store.append(SLATES, [later | {"observed_at": f"{slate.game_date}T23:00:00Z"}])

    found = rows(phase5, slate.game_date)["slate"]

    assert [row["status"] for row in found] == ["OUT", "ACTIVE"]


def test_forecasts_that_stand_are_those_of_expected_players_at_their_main_line(phase5, slate, session_store):
    slate.under_way(3)
    requests = slate.open_requests()
    slate.forecast(requests)
    (out, *_) = rows(phase5, slate.game_date)["slate"]
    ruled_out = out | {"game_date": slate.game_date, "status": "OUT"}
    session_store.append(SLATES, [ruled_out | {"observed_at": f"{slate.game_date}T23:00:00Z"}])

    found = rows(phase5, slate.game_date)["forecasts"]

    assert {row["player_lookup"] for row in found} == set(slate.names[1:3])
    assert all(row["mean"] is not None and row["system_id"] for row in found)


def test_a_date_without_a_slate_has_no_rows_and_todays_is_the_default(phase5, slate):
    slate.expect(1)

    empty = rows(phase5, slate.game_date + timedelta(days=2))

    assert (empty["slate"], empty["forecasts"]) == ([], [])
    assert phase5.client.get("/phase3").get_json()["slate"] == rows(phase5, slate.game_date)["slate"]


@pytest.mark.parametrize("query", ["game_date=", "game_date=2025-02-30", "x=1"])
def test_a_wrong_query_is_refused(phase5, query):
    assert phase5.client.get(f"/phase3?{query}").status_code == 400
