"""The few features that say most of why a forecast is what it is."""

from collections.abc import Iterator

import numpy as np

from predictions.systems.explanation import Explanation

MOST_DRIVERS = 5
DECIMALS = 3


def main_drivers(explanation: Explanation) -> Iterator[tuple[list[str], list[float]]]:
    """Yield each player's features that moved the forecast most, biggest first, and their points.

    Five at most; a move that rounds to zero is none.
    """
    points = np.round(explanation.points, DECIMALS)
    order = np.argsort(-np.abs(points), axis=1, kind="stable")[:, :MOST_DRIVERS]
    moves = np.take_along_axis(points, order, axis=1)
    names = np.array(explanation.names, dtype=object)[order]
    for ranked, moved in zip(names.tolist(), moves.tolist(), strict=True):
        count = sum(move != 0 for move in moved)
        yield ranked[:count], moved[:count]
