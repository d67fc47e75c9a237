"""When a system is no longer what it was: bands, since when it has drifted, and what chance alone does."""

from random import Random

import pytest
from steady_system import FIRST_DAY, slate, steady_slates

from predictions.grading.drift import Band, DriftPolicy, Verdict, band, drifted_since, is_recent
from predictions.grading.report import AccuracyReport, accuracy_report

POLICY = DriftPolicy()


def mae(score):
    return score.mae


def alternating(slates, low=4.0, high=6.0):
    """Slates of 100 forecasts whose errors lie one point around 5.0."""
    return [slate(day, high if day % 2 else low) for day in range(slates)]


def told_on(scores):
    """Ask after every slate, as the job does; return the slates on which an alert is raised, each once."""
    told = []
    for end in range(1, len(scores) + 1):
        report = accuracy_report(scores[end - 1].game_date, scores[:end], POLICY)
        told += [day for day in report.newly_drifted() if day not in told]
    return told


# The band


def test_the_band_is_three_standard_errors_of_the_slates_own_values_around_their_mean():
    scores = alternating(28) + [slate(28 + n, 5.0) for n in range(14)]

    found = band(scores, mae, POLICY)

    reach = 3 * (28 / 27) ** 0.5 * (1 / 14 + 1 / 28) ** 0.5
    assert (found.verdict, found.history_slates) == (Verdict.STEADY, 28)
    assert (found.recent, found.usual) == (pytest.approx(5.0), pytest.approx(5.0))
    assert (found.low, found.high) == (pytest.approx(5.0 - reach), pytest.approx(5.0 + reach))


@pytest.mark.parametrize(
    ("recent", "verdict"),
    [
        pytest.param(5.99, Verdict.STEADY, id="just inside"),
        pytest.param(6.01, Verdict.DRIFTED, id="just above"),
        pytest.param(3.99, Verdict.DRIFTED, id="just below: better is another system too"),
    ],
)
def test_outside_the_band_is_a_drift_to_either_side(recent, verdict):
    history = alternating(28)
    found = band(history + [slate(28 + n, 5.0) for n in range(14)], mae, POLICY)
    assert found.high is not None
    offset = (recent - 5.0) * (found.high - 5.0)

    judged = band(history + [slate(28 + n, 5.0 + offset) for n in range(14)], mae, POLICY)

    assert judged.verdict is verdict


@pytest.mark.parametrize(
    ("slates", "history"),
    [(0, 0), (13, 0), (14, 0), (41, 27)],
    ids=["nothing", "not even recent ones", "no history", "one slate too few"],
)
def test_with_too_little_history_it_says_so_and_alerts_nobody(slates, history):
    scores = [slate(day, 1.0 if day < history else 99.0) for day in range(slates)]

    assert band(scores, mae, POLICY) == Band(Verdict.TOO_LITTLE_HISTORY, history)
    assert drifted_since(scores, [mae], POLICY) is None


def test_a_slate_with_few_forecasts_neither_counts_nor_fills_the_history():
    small = [slate(100 + n, 50.0, graded=19) for n in range(14)]
    scores = alternating(42)

    assert band(scores + small, mae, POLICY) == band(scores, mae, POLICY)


def test_a_slate_weighs_as_much_as_it_has_forecasts():
    history = [slate(n, 4.0 if n % 2 else 6.0, graded=300 if n % 2 else 100) for n in range(28)]

    found = band(history + [slate(28 + n, 4.5) for n in range(14)], mae, POLICY)

    assert found.usual == pytest.approx((3 * 4.0 + 6.0) / 4)


def test_the_history_is_the_newest_180_slates_before_the_recent_ones():
    old, newer = [slate(day, 50.0) for day in range(20)], alternating(194)

    assert band(old + newer, mae, POLICY) == band(newer, mae, POLICY)
    assert band(newer, mae, POLICY).history_slates == 180


def test_a_system_whose_every_slate_is_alike_has_not_drifted():
    scores = [slate(day, 4.7) for day in range(60)]

    assert band(scores, mae, POLICY).verdict is Verdict.STEADY


