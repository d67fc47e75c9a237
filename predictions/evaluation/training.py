"""Training a model for use: validated on ever later games, then fitted to all of them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from predictions.evaluation.assembling import assemble
from predictions.evaluation.candidates import Candidates
from predictions.evaluation.forecasts import Collector
from predictions.evaluation.record import LEAST_GAMES
from predictions.evaluation.report import backtest_report
from predictions.evaluation.slate_run import run_stage
from predictions.evaluation.walking import FIRST_FIT_GAMES, Walk, warm_up_days
from predictions.systems.model import Model
from predictions.systems.recommendation import RecommendationPolicy
from predictions.systems.registry import NAMES, needs_model
from shared.errors import InvalidInput

Show = Callable[[str, int, int], None]
NO_BETS = RecommendationPolicy(edge=10.0, min_quality=0.0)
"""Validation is about forecasts; what they are worth at a price is for a backtest."""


def train_model(candidates: Candidates, first: date, last: date, created_at: datetime, show: Show) -> Model:
    """Return the model of the slates from `first` to `last`.

    Raises InvalidInput for a range with too few games to fit something and validate it on later ones.
    """
    end = last + timedelta(days=1)
    chosen = candidates.between(first, end)
    walk = Walk(chosen, partial(assemble, created_at=created_at))
    collector = Collector([name for name in NAMES if needs_model([name])])
    for stage in walk.stages(warm_up_days(chosen, end), partial(show, "fits and forecasts")):
        for run in run_stage(stage, collector.systems, NO_BETS):
            collector.add(run)
    model = walk.model(end)
    if model is None:
        raise InvalidInput(
            f"there are {int(chosen.has_played.sum()):,} games from {first} to {last}; "
            f"training takes about {FIRST_FIT_GAMES + LEAST_GAMES:,}"
        )
    card = model.card.model_copy(update={"metrics": _metrics(collector)})
    return Model(card, model.medians, model.means, model.similar)


def _metrics(collector: Collector) -> dict[str, Any]:
    """Return, by system, its errors on regulars and at lines, over all that was out of sample.

    Where there was just enough to learn from, nothing later was left to forecast, and there are no figures.
    """
    forecasts = collector.forecasts()
    if not len(forecasts.candidates):
        return {}
    days = forecasts.candidates.dates
    report = backtest_report(forecasts, days.min().item(), days.max().item())
    figures = {
        name: {
            "minutes_15": {key: found["minutes_15"][key] for key in ("n", "mae", "rmse", "bias")},
            "with_line": {key: found["with_line"][key] for key in ("n", "mae", "line_mae", "ece", "brier")},
            "coverage": found["coverage"],
        }
        for name, found in report["systems"].items()
    }
    return {"from": report["from"], "to": report["to"], "best": report["best"], "systems": figures}
