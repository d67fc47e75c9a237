"""Whatever can explain a forecast has words for people and a place among what it is about."""

from collections import Counter

import pytest

from predictions.coordinator.console.driver_groups import TOLD, Group, told
from predictions.systems.line_blend_v1 import LINE
from predictions.systems.similarity_v1 import SIMILAR_GAMES
from shared.features import FEATURE_NAMES


def test_every_feature_has_words_and_a_group_and_no_others_have_but_what_systems_name_beside_them():
    assert set(TOLD) == {*FEATURE_NAMES, LINE, SIMILAR_GAMES}


def test_no_two_features_have_the_same_words():
    assert [words for words, count in Counter(it.words for it in TOLD.values()).items() if count > 1] == []


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("points_by_supply", Group.USUAL),
        ("teammates_points_change_5", Group.TEAM),
        ("opponent_defence_ewm", Group.OPPONENT),
        ("is_home", Group.GAME),
        ("is_back_to_back", Group.REST),
        ("line", Group.LINE),
    ],
)
def test_his_level_is_apart_from_what_is_special_about_the_game(name, group):
    assert told(name).group is group


def test_a_feature_of_another_version_is_told_by_its_name():
    found = told("usage_of_old")

    assert (found.group, found.words) == (Group.OTHER, "usage of old")
