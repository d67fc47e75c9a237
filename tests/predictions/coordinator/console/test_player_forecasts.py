"""One player: the systems beside each other, what moved them, and which forecasts are superseded."""

from predictions.coordinator.console.player_page import player_forecasts


def test_the_headline_system_comes_first_and_shadows_last(make_forecast):
    rows = [
        make_forecast(system_id="a_shadow", is_shadow=True),
        make_forecast(system_id="linear_v1"),
        make_forecast(system_id="ensemble_v2"),
    ]

    found = player_forecasts(rows, "ensemble_v2")

    assert [system.row["system_id"] for system in found.systems] == ["ensemble_v2", "linear_v1", "a_shadow"]
    assert found.headline is found.systems[0]


def test_where_the_headline_system_has_none_another_one_is_shown_first(make_forecast):
    rows = [make_forecast(system_id="b_shadow", is_shadow=True), make_forecast(system_id="linear_v1")]

    found = player_forecasts(rows, "ensemble_v2")

    assert found.headline is not None
    assert found.headline.row["system_id"] == "linear_v1"


def test_superseded_are_older_forecasts_of_the_system_that_is_shown_first(make_forecast):
    rows = [
        make_forecast(batch_id="b3"),
        make_forecast(batch_id="b2", line=21.5, is_current=False),
        make_forecast(batch_id="b2", line_offset=1.0, is_current=False),
        make_forecast(batch_id="b2", system_id="linear_v1", is_current=False),
        make_forecast(batch_id="b1", line=20.5, is_current=False),
    ]

    found = player_forecasts(rows, "ensemble_v2")

    assert [row["batch_id"] for row in found.superseded] == ["b2", "b1"]
    assert len(found.systems) == 1


def test_lines_beside_the_main_one_are_in_the_order_of_their_points(make_forecast):
    rows = [make_forecast(line_offset=offset, line=22.5 + offset) for offset in (1.0, 0.0, -1.0)]

    found = player_forecasts(rows, "ensemble_v2")

    assert [row["line"] for row in found.beside_the_line] == [21.5, 23.5]


def test_all_systems_are_drawn_on_one_scale(make_forecast):
    rows = [make_forecast(), make_forecast(system_id="wild_v1", p90=75.0)]

    found = player_forecasts(rows, "ensemble_v2")

    assert found.ticks[-1] == (100.0, 80)
    assert found.systems[0].picture.p50 == 29.4


def test_a_player_without_a_forecast_has_none():
    found = player_forecasts([], "ensemble_v2")

    assert (found.headline, found.systems, found.superseded) == (None, (), ())
