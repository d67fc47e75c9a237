import math

import pytest

from shared.features import BY_NAME, FEATURE_NAMES, FEATURES, out_of_range


def test_every_feature_has_a_name_of_its_own():
    assert len(set(FEATURE_NAMES)) == len(FEATURES) == len(BY_NAME)


def test_there_are_at_least_25_features():
    assert len(FEATURES) >= 25


def test_every_default_lies_inside_its_range():
    assert [f.name for f in FEATURES if out_of_range(f.name, f.default)] == []


def test_every_feature_says_its_unit_and_meaning():
    assert [f.name for f in FEATURES if not (f.unit and f.meaning)] == []


@pytest.mark.parametrize(
    ("value_of", "is_out"),
    [
        pytest.param(lambda f: f.minimum, False, id="the minimum"),
        pytest.param(lambda f: f.maximum, False, id="the maximum"),
        pytest.param(lambda f: math.nextafter(f.minimum, -math.inf), True, id="just under the minimum"),
        pytest.param(lambda f: math.nextafter(f.maximum, math.inf), True, id="just over the maximum"),
        pytest.param(lambda f: math.nan, True, id="not a number"),
        pytest.param(lambda f: math.inf, True, id="infinity"),
        pytest.param(lambda f: -math.inf, True, id="minus infinity"),
    ],
)
def test_a_range_includes_its_ends_and_nothing_beyond(value_of, is_out):
    assert [f.name for f in FEATURES if out_of_range(f.name, value_of(f)) is not is_out] == []
