"""When are forecasts no answers any more?"""

import math
from dataclasses import replace

import pytest

from predictions.coordinator.collapse import (
    SOUND,
    CollapsePolicy,
    ForecastSpread,
    is_collapsed,
    judge_forecasts,
    released_batches,
)

POLICY = CollapsePolicy()
USUAL = ForecastSpread(
    system_id="some_v1",
    batch_id="",
    forecasts=100,
    distinct_means=98,
    spread=6.0,
    lines=80,
    leaning_over=34,
    leaning_under=46,
    probability_spread=0.08,
)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        pytest.param({}, None, id="a usual slate"),
        pytest.param({"spread": 0.0, "distinct_means": 1}, "nearly the same of 100", id="one value for all"),
        pytest.param({"spread": 0.99}, "nearly the same of 100", id="hardly any spread"),
        pytest.param({"spread": 1.0}, None, id="just enough spread"),
        pytest.param({"spread": math.nan}, "nearly the same of 100", id="a spread that is no number"),
        pytest.param({"spread": None}, "nearly the same of 100", id="a spread that is unknown"),
        pytest.param({"distinct_means": 49}, "49 different answers for 100", id="most answers are repeated"),
        pytest.param({"distinct_means": 50}, None, id="half of them are"),
        pytest.param(
            {"forecasts": 14, "spread": 0.0, "lines": 14}, None, id="too few forecasts to say anything"
        ),
        pytest.param({"forecasts": 15, "spread": 0.0}, "nearly the same of 15", id="just enough to say it"),
        pytest.param(
            {"leaning_over": 0, "leaning_under": 80}, "leans under on 80 of 80", id="all on one side"
        ),
        pytest.param({"leaning_over": 79, "leaning_under": 1}, "leans over on 79 of 80", id="all but one"),
        pytest.param({"leaning_over": 78, "leaning_under": 2}, None, id="all but two"),
        pytest.param(
            {"lines": 42, "leaning_over": 5, "leaning_under": 37}, None, id="the most one-sided real slate"
        ),
        pytest.param({"lines": 29, "leaning_over": 0, "leaning_under": 29}, None, id="too few lines"),
        pytest.param(
            {"lines": 30, "leaning_over": 0, "leaning_under": 30}, "30 of 30", id="just enough lines"
        ),
        pytest.param({"probability_spread": 0.0049}, "nearly the same chance", id="one chance for all"),
        pytest.param({"probability_spread": math.nan}, "nearly the same chance", id="a chance that is none"),
        pytest.param({"probability_spread": 0.005}, None, id="chances that differ enough"),
        pytest.param(
            {"lines": 0, "leaning_over": 0, "leaning_under": 0, "probability_spread": None},
            None,
            id="no line",
        ),
    ],
)
def test_answers_have_collapsed_when_they_do_not_differ_as_players_do(changes, fault):
    judgement = judge_forecasts([replace(USUAL, **changes)], POLICY)

    assert is_collapsed(judgement) == (fault is not None)
    assert (fault or SOUND) in judgement


def test_the_judgement_names_each_system_and_what_of_it_has_collapsed_once():
    flat = replace(USUAL, system_id="flat_v1", spread=0.0, probability_spread=0.0)

    judgement = judge_forecasts([USUAL, flat, flat], POLICY)

    assert judgement == (
        "collapsed: flat_v1 says nearly the same of 100 players; "
        "flat_v1 gives 80 lines nearly the same chance"
    )


def test_without_forecasts_nothing_has_collapsed():
    assert judge_forecasts([], POLICY) == SOUND


WHOLE, FIRST, SECOND = (replace(USUAL, batch_id=batch) for batch in ("", "b1", "b2"))
FLAT = {"spread": 0.0}
FEW = {"forecasts": 5, "lines": 5}


@pytest.mark.parametrize(
    ("before", "spreads", "released"),
    [
        pytest.param(None, [WHOLE, FIRST], "b1", id="a sound batch"),
        pytest.param("b1", [WHOLE, SECOND], "b1;b2", id="one more, of which nobody is left, stays"),
        pytest.param("b1", [WHOLE, FIRST, replace(SECOND, **FLAT)], "b1", id="one beside it collapsed"),
        pytest.param(
            "b1;b2", [WHOLE, FIRST, replace(SECOND, **FLAT)], "b1", id="one that was released collapsed"
        ),
        pytest.param(
            None, [replace(WHOLE, **FLAT), FIRST], "b1", id="the whole collapsed, but not a large one"
        ),
        pytest.param(
            "b2",
            [replace(WHOLE, **FLAT), FIRST, replace(SECOND, **FEW)],
            "b1",
            id="the whole did, and a small one",
        ),
        pytest.param(None, [WHOLE, replace(SECOND, **FEW)], "b2", id="a small one of a sound slate"),
        pytest.param(
            None, [FIRST, replace(FIRST, system_id="other_v1", **FLAT)], "", id="one of its systems did"
        ),
        pytest.param(None, [], "", id="nothing was forecast"),
    ],
)
def test_what_is_sound_by_itself_is_released_and_what_collapsed_is_not(before, spreads, released):
    assert released_batches(before, spreads, POLICY) == released


@pytest.mark.parametrize(("judgement", "collapsed"), [(None, False), (SOUND, False), ("", True)])
def test_what_was_judged_and_is_not_sound_has_collapsed(judgement, collapsed):
    assert is_collapsed(judgement) is collapsed
