"""How often the drift rule names a system that never changes, and what it notices of one that does.

    .venv/bin/python tests/predictions/measure_false_alarms.py [--seasons 200]

prints the figures that `DriftPolicy` tells, on seeded histories; the rule is the one that production uses.
"""

import argparse
from random import Random

from rich.console import Console
from steady_system import steady_slates

from predictions.grading.drift import DriftPolicy, Measure, Verdict, band
from predictions.grading.scores import SlateScore

POLICY = DriftPolicy()
SEASON = 165
MEASURES: tuple[Measure, ...] = (lambda score: score.mae, lambda score: score.coverage_80)


def is_outside(scores: list[SlateScore], measures: tuple[Measure, ...]) -> bool:
    return any(band(scores, measure, POLICY).verdict is Verdict.DRIFTED for measure in measures)


def drifts(scores: list[SlateScore], first: int, measures: tuple[Measure, ...]) -> int:
    """Count the drifts that begin while somebody looks once a slate from `first` on."""
    found, quiet = 0, POLICY.recent_slates
    for end in range(first, len(scores) + 1):
        outside = is_outside(scores[max(0, end - 194) : end], measures)
        found += outside and quiet >= POLICY.recent_slates
        quiet = 0 if outside else quiet + 1
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seasons", type=int, default=200)
    seasons = parser.parse_args().seasons
    random, tell = Random(1), Console(width=110).print
    for slates in (42, 194):
        looks = 20 * seasons
        outside = sum(is_outside(steady_slates(random, slates), MEASURES[:1]) for _ in range(looks))
        tell(f"a look at the error with {slates} slates: outside in {outside / looks:.2%} of {looks}")
    for name, measures in (("the error", MEASURES[:1]), ("error or coverage", MEASURES)):
        for what, before in (("first season", 0), ("later season", 194)):
            told = sum(
                drifts(steady_slates(random, before + SEASON), before, measures) for _ in range(seasons)
            )
            tell(f"{name}, a look a slate, {what}: {told / seasons:.2f} drifts of {seasons} seasons")
    for times in (1.05, 1.1, 1.2, 2.0):
        noticed = sum(
            is_outside(steady_slates(random, 180) + steady_slates(random, 14, 180, times), MEASURES[:1])
            for _ in range(seasons)
        )
        tell(f"errors {times:.2f} times as large for 14 slates: noticed in {noticed / seasons:.0%}")


if __name__ == "__main__":
    main()
