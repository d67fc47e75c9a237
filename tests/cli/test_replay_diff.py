"""How two runs of a slate differ."""

import pytest

from cli.replay_diff import SAME_POINTS, difference


def row(player, mean, recommendation="PASS", system="ensemble_v2", **more):
    return {
        "player_lookup": player,
        "player_name": player.title(),
        "system_id": system,
        "mean": mean,
        "line": 10.5,
        "p_over": 0.5,
        "recommendation": recommendation,
    } | more


def test_players_of_one_run_alone_are_added_or_lost_and_the_others_sorted_by_their_change():
    before = [row("ann", 10.0), row("bob", 12.0), row("cid", 8.0), row("dan", 7.0)]
    after = [row("bob", 11.0), row("cid", 8.25), row("dan", 7.0), row("eve", 20.0)]

    found = difference(before, after, "ensemble_v2")

    assert (found.added, found.lost) == (("eve",), ("ann",))
    assert [change.after["player_lookup"] for change in found.changes] == ["bob", "cid", "dan"]
    assert [change.as_dict()["points"] for change in found.changed] == [-1.0, 0.25]
    told = found.as_dict()
    assert (told["players_compared"], told["players_changed"]) == (3, 2)
    assert (told["mean_change"], told["largest_change"]) == (pytest.approx(1.25 / 3, abs=1e-4), 1.0)


@pytest.mark.parametrize(
    ("after", "is_same"),
    [
        (row("ann", 10.0 + SAME_POINTS / 2), True),
        (row("ann", 10.0 + SAME_POINTS * 2), False),
        (row("ann", 10.0, "OVER"), False),
    ],
)
def test_the_last_digits_are_no_change_and_another_recommendation_is(after, is_same):
    (change,) = difference([row("ann", 10.0)], [after], "ensemble_v2").changes

    assert change.is_same is is_same


def test_other_systems_other_lines_and_players_without_a_forecast_are_left_out():
    beside = [
        row("ann", 9.0, system="x"),
        row("bob", 9.0, line_offset=1.0),
        row("cid", None, system=None),
    ]

    found = difference([row("ann", 10.0)], [row("ann", 10.0, line_offset=0.0), *beside], "ensemble_v2")

    assert found.as_dict() | {"changes": []} == {
        "system_id": "ensemble_v2",
        "players_compared": 1,
        "players_changed": 0,
        "mean_change": 0.0,
        "largest_change": 0.0,
        "added": (),
        "lost": (),
        "changes": [],
    }


def test_nothing_to_compare_has_no_average():
    assert difference([], [], "ensemble_v2").as_dict()["mean_change"] is None