# Since when, and how often it is told


def test_an_error_that_doubles_for_fourteen_slates_is_told_once_and_not_again():
    random = Random(5)
    before = steady_slates(random, 100)
    doubled = steady_slates(random, 14, first=100, times=2.0)
    after = steady_slates(random, 60, first=114)

    told = told_on(before + doubled + after)

    assert len(told) == 1
    assert doubled[0].game_date <= told[0] <= doubled[3].game_date


def test_whoever_asks_some_days_late_is_told_of_the_slate_on_which_it_began():
    random = Random(5)
    scores = steady_slates(random, 100) + steady_slates(random, 14, first=100, times=2.0)
    began = drifted_since(scores[:104], [mae], POLICY)

    late = accuracy_report(scores[-1].game_date, scores, POLICY)

    assert began is not None
    assert list(late.newly_drifted()) == [began]


def test_a_drift_that_is_older_than_the_recent_slates_is_shown_and_told_no_more():
    random = Random(5)
    scores = steady_slates(random, 100) + steady_slates(random, 25, first=100, times=2.0)

    report = accuracy_report(scores[-1].game_date, scores, POLICY)

    (system,) = report.systems
    assert system.drifted_since is not None
    assert system.drifted_since <= scores[104].game_date
    assert (system.is_new, report.newly_drifted()) == (False, {})


@pytest.mark.parametrize(
    ("again", "began"),
    [(43, 40), (44, 44)],
    ids=["one quiet slate between: the same drift", "as many as are recent: another one"],
)
def test_a_drift_is_over_after_as_many_quiet_slates_as_are_recent(again, began):
    """A slate of 20 points puts itself and the next one outside, of which two count as recent."""
    shocks = {40: 20.0, again: 200.0}
    scores = [slate(day, shocks.get(day, 6.0 if day % 2 else 4.0)) for day in range(again + 1)]

    since = drifted_since(scores, [mae], DriftPolicy(recent_slates=2))

    assert since == scores[began].game_date


def test_coverage_that_leaves_its_band_is_a_drift_while_the_error_is_steady():
    steady = [slate(day, 5.0 + day % 2, covered=0.78 + 0.04 * (day % 2)) for day in range(50)]
    narrow = [slate(50 + day, 5.0 + day % 2, covered=0.60) for day in range(14)]

    (system,) = accuracy_report(narrow[-1].game_date, steady + narrow, POLICY).systems

    assert (system.error.verdict, system.coverage.verdict) == (Verdict.STEADY, Verdict.DRIFTED)
    assert system.drifted_since is not None


def test_what_is_recent_are_the_slates_that_count_and_not_the_days():
    scores = [slate(7 * week, 5.0) for week in range(20)]

    assert is_recent(scores[6].game_date, scores, POLICY)
    assert not is_recent(scores[5].game_date, scores, POLICY)
    assert not is_recent(FIRST_DAY, [], POLICY)


def test_no_slates_make_an_empty_report():
    assert accuracy_report(FIRST_DAY, [], POLICY) == AccuracyReport(FIRST_DAY, None, ())


# What chance alone does


@pytest.mark.parametrize(("slates", "most"), [(42, 0.012), (194, 0.009)], ids=["short history", "long"])
def test_a_system_that_never_changes_is_rarely_outside_its_band(slates, most):
    """The class that holds the numbers says 0.5% and 0.3%; far fewer would mean that it notices nothing."""
    random = Random(20220101)
    looks = 1500 if slates == 42 else 800

    verdicts = [band(steady_slates(random, slates), mae, POLICY).verdict for _ in range(looks)]

    assert 0 < verdicts.count(Verdict.DRIFTED) / looks < most


def test_an_error_a_tenth_larger_is_noticed_after_fourteen_slates():
    random = Random(20220101)
    looks = 200

    noticed = 0
    for _ in range(looks):
        scores = steady_slates(random, 180) + steady_slates(random, 14, first=180, times=1.1)
        noticed += band(scores, mae, POLICY).verdict is Verdict.DRIFTED

    assert noticed / looks > 0.9
