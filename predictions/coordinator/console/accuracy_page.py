"""How the systems did on the last thirty days, beside each other. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from predictions.grading.scores import Accuracy, pool, read_score
from shared.ports import Row


@dataclass(frozen=True)
class SystemScore:
    """One system's figures over the days; `is_headline`: its forecasts are the ones that are shown first."""

    system_id: str
    is_headline: bool
    accuracy: Accuracy


def system_scores(rows: Sequence[Row], headline_system: str) -> tuple[SystemScore, ...]:
    """Pool the rows of graded_slates.sql by system: the headline first, then the least error."""
    scores = [read_score(row) for row in rows]
    pooled = {
        name: pool([score for score in scores if score.system_id == name])
        for name in {score.system_id for score in scores}
    }
    found = [
        SystemScore(name, name == headline_system, figures) for name, figures in pooled.items() if figures
    ]
    return tuple(
        sorted(found, key=lambda score: (not score.is_headline, score.accuracy.mae, score.system_id))
    )
