import math

import pytest

from shared.features import BY_NAME, FEATURE_NAMES, FEATURES, out_of_range

EVERY_FEATURE = pytest.mark.parametrize("feature", FEATURES, ids=FEATURE_NAMES)


def test_every_feature_has_a_name_of_its_own():
    assert len(set(FEATURE_NAMES)) == len(FEATURES) == len(BY_NAME)


def test_there_are_at_least_25_features():
    assert len(FEATURES) >= 25


@EVERY_FEATURE
def test_a_default_lies_inside_its_range(feature):
    assert feature.minimum < feature.maximum
    assert not out_of_range(feature.name, feature.default)


@EVERY_FEATURE
def test_a_range_includes_its_ends_and_nothing_beyond(feature):
    assert not out_of_range(feature.name, feature.minimum)
    assert not out_of_range(feature.name, feature.maximum)
    assert out_of_range(feature.name, math.nextafter(feature.minimum, -math.inf))
    assert out_of_range(feature.name, math.nextafter(feature.maximum, math.inf))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@EVERY_FEATURE
def test_a_value_that_is_no_number_breaks_the_contract(feature, value):
    assert out_of_range(feature.name, value)


@EVERY_FEATURE
def test_every_feature_says_its_unit_and_meaning(feature):
    assert feature.unit
    assert feature.meaning
