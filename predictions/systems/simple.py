"""How the systems that are a formula of a few features explain themselves."""

from collections.abc import Callable, Sequence

import numpy as np

from predictions.systems.base import FeatureTable
from predictions.systems.explanation import Explanation
from predictions.systems.normal import FloatArray
from shared.features import BY_NAME


def explain_by_defaults(
    points: Callable[[FeatureTable], FloatArray], names: Sequence[str], table: FeatureTable
) -> Explanation:
    """Return each forecast less the forecast with one feature at its default of the contract, by feature."""
    forecast = points(table)
    moves = [forecast - points(table.replace(name, BY_NAME[name].default)) for name in names]
    return Explanation(tuple(names), np.stack(moves, axis=1))
