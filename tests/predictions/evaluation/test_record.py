"""What a record of scores teaches: calibrations, weights of the last year, the line's share."""

from dataclasses import replace

import numpy as np
import pytest
from made_up_slates import made_up_slates

from predictions.evaluation.candidates import Candidates, joined
from predictions.evaluation.record import MEMBERS, Learned, Record, joined_records, learn
from predictions.systems.line_blend_v1 import LEAST_BLEND
from predictions.systems.recalibration import Recalibration
from predictions.systems.registry import FORMULAS, TRAINED

GOOD, BAD = "trees_mean_v1", "moving_average_v1"


def record(candidates: Candidates, **errors: float) -> Record:
    """Scores that are off by normal errors of so many points, by member; six where nothing is said."""
    dice = np.random.default_rng(3)
    played = candidates.select(candidates.has_played)
    scores = {
        name: np.maximum(played.points + dice.normal(0.0, errors.get(name, 6.0), len(played)), 0.0)
        for name in MEMBERS
    }
    return Record(played, scores)


@pytest.fixture(scope="module")
def slates() -> Candidates:
    return made_up_slates(slates=100)


@pytest.fixture(scope="module")
def learned(slates: Candidates) -> Learned:
    return learn(record(slates, **{GOOD: 1.0, BAD: 12.0}))


def test_every_trained_system_and_combination_gets_a_calibration(learned):
    assert learned.calibrations.keys() == {*TRAINED, "ensemble_v2", "line_blend_v1"}


def test_weights_are_shares_and_go_to_whoever_erred_least(learned):
    assert learned.weights.keys() == set(MEMBERS)
    assert sum(learned.weights.values()) == pytest.approx(1.0)
    assert max(learned.weights, key=learned.weights.__getitem__) == GOOD
    assert learned.weights[BAD] == 0.0


def test_weights_are_of_the_last_365_days(slates):
    old = replace(slates, dates=slates.dates - np.timedelta64(600, "D"))
    then, now = record(old, **{BAD: 0.5}), record(slates, **{GOOD: 0.5})

    weights = learn(joined_records([then, now])).weights

    assert weights[GOOD] >= 0.9
    assert weights[BAD] <= 0.1


def test_weights_are_of_regulars_where_there_are_some(slates):
    one, other = FORMULAS
    found = record(slates, **{one: 2.0, other: 4.0})
    idle, points = ~found.candidates.is_regular, found.candidates.points
    scores = {
        one: np.where(idle, points + 60.0, found.scores[one]),
        other: np.where(idle, points, found.scores[other]),
    }

    weights = learn(replace(found, scores={**found.scores, **scores})).weights

    assert weights[one] > weights[other]


def test_a_record_without_regulars_is_weighed_all_the_same(slates):
    idle = replace(slates, table=slates.table.replace("minutes_avg_10", 3.0))

    assert learn(record(idle, **{GOOD: 1.0})).weights[GOOD] >= 0.8


def test_without_lines_the_blend_and_every_recalibration_are_the_prior_s(slates):
    bare = replace(slates, table=replace(slates.table, lines=None))

    learned = learn(record(bare))

    recalibrations = {name: found.recalibration for name, found in learned.calibrations.items()}
    assert learned.line_share == 0.25
    assert recalibrations.pop("line_blend_v1") == Recalibration(0.0, 0.9)
    assert set(recalibrations.values()) == {Recalibration(0.0, 0.5)}


def test_pushes_say_nothing_about_p_over(slates):
    found = record(slates)
    pushed = found.candidates.lines == found.candidates.points
    table = found.candidates.table
    without = replace(table, lines=np.where(pushed, np.nan, table.lines))

    learned = learn(found).calibrations
    again = learn(replace(found, candidates=replace(found.candidates, table=without))).calibrations

    assert pushed.sum() > 20
    assert [again[name].recalibration for name in TRAINED] == [
        learned[name].recalibration for name in TRAINED
    ]


@pytest.mark.parametrize(
    ("error", "least", "most"),
    [pytest.param(0.3, 0.6, 1.0, id="who knows more"), pytest.param(30.0, 0.0, 0.15, id="who knows less")],
)
def test_the_blend_goes_far_towards_a_forecast_that_knows_more_than_the_line(slates, error, least, most):
    learned = learn(record(slates, **dict.fromkeys(MEMBERS, error)))

    assert least <= learned.line_share <= most


def test_the_blend_s_calibration_has_the_blend_for_its_median(learned):
    scores = np.array([LEAST_BLEND, 7.0, 12.5, 30.0])

    assert learned.calibrations["line_blend_v1"].around(scores).quantile(0.5) == pytest.approx(scores)


def test_records_and_candidates_are_joined_in_their_order(slates):
    early, late = (
        slates.select(slates.dates < slates.dates[800]),
        slates.select(slates.dates >= slates.dates[800]),
    )

    whole = joined([early, late])

    assert whole.rows == slates.rows
    assert whole.dates.tolist() == slates.dates.tolist()
    assert whole.table.matrix.tolist() == slates.table.matrix.tolist()
    assert np.array_equal(whole.lines, slates.lines, equal_nan=True)
    assert np.array_equal(whole.points, slates.points, equal_nan=True)


def test_a_range_begins_with_its_first_day_and_ends_before_its_last(slates):
    days = [day.item() for day in np.unique(slates.dates)]

    found = slates.between(days[3], days[5])

    assert sorted(set(found.dates.tolist())) == days[3:5]
    assert set(slates.before(days[3]).dates.tolist()) == set(days[:3])
    assert len(slates.before(days[0])) == 0
