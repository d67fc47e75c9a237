"""From a score to a distribution: what past games say about games with such a score."""

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from predictions.systems.calibration import Calibration
from predictions.systems.empirical import PROBABILITIES
from predictions.systems.recalibration import Recalibration, logit

LOW, HIGH = (tuple((width * (PROBABILITIES - 0.5)).tolist()) for width in (2.0, 4.0))


def calibration(**changes: Any) -> Calibration:
    parts: dict[str, Any] = {
        "intercept": 1.0,
        "slope": 2.0,
        "centres": (4.0, 16.0),
        "quantiles": (LOW, HIGH),
    }
    return Calibration(**parts | changes)


def test_the_scale_grows_with_the_root_of_the_score_and_is_a_point_at_least() -> None:
    assert calibration().scale(np.array([0.0, 9.0, -3.0])) == pytest.approx([1.0, 7.0, 1.0])
    assert calibration(intercept=-9.0).scale(np.array([4.0])) == pytest.approx([1.0])


@pytest.mark.parametrize(
    ("score", "width"),
    [
        pytest.param(4.0, 2.0, id="at a level"),
        pytest.param(10.0, 3.0, id="in the middle of two"),
        pytest.param(13.0, 3.5, id="nearer to the second"),
        pytest.param(1.0, 2.0, id="under the lowest"),
        pytest.param(30.0, 4.0, id="over the highest"),
    ],
)
def test_residuals_are_mixed_of_the_two_levels_around_the_score(score: float, width: float) -> None:
    points = calibration().around(np.array([score])).points

    scale = 1.0 + 2.0 * score**0.5
    assert points[0] == pytest.approx(score + scale * width * (PROBABILITIES - 0.5))


def test_players_get_what_each_would_get_alone() -> None:
    scores = np.array([1.0, 10.0, 30.0])

    together = calibration().around(scores).points

    assert together == pytest.approx(
        np.concatenate([calibration().around(scores[i : i + 1]).points for i in range(3)])
    )


def test_what_the_main_line_is_recalibrated_by_moves_the_lines_beside_it_too() -> None:
    learned = calibration(recalibration=Recalibration(0.1, 0.4))
    scores, main = np.full(3, 9.0), np.full(3, 12.5)
    beside = np.array([10.5, 12.5, 14.5])

    plain, moved = learned.around(scores).p_over(beside), learned.around(scores, main).p_over(beside)

    assert moved[1] == pytest.approx(Recalibration(0.1, 0.4).apply(plain)[1])
    assert logit(moved) - logit(plain) == pytest.approx(np.full(3, logit(moved)[1] - logit(plain)[1]))


def test_without_a_main_line_nothing_is_recalibrated() -> None:
    learned = calibration(recalibration=Recalibration(0.1, 0.4))
    scores, none, lines = np.array([9.0]), np.array([np.nan]), np.array([8.5])

    assert learned.around(scores, none).p_over(lines) == pytest.approx(learned.around(scores).p_over(lines))


def test_a_calibration_is_the_same_after_it_was_written_down() -> None:
    kind = TypeAdapter(Calibration)
    written = kind.dump_json(calibration(recalibration=Recalibration(0.1, 1 / 3)))

    assert kind.validate_json(written) == calibration(recalibration=Recalibration(0.1, 1 / 3))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        pytest.param({"quantiles": (LOW, HIGH[1:])}, "quantiles", id="a quantile too few"),
        pytest.param({"quantiles": (LOW,)}, "as many", id="a level too few"),
        pytest.param({"quantiles": (LOW,), "centres": (4.0,)}, "two or more", id="one level"),
        pytest.param({"centres": (16.0, 4.0)}, "rise", id="centres that fall"),
        pytest.param({"quantiles": (LOW, HIGH[::-1])}, "fall", id="quantiles that fall"),
        pytest.param({"slope": float("nan")}, "finite", id="a slope that is no number"),
        pytest.param({"centres": (4.0, float("inf"))}, "finite", id="a centre at no score"),
        pytest.param({"quantiles": (LOW, (*HIGH[:-1], float("inf")))}, "finite", id="endless points"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        calibration(**changes)
