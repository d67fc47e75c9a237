from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import batch_id, digest, fresh_id, prediction_id, request_id

PARTS = st.lists(st.text(max_size=4), max_size=4)
SLATE = date(2025, 11, 28)


@given(PARTS)
def test_the_same_parts_get_the_same_id(parts):
    assert digest(*parts) == digest(*parts)
    assert len(digest(*parts)) == 32


@given(PARTS, PARTS)
def test_other_parts_get_another_id(left, right):
    assert (digest(*left) == digest(*right)) == (left == right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(("ab", "c"), ("a", "bc"), id="shifted"),
        pytest.param(("a", ""), ("a",), id="an empty part more"),
        pytest.param(("a\x1fb",), ("a", "b"), id="a separator inside a part"),
        pytest.param(('a","b',), ("a", "b"), id="quotes inside a part"),
    ],
)
def test_joining_parts_hides_no_boundary(left, right):
    assert digest(*left) != digest(*right)


def test_an_id_does_not_change_between_releases():
    assert digest("request", "batch", "player", "0") == "0ad218204c4be8c8534c75d3e1975090"


def test_a_batch_is_named_after_slate_generation_and_run():
    name = batch_id(SLATE, "run-1", 3)

    assert name == f"batch_2025-11-28_g3_{digest('run-1')[:8]}"
    assert len({name, batch_id(SLATE, "run-2", 3), batch_id(SLATE, "run-1", 4)}) == 3


def test_each_line_of_a_player_is_a_request_of_its_own():
    requests = {request_id("b", "p"), request_id("b", "p", 0.5), request_id("b", "p", -0.5)}

    assert len(requests) == 3
    assert request_id("b", "p") == request_id("b", "p", 0.0)


def test_a_forecast_is_named_by_slate_player_system_and_input():
    ids = {
        prediction_id(SLATE, "p", "s", "i"),
        prediction_id(date(2025, 11, 29), "p", "s", "i"),
        prediction_id(SLATE, "q", "s", "i"),
        prediction_id(SLATE, "p", "t", "i"),
        prediction_id(SLATE, "p", "s", "j"),
    }

    assert len(ids) == 5


def test_a_fresh_id_is_never_given_twice():
    assert len({fresh_id() for _ in range(100)}) == 100
