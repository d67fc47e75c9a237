"""Who is missing, by game and by the rule that stops him; who is done, or has an accepted reason, is not."""

import pytest

from predictions.coordinator.console.missing import missing


def player(name, **changes):
    row = {
        "player_lookup": name.lower(),
        "player_name": name,
        "game_id": "g1",
        "team": "LAL",
        "opponent": "BOS",
        "is_home": True,
        "status": "ACTIVE",
        "status_at_features": "ACTIVE",
        "projected_minutes": 30.0,
        "min_minutes": 15.0,
        "line": 20.5,
        "line_observed_at": None,
        "is_expected": True,
        "is_ready": True,
        "has_no_history": False,
        "not_ready_reasons": [],
        "feature_run_id": "run1",
        "quality_score": 90.0,
        "input_id": "i1",
        "outcome": "none",
        "reason": "none",
        "detail": None,
        "is_terminal": False,
        "is_in_flight": False,
        "is_wanted": True,
        "is_to_skip": False,
        "is_waiting": False,
        "is_covered": False,
        "request_count": 0,
        "last_requested_at": None,
        "last_answered_at": None,
        "in_flight_until": None,
        "requests_left": 3,
        "forecast_at": None,
        "forecast_input_id": None,
        "forecast_line": None,
        "forecast_is_released": None,
    }
    return row | changes


STALE = {"is_ready": False, "is_wanted": False, "is_waiting": True, "not_ready_reasons": ["stale:team"]}
OUT = {"status": "OUT", "is_expected": False}


def ended(outcome, reason, is_terminal=True):
    return {
        "outcome": outcome,
        "reason": reason,
        "is_terminal": is_terminal,
        "is_wanted": False,
        "request_count": 1,
    }


def test_players_of_one_game_whom_one_rule_stops_stand_together(make_snapshot):
    found = missing([player("Ann"), player("Bea"), player("Cyd", **STALE)], make_snapshot())

    (game,) = found.games
    assert (game.title, game.count, found.count) == ("BOS at LAL", 3, 3)
    assert [(cause.count, [it.name for it in cause.players]) for cause in game.causes] == [
        (2, ["Ann", "Bea"]),
        (1, ["Cyd"]),
    ]


def test_the_visiting_team_is_named_first_whoever_is_missing(make_snapshot):
    found = missing([player("Ann", team="BOS", opponent="LAL", is_home=False)], make_snapshot())

    assert found.games[0].title == "BOS at LAL"


@pytest.mark.parametrize(
    "done",
    [ended("predicted", "none"), ended("skipped", "no_history"), OUT],
    ids=["forecast", "accepted skip", "not expected"],
)
def test_nobody_else_is_missing(make_snapshot, done):
    found = missing([player("Ann", **done)], make_snapshot())

    assert (found.count, found.games, found.by_cause) == (0, (), ())


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        (ended("failed", "system_error"), "failed"),
        (ended("skipped", "not_ready"), "skipped"),
    ],
)
def test_who_failed_or_was_closed_is_missing_and_counted_by_reason(make_snapshot, answer, counted):
    found = missing([player("Ann", **answer)], make_snapshot())

    assert found.count == 1
    assert getattr(found, counted) == ((answer["reason"].replace("_", " "), 1),)


def test_who_is_not_expected_is_counted_by_why(make_snapshot):
    rows = [player("Ann", **OUT), player("Bea", projected_minutes=3.0, is_expected=False)]

    assert missing(rows, make_snapshot()).not_expected == (("out", 1), ("too few minutes projected", 1))


def test_of_very_many_players_some_are_named_and_the_others_counted(make_snapshot):
    rows = [player(f"P{number}", game_id=f"g{number // 5}") for number in range(10)]

    found = missing(rows, make_snapshot(), most_names=7)

    assert [len(game.causes[0].players) for game in found.games] == [5, 2]
    assert (found.count, found.games[1].causes[0].unnamed) == (10, 3)
