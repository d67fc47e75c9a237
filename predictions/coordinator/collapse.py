"""Are a slate's forecasts answers at all? A model that is missing or misread says the same of all. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SOUND = "sound"
COLLAPSED = "collapsed: "


@dataclass(frozen=True)
class CollapsePolicy:
    """When forecasts that differ too little are no answers; under the counts nothing can be said.

    Measured on real slates of three seasons: the means of a system never spread less than 5.2 points and
    88% of them were values of their own; P(over), recalibrated towards a half, never spread less than
    0.011, and at most 94% of a slate's lines leaned to one side. Bets are no measure: of those, all 30 of
    a sound slate were UNDER.

    `min_forecasts`, `min_lines`: the fewest that are judged. `side_percent`: from this share of lines on,
    all lean one way. `min_spread`: the least standard deviation of the means, in points.
    `min_probability_spread`: of P(over), from 0 to 1. `min_distinct_percent`: the least share of means, to
    four digits, that differ.
    """

    min_forecasts: int = 15
    min_lines: int = 30
    side_percent: float = 98.0
    min_spread: float = 1.0
    min_probability_spread: float = 0.005
    min_distinct_percent: float = 50.0


@dataclass(frozen=True)
class ForecastSpread:
    """How one system's forecasts differ: those of a batch, or of the whole slate, whose batch_id is empty.

    `spread` and `probability_spread` are standard deviations, None where there are fewer than two.
    """

    system_id: str
    batch_id: str
    forecasts: int
    distinct_means: int
    spread: float | None
    lines: int
    leaning_over: int
    leaning_under: int
    probability_spread: float | None


def judge_forecasts(spreads: Iterable[ForecastSpread], policy: CollapsePolicy) -> str:
    """Return SOUND, or COLLAPSED and a sentence for each system and what of it has collapsed."""
    faults: Mapping[str, None] = dict.fromkeys(fault for one in spreads for fault in _faults(one, policy))
    return COLLAPSED + "; ".join(faults) if faults else SOUND


def released_batches(before: str | None, spreads: Sequence[ForecastSpread], policy: CollapsePolicy) -> str:
    """Return the batches that readers may act on, as the slate's row keeps them: with ; between them.

    Those from before and those that are sound, less those that have collapsed. If the slate as a whole has,
    a batch too small to be judged by itself is not sound.
    """
    collapsed = {one.batch_id for one in spreads if any(_faults(one, policy))}
    small = {one.batch_id for one in spreads if one.forecasts < policy.min_forecasts}
    measured = {one.batch_id for one in spreads}
    sound = measured - (collapsed | small if "" in collapsed else collapsed)
    kept = {batch for batch in (before or "").split(";") if batch}
    return ";".join(sorted((kept | sound) - (measured - sound) - {""}))


def is_collapsed(judgement: str | None) -> bool:
    """Say whether forecasts were judged, and anything but sound."""
    return judgement is not None and judgement != SOUND


def forecast_spread(row: Mapping[str, Any]) -> ForecastSpread:
    """Read a row of forecast_spread.sql."""
    return ForecastSpread(**{name: row[name] for name in ForecastSpread.__dataclass_fields__})


def _faults(one: ForecastSpread, policy: CollapsePolicy) -> Iterator[str]:
    if one.forecasts >= policy.min_forecasts:
        yield from _value_faults(one, policy)
    if one.lines >= policy.min_lines:
        yield from _side_faults(one, policy)


def _value_faults(one: ForecastSpread, policy: CollapsePolicy) -> Iterator[str]:
    """A spread that is unknown or no number is not wide enough."""
    name, count = one.system_id, one.forecasts
    if not (one.spread is not None and one.spread >= policy.min_spread):
        yield f"{name} says nearly the same of {count} players"
    elif not 100 * one.distinct_means >= policy.min_distinct_percent * count:
        yield f"{name} has {one.distinct_means} different answers for {count} players"


def _side_faults(one: ForecastSpread, policy: CollapsePolicy) -> Iterator[str]:
    name, least = one.system_id, policy.side_percent * one.lines
    if not (one.probability_spread is not None and one.probability_spread >= policy.min_probability_spread):
        yield f"{name} gives {one.lines} lines nearly the same chance"
    for side, leaning in (("over", one.leaning_over), ("under", one.leaning_under)):
        if 100 * leaning >= least:
            yield f"{name} leans {side} on {leaning} of {one.lines} lines"
